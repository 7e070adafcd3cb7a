"""Shelves: what a form says of a chart, read from a drawing, or guessed from the columns of a query."""

from collections.abc import Mapping, Sequence

from agora.model.chart import Drawing, Mark, Scale, Shelf, Unit
from agora.workshop.charts import MARKS

NAMES = ("kind", "x", "y", "colour", "aggregate", "per", "trend", "title")


def laid(drawing: Drawing) -> Mapping[str, str]:
    """The form that describes this drawing."""
    kinds = {mark: kind for kind, mark in MARKS.items()}
    colour = drawing.colour or Shelf()
    measure = colour if drawing.mark is Mark.RECT else drawing.y
    return {
        "kind": kinds[drawing.mark],
        "x": drawing.x.column,
        "y": drawing.y.column,
        "colour": colour.column,
        "aggregate": measure.aggregate.value if measure.aggregate else "",
        "per": drawing.x.unit.value if drawing.x.unit else "",
        "trend": "yes" if drawing.trend else "",
        "title": drawing.title,
    }


def guessed(columns: Sequence[tuple[str, Scale]]) -> Mapping[str, str]:
    """A form to begin with: moments, else the first other column, along the bottom; the last number up.

    What names a thing (`…_id`) is no number to measure.
    """
    numbers = [n for n, scale in columns if scale is Scale.QUANTITATIVE and not _names(n)]
    measure = numbers[-1] if numbers else ""
    moments = [name for name, scale in columns if scale is Scale.TEMPORAL]
    others = [name for name, _ in columns if name != measure]
    across = next(iter((*moments, *others)), measure)
    how = {"kind": "line", "per": Unit.WEEK.value} if moments else {"kind": "bar"}
    return dict.fromkeys(NAMES, "") | {"x": across, "y": measure, **how}


def _names(column: str) -> bool:
    return column.lower() == "id" or column.lower().endswith("_id")
