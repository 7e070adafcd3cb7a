"""Policies: rules for the whole mesh (guardrails) and for one domain, and the words they use."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from agora.model.expressions import Expression


class Layer(StrEnum):
    """Who made the rule; lower layers only narrow what higher layers leave open."""

    GUARDRAIL = "guardrail"
    DOMAIN = "domain"


class MaskKind(IntEnum):
    """How much of a value is seen, from everything to not even the column; a higher level wins.

    Levels 10 (generalise) and 20 (tokenise) are kept free for masks that come later.
    """

    CLEAR = 0
    PARTIAL = 30
    CONSTANT = 40
    NULL = 50
    HIDDEN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A mask with its parameters: `constant` for CONSTANT, kept `first`/`last` letters for PARTIAL."""

    kind: MaskKind = MaskKind.CLEAR
    constant: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a rule is about; an empty field does not restrict. Ports are `domain.product[.port]`."""

    domains: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A selection of readers; within a field any value fits, and every field given must fit.

    `owning_domain` selects the people of the domain that owns the port.
    """

    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    owning_domain: bool | None = None

    @property
    def names_somebody(self) -> bool:
        """True when at least one field restricts the selection."""
        return self != Who()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a rule does; exactly one of the fields is set (`permit` only in domain policies).

    `physical` says that what other rules hide is not even in the files a reader's engine reaches.
    """

    deny: bool = False
    permit: bool = False
    rows: Expression | None = None
    mask: Mask | None = None
    expires: datetime | None = None
    physical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One rule: what it applies to, whom it binds, whom it spares, and its effect."""

    id: str
    layer: Layer
    domain: str = ""
    title: str = ""
    applies_to: Target = Target()
    who: Who = Who()
    unless: tuple[Who, ...] = ()
    effect: Effect = Effect()
    rows_text: str = ""
    trials: tuple["PolicyTrial", ...] = ()
    file: str = ""

    @property
    def name(self) -> str:
        """The full name shown in reasons: `guardrail/mask-personal`, `sales/own-region`."""
        return f"{self.domain or 'guardrail'}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTrial:
    """A test beside a rule: as whom, on which port, for what purpose, and what is then seen.

    `sees` pairs a column with `clear`, `partial`, `constant`, `null` or `hidden`; `allowed` says
    whether the port may be read at all (a fitting agreement is assumed).
    """

    who: str
    port: str
    purpose: str = ""
    allowed: bool | None = None
    sees: tuple[tuple[str, str], ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A governed reason for using data; `within` is the wider purpose it belongs to."""

    id: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word of classification that policies refer to; classified values never enter samples."""

    id: str
    title: str = ""
    description: str = ""
    classified: bool = False
