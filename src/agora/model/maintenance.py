"""Maintenance: what lies in the lake, what is no longer kept, and what was removed for which reason."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from agora.model.derived import Tended
from agora.model.names import PortVersion, ProductName


class Area(StrEnum):
    """Where in the lake a file lies."""

    DATA = "data"
    QUARANTINE = "quarantine"
    SAMPLES = "samples"
    DERIVED = "derived"
    METADATA = "metadata"
    LANDING = "landing"
    SCRATCH = "scratch"


class Cause(StrEnum):
    """Why a file is removed."""

    EXPIRED = "of expired editions"
    ASIDE = "put aside by old runs"
    LANDED = "landed for expired editions"
    METADATA = "describe states that nobody needs"
    LEFTOVER = "left over from runs that are over"
    ORPHAN = "nobody refers to it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file of the lake; `run` and `product` are empty where it belongs to none.

    `unfinished` is one that was being landed; `age` is counted by the machine's own clock.
    """

    path: str
    size: int
    area: Area
    age: timedelta
    run: str = ""
    product: str = ""
    unfinished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One release by its number."""

    product: ProductName
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An edition that would be due to go, and who still needs it."""

    edition: Edition
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was removed for one reason: how many files, how many bytes."""

    cause: Cause
    files: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """A table whose many small files were written as few: how many files it had, and has now.

    `release` is the edition readers have since, with exactly the same rows; 0 when it was not made.
    """

    port: PortVersion
    before: int
    after: int
    release: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """What maintenance did, or would do when it was `dry`.

    `before` and `after` are the bytes of the whole lake when removing began and ended; `whole` counts
    the files of kept editions, each of which was opened afterwards. `unable` names products whose
    small files stay, with the reason. Derived tables are `tended` where the whole lake is maintained.
    """

    products: tuple[ProductName, ...]
    expired: tuple[Edition, ...]
    held: tuple[Held, ...]
    removed: tuple[Removed, ...]
    before: int
    after: int
    whole: int
    dry: bool = False
    compacted: tuple[Compacted, ...] = ()
    unable: tuple[tuple[ProductName, str], ...] = ()
    tended: Tended | None = None
