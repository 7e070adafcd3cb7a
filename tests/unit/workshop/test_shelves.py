"""A chart's form: what a query suggests, and what a drawing says."""

import pytest

from agora.model.chart import Scale
from agora.workshop.charts import built
from agora.workshop.shelves import guessed, laid

Q, T, N = Scale.QUANTITATIVE, Scale.TEMPORAL, Scale.NOMINAL


@pytest.mark.parametrize(
    ("columns", "kind", "x", "y"),
    [
        ([("store_id", Q), ("day", T), ("units", Q), ("sales", Q)], "line", "day", "sales"),
        ([("household_id", Q), ("age", N)], "bar", "household_id", ""),
        ([("ID", Q), ("age", N), ("n", Q)], "bar", "ID", "n"),
        ([("n", Q)], "bar", "n", "n"),
        ([], "bar", "", ""),
    ],
)
def test_a_query_suggests_a_chart(columns, kind, x, y):
    form = guessed(columns)
    assert (form["kind"], form["x"], form["y"]) == (kind, x, y)


@pytest.mark.parametrize(
    "form",
    [
        {
            "kind": "line",
            "x": "day",
            "y": "sales",
            "colour": "store",
            "unit": "yearmonth",
            "trend": True,
        },
        {"kind": "heat-map", "x": "store", "y": "age", "colour": "sales", "aggregate": "mean"},
        {"kind": "scatter", "x": "n", "y": "sales", "title": "Both"},
        {"kind": "bar", "x": "store"},
    ],
)
def test_a_drawing_says_its_form_again(form):
    columns = {"day": T, "sales": Q, "store": N, "age": N, "n": Q}
    drawing = built(columns=columns, **form)
    said = dict(laid(drawing))
    unit, trend = said.pop("per"), bool(said.pop("trend"))
    again = built(said.pop("kind"), columns, unit=unit, trend=trend, **said)
    assert again == drawing
