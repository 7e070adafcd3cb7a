"""Charts: a form becomes a drawing, a drawing a Vega-Lite text, and such a text a drawing again.

Of Vega-Lite only what draws is taken: no data, no addresses, no expressions, no transformations.
Whatever this room does not know is refused by its name, so that a pasted text says what is too much.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from agora.model.chart import Aggregate, Drawing, Mark, Scale, Shelf, Unit
from agora.model.errors import Invalid

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
LONGEST = 10_000
_SCHEMAS = "https://vega.github.io/schema/vega-lite/v"
_TOP = frozenset(
    {"$schema", "title", "description", "mark", "encoding", "usermeta", "width", "height"}
)
_MARK = frozenset({"type", "point", "tooltip"})
_CHANNELS = {"x": "x", "y": "y", "color": "colour"}
_CHANNEL = frozenset({"field", "type", "aggregate", "timeUnit", "sort", "title"})
_SORTS = frozenset({"ascending", "descending", "x", "-x", "y", "-y"})
_TITLE = 200
E_ = TypeVar("E_", bound=StrEnum)
MARKS: Mapping[str, Mark] = {
    "bar": Mark.BAR,
    "line": Mark.LINE,
    "scatter": Mark.POINT,
    "heat-map": Mark.RECT,
}


def built(
    kind: str,
    columns: Mapping[str, Scale],
    *,
    x: str,
    y: str = "",
    colour: str = "",
    aggregate: str = "",
    unit: str = "",
    trend: bool = False,
    title: str = "",
) -> Drawing:
    """The drawing a form describes, over columns of these kinds; raises Invalid with what is missing.

    The measure is put together by `aggregate`: it lies on y, in a heat map on colour. Without a
    column to measure, rows are counted.
    """
    if kind not in MARKS:
        raise _no(f"there is no chart `{kind}`", f"use {_listed(MARKS)}")
    for name in (x, y, colour):
        if name and name not in columns:
            raise _no(f"the query gives no column `{name}`", f"it gives {_listed(columns)}")
    mark = MARKS[kind]
    over = _word(Unit, unit, "period") if unit else None
    how = _word(Aggregate, aggregate, "aggregate") if aggregate else None
    across = _dimension(x, columns, mark, over)
    if mark is Mark.RECT:
        measure = _measure(colour, columns, how or (Aggregate.SUM if colour else Aggregate.COUNT))
        drawing = Drawing(
            mark=mark, x=across, y=_dimension(y, columns, mark, None), colour=measure, title=title
        )
    else:
        default = None if mark is Mark.POINT else Aggregate.SUM
        drawing = Drawing(
            mark=mark,
            x=across,
            y=_measure(y, columns, how or (default if y else Aggregate.COUNT)),
            colour=Shelf(column=colour, scale=_discrete(columns[colour])) if colour else None,
            trend=trend,
            title=title,
        )
    return _whole(drawing)


def written(drawing: Drawing) -> str:
    """The drawing as Vega-Lite, in one spelling."""
    spec: dict[str, object] = {"$schema": SCHEMA}
    if drawing.title:
        spec["title"] = drawing.title
    spec["mark"] = drawing.mark.value
    encoding = {"x": _channel(drawing.x), "y": _channel(drawing.y)}
    if drawing.colour:
        encoding["color"] = _channel(drawing.colour)
    spec["encoding"] = encoding
    if drawing.trend:
        spec["usermeta"] = {"agora": {"trend": True}}
    return json.dumps(spec, ensure_ascii=False, indent=2)


def read(text: str) -> Drawing:
    """The drawing a Vega-Lite text means; raises Invalid for what is not possible here."""
    if len(text) > LONGEST:
        raise _no(f"the chart is longer than {LONGEST:,} characters", "leave data out of it")
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        raise _no("the chart is no JSON", "paste a Vega-Lite specification") from None
    top = _keys(spec, _TOP, "the chart")
    schema = top.get("$schema", SCHEMA)
    if not isinstance(schema, str) or not schema.startswith(_SCHEMAS):
        raise _no("the chart is not Vega-Lite", f"its `$schema` is `{SCHEMA}`")
    shelves = _keys(top.get("encoding", {}), frozenset(_CHANNELS), "`encoding`")
    found = {
        _CHANNELS[name]: _shelf(_keys(channel, _CHANNEL, f"`{name}`"), name)
        for name, channel in shelves.items()
    }
    if "x" not in found or "y" not in found:
        raise _no("the chart lacks `x` or `y`", "say what lies on both axes")
    return _whole(
        Drawing(
            mark=_mark(top.get("mark")),
            x=found["x"],
            y=found["y"],
            colour=found.get("colour"),
            trend=_trend(top.get("usermeta", {})),
            title=_text(top.get("title", ""), "title"),
        )
    )


def scale_of(kind: str) -> Scale:
    """What the values of a column of this Arrow type are: `int64`, `decimal128(9, 2)`, `date32[day]`."""
    if kind.startswith(("date", "timestamp")):
        return Scale.TEMPORAL
    if kind.startswith(("int", "uint", "decimal", "float", "double", "halffloat")):
        return Scale.QUANTITATIVE
    return Scale.NOMINAL


def _dimension(name: str, columns: Mapping[str, Scale], mark: Mark, unit: Unit | None) -> Shelf:
    if not name:
        raise _no("the chart lacks `x` or `y`", "say what lies on both axes")
    scale = columns[name] if mark in (Mark.LINE, Mark.POINT) else _discrete(columns[name])
    if columns[name] is Scale.TEMPORAL:
        scale = Scale.TEMPORAL
    return Shelf(column=name, scale=scale, unit=unit)


def _measure(name: str, columns: Mapping[str, Scale], how: Aggregate | None) -> Shelf:
    if how in (Aggregate.COUNT, Aggregate.DISTINCT):
        return Shelf(column=name, scale=Scale.QUANTITATIVE, aggregate=how)
    return Shelf(column=name, scale=columns[name] if name else Scale.NOMINAL, aggregate=how)


def _discrete(scale: Scale) -> Scale:
    """Numbers side by side rather than on a line: each is one bar, one cell, one colour."""
    return Scale.ORDINAL if scale is Scale.QUANTITATIVE else scale


def _whole(drawing: Drawing) -> Drawing:
    """The drawing, if it can be drawn; raises Invalid with the reason."""
    measure = drawing.colour if drawing.mark is Mark.RECT else drawing.y
    if measure is None:
        raise _no("a heat map has a measure as its colour", "say what is counted or put together")
    if drawing.mark is Mark.RECT and drawing.y.aggregate:
        raise _no("a heat map has a measure as its colour", "the axes are what it is measured by")
    if drawing.x.aggregate or (
        drawing.colour and drawing.mark is not Mark.RECT and drawing.colour.aggregate
    ):
        raise _no("only the measure is put together", "leave `aggregate` out of the others")
    for shelf in filter(None, (drawing.x, drawing.y, drawing.colour)):
        _demand_shelf(shelf)
    counts = measure.aggregate in (Aggregate.COUNT, Aggregate.DISTINCT)
    if not counts and measure.scale is not Scale.QUANTITATIVE:
        raise _no(
            f"`{measure.column}` is no number to measure", "count it, or choose a column of numbers"
        )
    if drawing.trend and (
        drawing.mark not in (Mark.LINE, Mark.POINT)
        or drawing.x.scale not in (Scale.TEMPORAL, Scale.QUANTITATIVE)
    ):
        raise _no("a trend needs a line or points over time or numbers", "leave the trend out")
    return drawing


def _demand_shelf(shelf: Shelf) -> None:
    if not shelf.column and shelf.aggregate is not Aggregate.COUNT:
        raise _no("only a count needs no column", "name the column as `field`")
    if shelf.unit and shelf.scale is not Scale.TEMPORAL:
        raise _no(
            f"`{shelf.column}` is no moment to put together by `{shelf.unit}`", "leave it out"
        )


def _channel(shelf: Shelf) -> dict[str, object]:
    said = {
        "field": shelf.column,
        "type": shelf.scale.value,
        "aggregate": shelf.aggregate.value if shelf.aggregate else "",
        "timeUnit": shelf.unit.value if shelf.unit else "",
        "sort": shelf.sort,
        "title": shelf.title,
    }
    return {key: value for key, value in said.items() if value}


def _shelf(channel: Mapping[str, Any], name: str) -> Shelf:
    sort = channel.get("sort") or ""
    if sort and (not isinstance(sort, str) or sort not in _SORTS):
        raise _no(f"`{name}` cannot be sorted like that", f"use {_listed(_SORTS)}")
    how, unit = channel.get("aggregate"), channel.get("timeUnit")
    aggregate = _word(Aggregate, _long(how), "aggregate") if how else None
    usual = Scale.QUANTITATIVE if aggregate else Scale.TEMPORAL if unit else Scale.NOMINAL
    return Shelf(
        column=_text(channel.get("field", ""), "field"),
        scale=_word(Scale, channel.get("type", usual.value), "type"),
        aggregate=aggregate,
        unit=_word(Unit, _utc(unit), "timeUnit") if unit else None,
        sort=str(sort),
        title=_text(channel.get("title") or "", "title"),
    )


def _long(how: object) -> object:
    return {"average": "mean"}.get(how, how) if isinstance(how, str) else how


def _utc(unit: object) -> object:
    """Periods are always those of UTC here, whether a text says so or not."""
    return unit.removeprefix("utc") if isinstance(unit, str) else unit


def _mark(said: object) -> Mark:
    if isinstance(said, str):
        return _word(Mark, said, "mark")
    return _word(Mark, _keys(said, _MARK, "`mark`").get("type"), "mark")


def _trend(meta: object) -> bool:
    own = _keys(meta, frozenset({"agora"}), "`usermeta`").get("agora", {})
    return _keys(own, frozenset({"trend"}), "`usermeta.agora`").get("trend") is True


def _keys(said: object, known: frozenset[str], where: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise _no(f"{where} is not an object", "paste a Vega-Lite specification")
    strange = sorted(set(said) - known)
    if strange:
        raise _no(f"`{strange[0]}` is not possible in {where}", f"use {_listed(known)}")
    return said


def _word(kind: type[E_], said: object, what: str) -> E_:
    try:
        return kind(str(said))
    except ValueError:
        words = _listed(each.value for each in kind)
        raise _no(f"`{said}` is no {what} that can be drawn", f"use {words}") from None


def _text(said: object, what: str) -> str:
    if not isinstance(said, str) or len(said) > _TITLE or not said.isprintable():
        raise _no(f"a `{what}` is a text of at most {_TITLE} characters", "shorten it")
    return said


def _listed(words: Any) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "nothing"


def _no(sentence: str, hint: str) -> Invalid:
    return Invalid(sentence, code="E697", hint=hint)
