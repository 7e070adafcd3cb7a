"""Charts: how the rows of a query are drawn, as a Vega-Lite text without any data in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.saved import Parameter, Sharing


class Mark(StrEnum):
    """What a value is drawn as."""

    BAR = "bar"
    LINE = "line"
    POINT = "point"
    RECT = "rect"


class Aggregate(StrEnum):
    """How many values become one."""

    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    DISTINCT = "distinct"


class Unit(StrEnum):
    """The period moments are put together by, in the words of Vega-Lite."""

    YEAR = "year"
    QUARTER = "yearquarter"
    MONTH = "yearmonth"
    WEEK = "yearweek"
    DAY = "yearmonthdate"


class Scale(StrEnum):
    """What the values of a column are, in the words of Vega-Lite."""

    QUANTITATIVE = "quantitative"
    TEMPORAL = "temporal"
    ORDINAL = "ordinal"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What lies on one axis or on colour: a column, perhaps put together; a count needs no column."""

    column: str = ""
    scale: Scale = Scale.NOMINAL
    aggregate: Aggregate | None = None
    unit: Unit | None = None
    sort: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart as it is meant: the mark, what lies where, and whether a trend is drawn through it."""

    mark: Mark
    x: Shelf
    y: Shelf
    colour: Shelf | None = None
    trend: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart somebody keeps: of a saved `query`, or of an `sql` of its own with its `parameters`.

    `spec` is Vega-Lite as JSON text, `values` are the parameters it was drawn with. No rows are kept:
    whoever looks at it gets their own.
    """

    id: str
    title: str
    spec: str
    sharing: Sharing
    description: str = ""
    query: str = ""
    sql: str = ""
    parameters: tuple[Parameter, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    purpose: str = ""
    tables: tuple[str, ...] = ()
    created_at: datetime
    changed_at: datetime
    changed_by: str
    removed_at: datetime | None = None
