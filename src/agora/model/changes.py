"""Changes: what a contract promises differently from the last release, and whom that concerns."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from agora.model.names import PortVersion


class Verdict(StrEnum):
    """What a change does to those who rely on the old promise; `undetermined` needs a person."""

    COMPATIBLE = "compatible"
    UNDETERMINED = "undetermined"
    BREAKING = "breaking"


class Mark(StrEnum):
    """How a change looks from outside: something is new, gone, called otherwise, or different."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


class Side(StrEnum):
    """Who may suffer from a change: those who read, or those who now promise more."""

    CONSUMER = "consumer"
    PRODUCER = "producer"


class Bump(IntEnum):
    """The least new version that tells the truth about a change."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two contracts of a port.

    `path` names the place (`columns.age.type`), `columns` those of the old contract that it
    touches; without columns it concerns everybody who reads the port.
    """

    path: str
    mark: Mark
    verdict: Verdict
    side: Side
    bump: Bump
    sentence: str
    columns: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """True when somebody who relies on the old promise cannot any more."""
        return self.verdict is Verdict.BREAKING


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedText:
    """The exact words of a contract under its hash, so that a later one can be compared with it."""

    hash: str
    file: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consumer accepts that a port's contract changes into exactly the one with this hash."""

    port: PortVersion
    contract: str
    consumer: str
    given_by: str
    given_at: datetime


class Dependence(StrEnum):
    """How somebody depends on a port: its build reads, queries were seen, or only the right is there."""

    BUILD = "build"
    QUERIES = "queries"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedQuery:
    """Queries of one reader that differ only in their literals: how often, and when last.

    `ports` are all it read; `sql` is empty when one of them is not for the asker to know.
    """

    who: str
    sql: str
    columns: tuple[str, ...]
    times: int
    last: datetime
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """Somebody whom a change concerns: a product, a person, a team, a service or an agent.

    `port` is what they read and `columns` what they use of it, none for all of it. `through` are
    the ports between it and the one that changes, none for those who read that one themselves.
    Whoever is `asked` has to consent, and one of the `speakers` can do it for them; the owning
    domain's own people and those further down are only told.
    """

    name: str
    how: Dependence
    port: PortVersion
    columns: tuple[str, ...] = ()
    queries: tuple[UsedQuery, ...] = ()
    through: tuple[PortVersion, ...] = ()
    asked: bool = True
    speakers: tuple[str, ...] = ()
    consented: bool = False

    @property
    def breaks(self) -> bool:
        """True when something that is really used would not work any more."""
        return self.how is not Dependence.RIGHT

    @property
    def stands_against(self) -> bool:
        """True when the change waits for the consent of this one."""
        return self.asked and not self.consented
