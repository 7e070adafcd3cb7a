"""Labels: what the rows of a release tell about one port, counted and never typed by hand.

A number of None was not counted, or is not for this reader; `withheld` says which and why.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from agora.model.names import PortVersion

KEPT, BROKEN, PENDING = "k", "b", "-"


class Grain(StrEnum):
    """How far apart the days of a column usually are; `period` is a column's own counting."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    PERIOD = "period"
    IRREGULAR = "irregular"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """One column: rows without a value, different values, and the bounds of numbers and moments.

    `distinct` is an estimate (some percent off) unless `exact`. `unit` and `zone` are what the
    contract states: a unit code such as `USD`, and where the clock of a moment without zone hangs.
    """

    name: str
    nulls: int | None = None
    distinct: int | None = None
    exact: bool = False
    least: str = ""
    most: str = ""
    unit: str = ""
    zone: str = ""
    withheld: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """Columns that name each row once, or almost: `repeats` rows have a key another row has.

    `empty` rows have no whole key. `declared` is False for keys only the data show.
    """

    columns: tuple[str, ...]
    declared: bool
    rows: int
    repeats: int
    empty: int = 0

    @property
    def holds(self) -> bool:
        """True when every row has a key of its own."""
        return self.repeats == 0 and self.empty == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """An offered join: from these columns to those of another table.

    `rows` refer to something, `missing` of them to what is not there. They hold `values` different
    references, `found` of which are among the `targets` different ones of the other table. A row
    here meets up to `most` rows there (`mean` on average of those that meet any), a row there up to
    `met` here (`met_mean`). `skipped` says why nothing was counted.
    """

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    port: PortVersion | None = None
    rows: int = 0
    missing: int = 0
    values: int | None = None
    found: int | None = None
    targets: int | None = None
    most: int | None = None
    mean: Decimal | None = None
    met: int | None = None
    met_mean: Decimal | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEnd:
    """The first or last period of a column: how many days (or rows) it has, and usually has."""

    grain: Grain
    period: str
    has: int
    usual: int
    counted: str = "days"
    first: bool = False

    @property
    def incomplete(self) -> bool:
        """True when days are missing; of rows, when there are less than half as many as usual."""
        return self.has < self.usual if self.counted == "days" else 2 * self.has < self.usual


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFacts:
    """The time a column covers, from `first` to `last`, in `covered` different days or periods.

    `gaps` counts the places where the next one is further away than its grain; the longest lies
    between `gap_from` and `gap_to`. `ends` are the first and last weeks and months of daily data.
    """

    column: str
    grain: Grain
    first: str
    last: str
    covered: int
    gaps: int = 0
    gap_from: str = ""
    gap_to: str = ""
    ends: tuple[PeriodEnd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """How few rows share the same values of the quasi-identifiers; never which values."""

    columns: tuple[str, ...]
    groups: int
    smallest: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one port's snapshot tells; `problems` are facts that could not be counted."""

    port: PortVersion
    counted_at: datetime
    rows: int | None
    columns: tuple[ColumnFacts, ...] = ()
    keys: tuple[KeyFacts, ...] = ()
    references: tuple[ReferenceFacts, ...] = ()
    periods: tuple[PeriodFacts, ...] = ()
    group: GroupFacts | None = None
    problems: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How one service level went: `days` has a letter for each, oldest first: k(ept), b(roken), -."""

    port: PortVersion
    level: str
    sentence: str
    days: str = ""
    last_broken: str = ""

    @property
    def kept(self) -> int:
        """On how many days it was kept."""
        return self.days.count(KEPT)

    @property
    def broken(self) -> int:
        """On how many days it was broken."""
        return self.days.count(BROKEN)
