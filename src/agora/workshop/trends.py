"""Trends: which periods of a chart are whole, the line through those that are, and a sentence of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from agora.model.chart import Drawing, Unit
from agora.model.drawn import Point
from agora.model.label import Grain, PeriodEnd, PeriodFacts
from agora.workshop.plotting import counts_days, titled, told

LONGEST = 40
"""So many characters of a name stand in a sentence; the table has all of it."""
_FEW = 3  # of two points anything could be a trend
_WEEK, _SHORT, _LONG = 7, 28, 31


def marked(
    drawing: Drawing, points: Sequence[Point], label: PeriodFacts | None = None
) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """The points, those of periods that are not whole marked so, and what is said of these periods.

    By the days their own rows have, where a period was put together here; else by what the `label`
    tells of the column that the axis comes from.
    """
    said = _by_days(points, drawing.x.unit) if counts_days(drawing) else _by_label(points, label)
    found = tuple(replace(p, whole=False) if p.x in said else p for p in points)
    return found, tuple(said.values())


def unknown(drawing: Drawing, points: Sequence[Point], label: PeriodFacts | None = None) -> bool:
    """True when nobody can say whether the first and the last period of this axis are whole.

    The query has put its days together and may have left some out, and its ends are not those of
    the `label`.
    """
    places = [p.x for p in points if isinstance(p.x, date)]
    if counts_days(drawing) or not any(_fits(each, places) for each in (Grain.WEEK, Grain.MONTH)):
        return False
    outer = ((places[0], True), (places[-1], False))
    return label is None or not all(
        any(end.first is first and _begins(end, x, label.column) for end in label.ends)
        for x, first in outer
    )


def trended(drawing: Drawing, points: Sequence[Point]) -> tuple[Point, ...]:
    """The points with the straight line through those that are whole, one line for each colour."""
    if not drawing.trend:
        return tuple(points)
    lines = {each.colour: _line([p for p in points if p.colour == each.colour]) for each in points}
    found = []
    for point in points:
        line, x = lines[point.colour], _number(point.x)
        found.append(
            point if line is None or x is None else replace(point, trend=line[0] + line[1] * x)
        )
    return tuple(found)


def summary(drawing: Drawing, points: Sequence[Point]) -> str:
    """What the chart shows in one sentence, for who does not see it."""
    measure = drawing.colour if drawing.colour and drawing.colour.aggregate else drawing.y
    what = f"{titled(measure)} by {titled(drawing.x)}"
    valued = [
        (p, v)
        for p in points
        if (v := _number(p.colour if measure is drawing.colour else p.y)) is not None
    ]
    if not valued:
        return f"{_capital(what)}: nothing to draw"
    low, high = (pick(valued, key=lambda each: each[1]) for pick in (min, max))
    places = [_at(p) for p in points if p.x is not None] or ["nothing"]
    count = f"{len(points):,} point{'' if len(points) == 1 else 's'}"
    return (
        f"{_capital(what)}: {count} from {places[0]} to {places[-1]}, "
        f"lowest {_short(low[1])} at {_at(low[0])}, highest {_short(high[1])} at {_at(high[0])}"
    )


def _at(point: Point) -> str:
    text = "nothing" if point.x is None else str(told(point.x))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _by_days(points: Sequence[Point], unit: Unit | None) -> Mapping[object, str]:
    """The first and last period, where they have rows of fewer days than those between them."""
    days = {p.x: p.days for p in points if p.x is not None and p.days is not None}
    inner = list(days.values())[1:-1]
    if not inner:
        return {}
    usual = int(median(inner))
    said: dict[object, str] = {}
    for x in (next(iter(days)), next(reversed(days))):
        has = days[x] or 0
        if has < min(usual, _length(x, unit, usual)):
            said[x] = f"the period from {told(x)} has rows of {has:,} of usually {usual:,} days"
    return said


def _length(x: object, unit: Unit | None, usual: int) -> int:
    """How many days a period can have: a short month, quarter or year is whole with fewer."""
    if unit is None or unit is Unit.WEEK or not isinstance(x, date):
        return usual
    months = {Unit.MONTH: 1, Unit.QUARTER: 3}.get(unit, 12)
    following = x.year * 12 + x.month - 1 + months
    return (date(following // 12, following % 12 + 1, 1) - date(x.year, x.month, 1)).days


def _by_label(points: Sequence[Point], label: PeriodFacts | None) -> Mapping[object, str]:
    """Of the outer points those that begin a period which the label says is not whole."""
    said: dict[object, str] = {}
    places = [p.x for p in points if p.x is not None]
    for end in label.ends if label else ():
        if not end.incomplete or not places or not _fits(end.grain, places):
            continue
        x = places[0] if end.first else places[-1]
        if label and _begins(end, x, label.column):
            said[x] = f"{end.period} has {end.has:,} of usually {end.usual:,} {end.counted}"
    return said


def _begins(end: PeriodEnd, x: object, column: str) -> bool:
    day = x.date() if isinstance(x, datetime) else x
    if end.grain is Grain.WEEK:
        return str(day) == end.period.rpartition(" ")[2]
    if end.grain is Grain.MONTH:
        return str(day) == f"{end.period}-01"
    return f"{column} {x}" == end.period


def _fits(grain: Grain, places: Sequence[object]) -> bool:
    """True when the points lie as far apart as the periods the label speaks of."""
    if grain is Grain.PERIOD:
        return True
    days = sorted(
        {x.date() if isinstance(x, datetime) else x for x in places if isinstance(x, date)}
    )
    steps = [(b - a).days for a, b in pairwise(days)]
    least, most = (_WEEK, _WEEK) if grain is Grain.WEEK else (_SHORT, _LONG)
    return bool(steps) and least <= median(steps) <= most


def _line(points: Iterable[Point]) -> tuple[float, float] | None:
    """Where the line through whole points meets zero, and how steep it is; least squares."""
    known = [
        (x, y)
        for p in points
        if p.whole and (x := _number(p.x)) is not None and (y := _number(p.y)) is not None
    ]
    if len(known) < _FEW:
        return None
    mean_x = sum(x for x, _ in known) / len(known)
    mean_y = sum(y for _, y in known) / len(known)
    spread = sum((x - mean_x) ** 2 for x, _ in known)
    if not spread:
        return None
    steep = sum((x - mean_x) * (y - mean_y) for x, y in known) / spread
    return mean_y - steep * mean_x, steep


def _number(value: object) -> float | None:
    match value:
        case bool() | None | str():
            return None
        case datetime():
            return value.replace(tzinfo=None).toordinal() + (value.hour * 60 + value.minute) / 1440
        case date():
            return float(value.toordinal())
    number = float(str(value))
    return number if number - number == 0 else None


def _short(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
