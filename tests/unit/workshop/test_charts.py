"""Forms and Vega-Lite texts: what can be drawn goes round unchanged, everything else is refused by name."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.model.chart import Aggregate, Drawing, Mark, Scale, Shelf, Unit
from agora.model.errors import Invalid
from agora.workshop.charts import SCHEMA, built, read, scale_of, written

COLUMNS = {
    "day": Scale.TEMPORAL,
    "week": Scale.QUANTITATIVE,
    "amount": Scale.QUANTITATIVE,
    "store": Scale.NOMINAL,
}
X = {"field": "day", "type": "temporal"}
Y = {"field": "amount", "type": "quantitative", "aggregate": "sum"}


def refused(do, *args, **kwargs):
    with pytest.raises(Invalid) as told:
        do(*args, **kwargs)
    assert told.value.code_shown == "E697"
    assert told.value.hint
    return told.value.sentence


@pytest.mark.parametrize(
    ("kind", "said", "mark", "x", "y", "colour"),
    [
        ("bar", {"x": "store", "y": "amount"}, Mark.BAR, Scale.NOMINAL, Aggregate.SUM, None),
        ("bar", {"x": "week", "title": "Rows"}, Mark.BAR, Scale.ORDINAL, Aggregate.COUNT, None),
        ("line", {"x": "week", "y": "amount", "aggregate": "mean", "trend": True}, Mark.LINE, Scale.QUANTITATIVE, Aggregate.MEAN, None),
        ("line", {"x": "day", "y": "amount", "unit": "yearweek", "colour": "week"}, Mark.LINE, Scale.TEMPORAL, Aggregate.SUM, Scale.ORDINAL),
        ("line", {"x": "day", "y": "store", "aggregate": "distinct"}, Mark.LINE, Scale.TEMPORAL, Aggregate.DISTINCT, None),
        ("scatter", {"x": "week", "y": "amount"}, Mark.POINT, Scale.QUANTITATIVE, None, None),
        ("heat-map", {"x": "week", "y": "store", "colour": "amount"}, Mark.RECT, Scale.ORDINAL, None, Scale.QUANTITATIVE),
        ("heat-map", {"x": "day", "y": "store"}, Mark.RECT, Scale.TEMPORAL, None, Scale.QUANTITATIVE),
    ],
)  # fmt: skip
def test_a_form_is_a_drawing(kind, said, mark, x, y, colour):
    made = built(kind, COLUMNS, **said)
    assert (made.mark, made.x.scale, made.y.aggregate) == (mark, x, y)
    assert (made.colour.scale if made.colour else None) == colour
    assert read(written(made)) == made


@pytest.mark.parametrize(
    ("kind", "said", "word"),
    [
        ("pie", {"x": "week"}, "no chart `pie`"),
        ("bar", {"x": "nothing"}, "no column `nothing`"),
        ("bar", {"x": "", "y": "amount"}, "lacks `x` or `y`"),
        ("heat-map", {"x": "week"}, "lacks `x` or `y`"),
        ("bar", {"x": "store", "y": "store"}, "no number"),
        ("bar", {"x": "store", "y": "amount", "aggregate": "evil"}, "`evil` is no aggregate"),
        ("line", {"x": "day", "y": "amount", "unit": "hour"}, "`hour` is no period"),
        ("line", {"x": "week", "y": "amount", "unit": "yearweek"}, "no moment"),
        ("bar", {"x": "store", "y": "amount", "trend": True}, "a trend needs"),
        ("line", {"x": "store", "y": "amount", "trend": True}, "a trend needs"),
    ],
)
def test_a_form_that_means_nothing(kind, said, word):
    assert word in refused(built, kind, COLUMNS, **said)


def spec(**said):
    return json.dumps({"mark": "line", "encoding": {"x": X, "y": Y}, **said})


def test_a_pasted_text_is_read():
    found = read(
        json.dumps(
            {
                "$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json",
                "title": "Sums",
                "description": "whatever",
                "width": 300,
                "mark": {"type": "bar", "tooltip": True},
                "encoding": {
                    "x": {"field": "day", "timeUnit": "utcyearmonth", "title": "Month"},
                    "y": {"aggregate": "average", "field": "amount"},
                    "color": {"field": "store", "sort": "-y"},
                },
                "usermeta": {"agora": {"trend": False}},
            }
        )
    )
    assert found == Drawing(
        mark=Mark.BAR,
        x=Shelf(column="day", scale=Scale.TEMPORAL, unit=Unit.MONTH, title="Month"),
        y=Shelf(column="amount", scale=Scale.QUANTITATIVE, aggregate=Aggregate.MEAN),
        colour=Shelf(column="store", scale=Scale.NOMINAL, sort="-y"),
        title="Sums",
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "no JSON"),
        ("[" * 5_000, "no JSON"),
        ("[]", "not an object"),
        ("x" * 10_001, "longer than"),
        (spec(data={"url": "https://evil.example/x.csv"}), "`data`"),
        (spec(data={"values": [{"day": 1}]}), "`data`"),
        (spec(datasets={}), "`datasets`"),
        (spec(transform=[{"calculate": "1", "as": "x"}]), "`transform`"),
        (spec(params=[]), "`params`"),
        (spec(layer=[]), "`layer`"),
        (spec(config={}), "`config`"),
        (spec(mark="image"), "`image` is no mark"),
        (spec(mark=None), "not an object"),
        (spec(mark={"type": "line", "href": "https://evil.example"}), "`href`"),
        (spec(**{"$schema": "https://vega.github.io/schema/vega/v6.json"}), "not Vega-Lite"),
        (spec(title={"text": "x"}), "`title`"),
        (spec(title="x" * 201), "`title`"),
        (spec(encoding={"x": X}), "lacks"),
        (spec(encoding={"x": X, "y": Y, "href": {"field": "day"}}), "`href`"),
        (spec(encoding={"x": X, "y": {**Y, "condition": {"test": "evil()"}}}), "`condition`"),
        (spec(encoding={"x": X, "y": {**Y, "scale": {"zero": False}}}), "`scale`"),
        (spec(encoding={"x": X, "y": {**Y, "field": {"repeat": "x"}}}), "`field`"),
        (spec(encoding={"x": {**X, "sort": {"field": "a"}}, "y": Y}), "sorted"),
        (spec(encoding={"x": {**X, "sort": "z"}, "y": Y}), "sorted"),
        (spec(encoding={"x": {"aggregate": "count"}, "y": Y}), "only the measure"),
        (spec(encoding={"x": X, "y": Y, "color": Y}), "only the measure"),
        (spec(encoding={"x": {}, "y": Y}), "only a count"),
        (spec(encoding={"x": X, "y": {"aggregate": "sum"}}), "only a count"),
        (spec(mark="rect"), "heat map"),
        (spec(mark="rect", encoding={"x": X, "y": Y, "color": Y}), "heat map"),
        (spec(usermeta={"agora": {"trend": True, "script": "x"}}), "`script`"),
        (spec(usermeta=[]), "not an object"),
    ],
)  # fmt: skip
def test_what_is_more_than_a_drawing_is_refused(text, word):
    assert word in refused(read, text)


NAMES = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, categories=["L", "N", "P"]),
    min_size=1,
    max_size=20,
)


@settings(max_examples=40)
@given(NAMES, NAMES, st.booleans(), st.sampled_from(list(Unit)), st.sampled_from(list(Aggregate)))
def test_whatever_is_written_is_read_again(x, y, trend, unit, how):
    made = built("line", {x: Scale.TEMPORAL, y: Scale.QUANTITATIVE} if x != y else {x: Scale.TEMPORAL},
                 x=x, y=y, unit=unit, aggregate=how if x != y else "count", trend=trend)  # fmt: skip
    assert read(written(made)) == made
    assert json.loads(written(made))["$schema"] == SCHEMA
    assert "data" not in json.loads(written(made))


@pytest.mark.parametrize(
    ("kind", "scale"),
    [
        ("int64", Scale.QUANTITATIVE), ("decimal128(9, 2)", Scale.QUANTITATIVE), ("double", Scale.QUANTITATIVE),
        ("date32[day]", Scale.TEMPORAL), ("timestamp[us, tz=UTC]", Scale.TEMPORAL), ("string", Scale.NOMINAL),
        ("bool", Scale.NOMINAL), ("list<item: int64>", Scale.NOMINAL),
    ],
)  # fmt: skip
def test_types_are_scales(kind, scale):
    assert scale_of(kind) is scale
