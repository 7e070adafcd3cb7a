"""Plotting: the SELECT that puts a drawing's points together, and the Vega-Lite text that draws them.

Everything is put together by the engine around the query, under the reader's own decision; what is
drawn is already what it says, so that no browser reckons again and the table has the same numbers.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time

from agora.model.chart import Aggregate, Drawing, Mark, Scale, Shelf, Unit
from agora.model.drawn import Heading, Point, Value
from agora.model.types import quoted
from agora.workshop.charts import SCHEMA

MOST_POINTS = 5_000
_MADE = {
    Aggregate.SUM: "sum", Aggregate.MEAN: "avg", Aggregate.MEDIAN: "median",
    Aggregate.MIN: "min", Aggregate.MAX: "max", Aggregate.COUNT: "count",
}  # fmt: skip
_SAID = {
    Aggregate.SUM: "sum of", Aggregate.MEAN: "mean", Aggregate.MEDIAN: "median",
    Aggregate.MIN: "lowest", Aggregate.MAX: "highest", Aggregate.COUNT: "number of",
    Aggregate.DISTINCT: "different",
}  # fmt: skip
_UNITS = {
    Unit.YEAR: "year", Unit.QUARTER: "quarter", Unit.MONTH: "month", Unit.WEEK: "week",
    Unit.DAY: "day",
}  # fmt: skip
_FORMATS = {
    Unit.YEAR: "%Y",
    Unit.QUARTER: "%Y Q%q",
    Unit.MONTH: "%b %Y",
    Unit.WEEK: "%Y-%m-%d",
    Unit.DAY: "%Y-%m-%d",
}
_TICKS = {
    Unit.YEAR: {"interval": "year", "step": 1},
    Unit.QUARTER: {"interval": "month", "step": 3},
    Unit.MONTH: {"interval": "month", "step": 1},
}
COUNTED = frozenset({Unit.YEAR, Unit.QUARTER, Unit.MONTH, Unit.WEEK})
"""Periods whose days are counted, so that those that lack some are told."""
_FAINT = 0.45


def statement(drawing: Drawing, sql: str, limit: int = MOST_POINTS) -> str:
    """The SELECT of the drawing's points over the rows of `sql`: one more than `limit`, in order.

    Columns `x`, `y`, `colour` and `days`: on how many days the period of `x` has rows. Of rows that
    are drawn one by one and are too many, `limit` that are spread evenly over all are points; `total`
    is how many there are.
    """
    if not _puts_together(drawing):
        return _spread(drawing, sql, limit)
    x, y = _value(drawing.x), _value(drawing.y)
    colour = _value(drawing.colour) if drawing.colour else "NULL"
    keys = [str(n) for n, shelf in enumerate((drawing.x, drawing.y, drawing.colour), 1)
            if shelf and not shelf.aggregate]  # fmt: skip
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    points = f"SELECT {x} AS x, {y} AS y, {colour} AS colour FROM asked{grouped}"
    days = ""
    counted = "NULL"
    if counts_days(drawing):
        day = f"CAST({_moment(drawing.x)} AS DATE)"
        days = f", days AS (SELECT {x} AS x, count(DISTINCT {day}) AS days FROM asked GROUP BY 1)"
        counted = "(SELECT days.days FROM days WHERE days.x IS NOT DISTINCT FROM points.x)"
    return (
        f"WITH asked AS (\n{sql.rstrip().rstrip(';')}\n), points AS ({points}){days} "
        f"SELECT x, y, colour, {counted} AS days, NULL AS total FROM points "
        f"ORDER BY x, colour, y LIMIT {limit + 1}"
    )


def _spread(drawing: Drawing, sql: str, limit: int) -> str:
    """All points where there are no more than `limit`, else so many; what is sorted is few."""
    shelves = (drawing.x, drawing.y, *((drawing.colour,) if drawing.colour else ()))
    x, y, colour = (*map(_value, shelves), "NULL")[:3]
    asked = sql.rstrip().rstrip(";")
    return (
        f"WITH asked AS NOT MATERIALIZED (\n{asked}\n), "
        "counted AS (SELECT count(*) AS total FROM asked), "
        f"points AS (SELECT {x} AS x, {y} AS y, {colour} AS colour, "
        "row_number() OVER () AS place FROM asked) "
        "SELECT x, y, colour, NULL AS days, total FROM points, counted "
        f"WHERE place * {limit} // total <> (place - 1) * {limit} // total "
        "ORDER BY x, colour, y"
    )


def counts_days(drawing: Drawing) -> bool:
    """True when periods of this drawing hold days that can be counted."""
    return drawing.x.unit in COUNTED and _puts_together(drawing)


def headings(drawing: Drawing) -> tuple[Heading, ...]:
    """The columns of the table beside the chart, in its order."""
    shelves = [("x", drawing.x), ("y", drawing.y)]
    if drawing.colour:
        shelves.append(("colour", drawing.colour))
    return tuple(
        Heading(name=name, title=titled(shelf), kind=_kind(shelf)) for name, shelf in shelves
    )


def titled(shelf: Shelf) -> str:
    """What an axis is called: `sum of amount`, `week of sold_at`, or what its author says."""
    if shelf.title:
        return shelf.title
    if shelf.aggregate:
        return f"{_SAID[shelf.aggregate]} {shelf.column or 'rows'}"
    return f"{_UNITS[shelf.unit]} of {shelf.column}" if shelf.unit else shelf.column


def spec(drawing: Drawing, points: Sequence[Point]) -> str:
    """The Vega-Lite text that draws these points, which are handed to it besides.

    Periods that are not whole are fainter, and a line to them is dashed; a trend is a line of its own.
    """
    shared = {"x": _axis("x", drawing.x, drawing.mark), **_colour(drawing)}
    y: dict[str, object] = {"y": _axis("y", drawing.y, drawing.mark)}
    partial = any(not point.whole for point in points)
    layers = [_main(drawing, y, partial=partial)]
    if drawing.mark is Mark.LINE and partial:
        layers += [_dashed(y), _hollow(y)]
    if any(point.trend is not None for point in points):
        layers.append(_trend(y))
    made = {
        "$schema": SCHEMA,
        **({"title": drawing.title} if drawing.title else {}),
        "encoding": shared,
        "layer": layers,
    }
    return json.dumps(made, ensure_ascii=False)


COLUMNS = (
    Heading(name="x", title="x", kind="text"),
    Heading(name="y", title="y", kind="number"),
    Heading(name="colour", title="colour", kind="text"),
    Heading(name="whole", title="whole", kind="text"),
    Heading(name="edge", title="edge", kind="text"),
    Heading(name="trend", title="trend", kind="number"),
)


def rows(points: Sequence[Point]) -> tuple[tuple[Value, ...], ...]:
    """The points as the spec takes them; an `edge` is a point that is not whole, or beside such a one."""
    found = []
    for place, point in enumerate(points):
        near = [other for other in _beside(points, place) if other.colour == point.colour]
        edge = not point.whole or any(not other.whole for other in near)
        found.append(
            (plain(point.x), plain(point.y), plain(point.colour), point.whole, edge, point.trend)
        )
    return tuple(found)


def table(drawing: Drawing, points: Sequence[Point]) -> tuple[tuple[Value, ...], ...]:
    """The same numbers for people to read."""
    width = 3 if drawing.colour else 2
    return tuple((told(p.x), told(p.y), told(p.colour))[:width] for p in points)


def plain(value: object) -> Value:
    """A value as JSON has it; moments in UTC say so."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else None
        case datetime():
            return f"{value.replace(tzinfo=None).isoformat()}Z"
        case date():
            return value.isoformat()
    number = float(str(value)) if _numeric(value) else None
    if number is None:
        return str(value)
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number


