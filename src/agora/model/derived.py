"""Derived tables: what one policy outcome leaves of a released port, kept as files of its own."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.names import PortVersion
from agora.model.release import DataFile, ReleasedColumn


class Why(StrEnum):
    """Why a derived table was made."""

    OFTEN = "read-often"
    RESTRICTED = "restricted"
    DEMANDED = "demanded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """The rows and values one outcome leaves to see of one release: what is hidden is not in it.

    `columns` are those that exist for the reader, already masked, with the field ids they were
    released with. While `dropped_at` is None the noun keeps its files alive; dropped for `reason`.
    """

    outcome: str
    port: PortVersion
    release: int
    snapshot_id: int
    files: tuple[DataFile, ...]
    columns: tuple[ReleasedColumn, ...]
    rows: int
    made_at: datetime
    why: Why
    dropped_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An outcome that was read through a secure view: how often, and by whom it was last."""

    outcome: str
    port: PortVersion
    release: int
    reader: str
    purpose: str
    reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The reads of each outcome as the ledger tells them up to its record `place`."""

    place: int = 0
    wanted: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """What tending derived tables did: those made, those dropped, and all that are kept now.

    `unable` are those that could not be made, each with the reason.
    """

    made: tuple[Derived, ...] = ()
    dropped: tuple[Derived, ...] = ()
    kept: tuple[Derived, ...] = ()
    unable: tuple[tuple[PortVersion, str], ...] = ()
