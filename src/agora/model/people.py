"""People, teams, services and agents: everybody who can ask for something."""

from dataclasses import dataclass, replace
from enum import StrEnum


class PrincipalKind(StrEnum):
    """Who is asking: a person, a non-human service, or an agent acting for a person."""

    PERSON = "person"
    SERVICE = "service"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody who can read, ask or decide.

    `attributes` feed row rules (`$user.region`); each holds one or several values.
    A service made from a product has the id `service:<domain>.<product>` and cannot sign in.
    `subject` is who a person is at the provider people sign in with, where the directory says so.
    """

    id: str
    kind: PrincipalKind
    name: str = ""
    email: str = ""
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    acts_for: str = ""
    subject: str = ""

    def attribute(self, name: str) -> tuple[str, ...] | None:
        """The values of one attribute, or None when this principal has none of that name."""
        return next((values for key, values in self.attributes if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of people who own a domain or use data together."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something now: `principal` is whose rights count, `operator` who sits at the terminal."""

    principal: Principal
    operator: str = ""
    purpose: str = ""

    def for_purpose(self, purpose: str) -> "Actor":
        """The same somebody asking for this purpose; without one it stays as it was."""
        return replace(self, purpose=purpose) if purpose else self