def told(value: object) -> Value:
    """A value as people read it: a day as a day, and a zone only where the moment has one."""
    if not isinstance(value, datetime):
        return plain(value)
    day, clock = value.date().isoformat(), value.replace(tzinfo=None).time()
    if clock != time.min:
        fine = "seconds" if clock.second or clock.microsecond else "minutes"
        day = f"{day} {clock.isoformat(fine)}"
    return f"{day} UTC" if value.tzinfo else day


def _numeric(value: object) -> bool:
    try:
        return float(str(value)) - float(str(value)) == 0
    except ValueError:
        return False


def _beside(points: Sequence[Point], place: int) -> list[Point]:
    """The points before and behind this one in its own line."""
    own = points[place].colour
    line = [n for n, point in enumerate(points) if point.colour == own]
    at = line.index(place)
    return [points[n] for n in (*line[max(at - 1, 0) : at], *line[at + 1 : at + 2])]


def _puts_together(drawing: Drawing) -> bool:
    return any(shelf.aggregate for shelf in (drawing.y, drawing.colour) if shelf)


def _value(shelf: Shelf) -> str:
    name = quoted(shelf.column)
    if shelf.aggregate is Aggregate.DISTINCT:
        return f"count(DISTINCT {name})"
    if shelf.aggregate:
        return f"{_MADE[shelf.aggregate]}({name if shelf.column else '*'})"
    if shelf.unit:
        return f"CAST(date_trunc('{_UNITS[shelf.unit]}', {_moment(shelf)}) AS DATE)"
    return name


