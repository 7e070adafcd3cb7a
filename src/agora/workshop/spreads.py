"""Spreads: as few statements as tell what is in each column: how much, from where to where, how often.

Counts and ends are exact, the number of different values an estimate. How values are spread is
counted on all rows of a table, or on a part of a large one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agora.model.columns import Bar
from agora.model.decision import ColumnView
from agora.model.types import Kind, quoted

WHOLE = 2_000_000
"""Of more rows than these only about as many are looked at for the spread."""
BINS, TOP, LONGEST = 20, 10, 100
_EXACT = frozenset({Kind.INTEGER, Kind.BIGINT})
_FLOATS = frozenset({Kind.REAL, Kind.DOUBLE})
_NUMBERS = _EXACT | _FLOATS | {Kind.DECIMAL}
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT})
_RANGED = _NUMBERS | _MOMENTS
_WORDS = frozenset({Kind.VARCHAR, Kind.BOOLEAN, Kind.TIME})
_STEPS = {Kind.INTEGER: 1.0, Kind.BIGINT: 1.0, Kind.DATE: 86_400.0}
_MOSTLY = 0.9  # a column that names nearly every row has no frequent values to show


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What was counted of one column; `ranged` ones are spread over `bins` of `width` from `low`."""

    name: str
    kind: Kind
    nulls: int
    distinct: int | None = None
    least: str = ""
    most: str = ""
    low: float = 0.0
    width: float = 0.0
    bins: int = 0

    @property
    def ranged(self) -> bool:
        """True for numbers and moments, whose bars are ranges."""
        return self.kind in _RANGED


def overview(table: str, columns: Sequence[ColumnView]) -> str:
    """One pass: rows, and of the n-th column its values, how many differ, and its ends."""
    fields = ["count(*) AS rows"]
    for place, column in enumerate(columns):
        fields += _fields(place, column)
    return f"SELECT {', '.join(fields)} FROM {table}"


def bounds(columns: Sequence[ColumnView], told: Mapping[str, Any]) -> Mapping[str, Bounds]:
    """What the overview told, by column."""
    found = (_bounds(place, column, told) for place, column in enumerate(columns))
    return {each.name: each for each in found}


def spread(table: str, columns: Mapping[str, Bounds], rows: int) -> str:
    """How often each range or value occurs: `place` of the column, `bin` or `value`, `rows`.

    Empty where no column has anything to show.
    """
    parts = [
        _ranges(place, each) if each.ranged else _frequent(place, each)
        for place, each in enumerate(columns.values())
        if (each.bins if each.ranged else _repeats(each, rows))
    ]
    if not parts:
        return ""
    part = "" if rows <= WHOLE else f" USING SAMPLE {100 * WHOLE / rows:.4f} PERCENT (bernoulli)"
    return f"WITH seen AS (SELECT * FROM {table}{part}) " + " UNION ALL ".join(parts)


def bar(of: Bounds, told: Mapping[str, Any]) -> Bar:
    """One answer of the spread as people read it."""
    if not of.ranged:
        return Bar(start=str(told["value"]), rows=int(told["rows"]))
    start = of.low + of.width * int(told["bin"])
    one = of.width == _STEPS.get(of.kind)
    end = "" if one else _said(of, start + of.width)
    return Bar(start=_said(of, start), end=end, rows=int(told["rows"]))


def _fields(place: int, column: ColumnView) -> Iterator[str]:
    name, kind = quoted(column.name), column.type.kind
    yield f"count({name}) AS f{place}"
    if kind in _RANGED | _WORDS:
        yield f"approx_count_distinct({name}) AS d{place}"
        finite = f" FILTER (WHERE isfinite({name}))" if kind in _FLOATS | _MOMENTS else ""
        for end, letter in (("min", "l"), ("max", "m")):
            value = f"{end}({name}){finite}"
            yield f"left(CAST({value} AS VARCHAR), {LONGEST}) AS {letter}{place}"
            if kind in _RANGED:
                number = f"epoch({value})" if kind in _MOMENTS else value
                yield f"CAST({number} AS DOUBLE) AS {letter}n{place}"


def _bounds(place: int, column: ColumnView, told: Mapping[str, Any]) -> Bounds:
    kind = column.type.kind
    low, high = told.get(f"ln{place}"), told.get(f"mn{place}")
    bins, width = (0, 0.0) if low is None or high is None else _grid(kind, low, high)
    distinct = told.get(f"d{place}")
    return Bounds(
        name=column.name,
        kind=kind,
        nulls=int(told["rows"]) - int(told[f"f{place}"]),
        distinct=None if distinct is None else min(int(distinct), int(told[f"f{place}"])),
        least=str(told.get(f"l{place}") or ""),
        most=str(told.get(f"m{place}") or ""),
        low=low or 0.0,
        width=width,
        bins=bins,
    )


def _grid(kind: Kind, low: float, high: float) -> tuple[int, float]:
    """How many bars of which width: whole numbers and days are never cut."""
    step = _STEPS.get(kind)
    if step:
        steps = (high - low) / step + 1
        each = -(-steps // BINS)
        return int(-(-steps // each)), each * step
    return (BINS, (high - low) / BINS) if high > low else (1, 1.0)


def _repeats(of: Bounds, rows: int) -> bool:
    if of.kind not in _WORDS or not of.distinct:
        return False
    return of.distinct <= TOP or of.distinct < _MOSTLY * (rows - of.nulls)


def _ranges(place: int, of: Bounds) -> str:
    name = quoted(of.name)
    value = f"epoch({name})" if of.kind in _MOMENTS else f"CAST({name} AS DOUBLE)"
    finite = f"isfinite({name})" if of.kind in _FLOATS | _MOMENTS else f"{name} IS NOT NULL"
    which = f"CAST(least(floor(({value} - {of.low!r}) / {of.width!r}), {of.bins - 1}) AS INTEGER)"
    return (
        f"SELECT {place} AS place, bin, CAST(NULL AS VARCHAR) AS value, count(*) AS rows "
        f"FROM (SELECT {which} AS bin FROM seen WHERE {finite}) GROUP BY bin"
    )


def _frequent(place: int, of: Bounds) -> str:
    name = quoted(of.name)
    return (
        f"SELECT {place} AS place, CAST(NULL AS INTEGER) AS bin, value, rows FROM ("
        f"SELECT left(CAST({name} AS VARCHAR), {LONGEST}) AS value, count(*) AS rows FROM seen "
        f"WHERE {name} IS NOT NULL GROUP BY value ORDER BY rows DESC, value LIMIT {TOP})"
    )


def _said(of: Bounds, number: float) -> str:
    if of.kind in _MOMENTS:
        moment = datetime.fromtimestamp(number, UTC)
        return f"{moment:%Y-%m-%d}" if of.kind is Kind.DATE else f"{moment:%Y-%m-%d %H:%M}"
    return f"{number:.0f}" if of.kind in _EXACT else f"{number:.6g}"