def _moment(shelf: Shelf) -> str:
    """The moment without its zone; sessions of readers are in UTC."""
    return f"CAST({quoted(shelf.column)} AS TIMESTAMP)"


def _kind(shelf: Shelf) -> str:
    if shelf.aggregate or shelf.scale is Scale.QUANTITATIVE:
        return "number"
    return "time" if shelf.scale is Scale.TEMPORAL else "text"


def _axis(name: str, shelf: Shelf, mark: Mark) -> dict[str, object]:
    made: dict[str, object] = {
        "field": name,
        "type": "quantitative" if shelf.aggregate else shelf.scale.value,
        "title": titled(shelf),
    }
    if shelf.scale is Scale.TEMPORAL and not shelf.aggregate:
        made |= _time(shelf.unit, mark)
    if shelf.sort and shelf.scale in (Scale.NOMINAL, Scale.ORDINAL):
        made["sort"] = shelf.sort
    return made


def _time(unit: Unit | None, mark: Mark) -> dict[str, object]:
    """Moments in UTC: on a line, or side by side where each has a bar or a cell of its own."""
    if mark in (Mark.BAR, Mark.RECT):
        return {"type": "ordinal", **({"timeUnit": f"utc{unit}"} if unit in _TICKS else {})}
    told: dict[str, object] = {"scale": {"type": "utc"}}
    if unit:
        ticks = {"tickCount": _TICKS[unit]} if unit in _TICKS else {}
        told["axis"] = {"format": _FORMATS[unit], **ticks}
    return told


def _colour(drawing: Drawing) -> dict[str, object]:
    if not drawing.colour:
        return {}
    shelf = drawing.colour
    kind = "quantitative" if shelf.aggregate else shelf.scale.value
    return {"color": {"field": "colour", "type": kind, "title": titled(shelf)}}


def _main(drawing: Drawing, y: dict[str, object], *, partial: bool) -> dict[str, object]:
    kind = {"type": drawing.mark.value, "tooltip": True}
    if drawing.mark is Mark.LINE:
        layer: dict[str, object] = {"mark": {**kind, "point": True}, "encoding": y}
        return {**layer, "transform": [_only("whole", wanted=True)]} if partial else layer
    faint = {"condition": {"test": {"field": "whole", "equal": False}, "value": _FAINT}, "value": 1}
    return {"mark": kind, "encoding": {**y, **({"opacity": faint} if partial else {})}}


def _dashed(y: dict[str, object]) -> dict[str, object]:
    mark = {"type": "line", "strokeDash": [4, 4], "opacity": _FAINT}
    return {"mark": mark, "encoding": y, "transform": [_only("edge", wanted=True)]}


def _hollow(y: dict[str, object]) -> dict[str, object]:
    mark = {"type": "point", "filled": False, "opacity": _FAINT, "tooltip": True}
    return {"mark": mark, "encoding": y, "transform": [_only("whole", wanted=False)]}


def _trend(y: dict[str, object]) -> dict[str, object]:
    of = {"field": "trend", "type": "quantitative", "title": _title_of(y)}
    return {"mark": {"type": "line", "strokeDash": [1, 3], "strokeWidth": 2}, "encoding": {"y": of}}


def _title_of(y: dict[str, object]) -> object:
    said = y["y"]
    return said["title"] if isinstance(said, dict) else ""


def _only(field: str, *, wanted: bool) -> dict[str, object]:
    return {"filter": {"field": field, "equal": wanted}}
