"""Points of a chart: put together by the engine, marked where a period is not whole, told in words."""

import itertools
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import pytest

from agora.model.chart import Aggregate, Scale
from agora.model.drawn import Point
from agora.model.label import Grain, PeriodEnd, PeriodFacts
from agora.workshop.charts import built
from agora.workshop.plotting import headings, plain, rows, spec, statement, table, told
from agora.workshop.trends import marked, summary, trended, unknown

CONNECTION = duckdb.connect()
CONNECTION.execute("set timezone = 'UTC'")
COLUMNS = {
    "day": Scale.TEMPORAL,
    "n": Scale.QUANTITATIVE,
    "shop": Scale.NOMINAL,
    'we"ird': Scale.NOMINAL,
}
DAYS = (  # from Wednesday, 4 January, to Tuesday, 14 February 2017
    "select day::timestamp + interval 3 hour as day, 1 as n, 'a' as shop, 'x' as \"we\"\"ird\" "
    "from range(date '2017-01-04', date '2017-02-15', interval 1 day) as t(day);"
)  # fmt: skip


def drawing(kind="line", **said):
    return built(kind, COLUMNS, **said)


def points(of, sql=DAYS, limit=100):
    found = CONNECTION.execute(statement(of, sql, limit)).fetchall()
    return tuple(
        Point(x=x, y=y, colour=colour, days=days, total=total)
        for x, y, colour, days, total in found
    )


@pytest.mark.parametrize(
    ("how", "value"),
    [("sum", 42), ("mean", 1.0), ("median", 1.0), ("min", 1), ("max", 1), ("count", 42), ("distinct", 1)],
)  # fmt: skip
def test_values_are_put_together(how, value):
    assert [(p.x, p.y) for p in points(drawing("bar", x="shop", y="n", aggregate=how))] == [
        ("a", value)
    ]


def test_rows_are_counted_without_a_column():
    assert points(drawing("bar", x='we"ird'))[0].y == 42


@pytest.mark.parametrize("limit", [42, 43, 100])
def test_points_stay_as_they_are(limit):
    assert len(points(drawing("scatter", x="n", y="n"), limit=limit)) == 42


@pytest.mark.parametrize("limit", [1, 5, 40, 41])
def test_too_many_points_are_spread_over_all_of_them(limit):
    found = points(drawing("scatter", x="day", y="n"), limit=limit)
    assert len(found) == limit
    assert {each.total for each in found} == {42}
    gaps = [(after.x - before.x).days for before, after in itertools.pairwise(found)]
    assert max(gaps, default=0) - min(gaps, default=0) <= 1


def test_of_what_is_put_together_the_first_are_points():
    assert len(points(drawing("bar", x="day", y="n", aggregate="sum"), limit=5)) == 6


@pytest.mark.parametrize(
    ("unit", "first", "last", "said"),
    [
        ("yearweek", date(2017, 1, 2), date(2017, 2, 13), ["5 of usually 7", "2 of usually 7"]),
        ("yearmonth", date(2017, 1, 1), date(2017, 2, 1), []),
        ("year", date(2017, 1, 1), date(2017, 1, 1), []),
        ("yearmonthdate", date(2017, 1, 4), date(2017, 2, 14), []),
    ],
)
def test_the_outer_periods_may_not_be_whole(unit, first, last, said):
    of = drawing(x="day", y="n", unit=unit)
    found, told = marked(of, points(of))
    assert (found[0].x, found[-1].x) == (first, last)
    assert len(told) == len(said)
    assert all(words in each for words, each in zip(said, told, strict=True))
    assert [p.whole for p in found].count(False) == len(said)


def test_a_short_month_is_whole():
    sql = "select day, 1 as n from range(date '2016-12-01', date '2017-03-01', interval 1 day) as t(day)"
    of = drawing(x="day", y="n", unit="yearmonth")
    assert marked(of, points(of, sql))[1] == ()
    short = sql.replace("2017-03-01", "2017-02-28")
    assert "27 of usually 31" in marked(of, points(of, short))[1][0]


def test_periods_of_a_quarter_are_not_months():
    sql = "select day, 1 as n from range(date '2016-01-01', date '2017-02-01', interval 1 day) as t(day)"
    of = drawing(x="day", y="n", unit="yearquarter")
    assert "has rows of 31 of usually 92 days" in marked(of, points(of, sql))[1][0]


def end(grain, period, has, usual, *, first=False, counted="days"):
    return PeriodEnd(grain=grain, period=period, has=has, usual=usual, first=first, counted=counted)


def facts(*ends):
    return PeriodFacts(column="day", grain=Grain.DAY, first="", last="", covered=9, ends=ends)


WEEKS = [date(2017, 1, 2), date(2017, 1, 9), date(2017, 1, 16)]
MONTHS = [datetime(2017, 1, 1), datetime(2017, 2, 1), datetime(2017, 3, 1)]
LAST_WEEK = end(Grain.WEEK, "the week of 2017-01-16", 2, 7)


@pytest.mark.parametrize(
    ("places", "ends", "whole"),
    [
        (WEEKS, [LAST_WEEK], [True, True, False]),
        (WEEKS, [end(Grain.WEEK, "the week of 2017-01-02", 2, 7, first=True)], [False, True, True]),
        (WEEKS, [end(Grain.WEEK, "the week of 2017-01-16", 7, 7)], [True, True, True]),
        (WEEKS, [end(Grain.WEEK, "the week of 2017-01-23", 2, 7)], [True, True, True]),
        (WEEKS, [end(Grain.MONTH, "2017-01", 2, 31)], [True, True, True]),
        (MONTHS, [end(Grain.MONTH, "2017-03", 2, 31)], [True, True, False]),
        (MONTHS, [LAST_WEEK], [True, True, True]),
        ([51, 52, 53], [end(Grain.PERIOD, "day 53", 10, 99, counted="rows")], [True, True, False]),
        (WEEKS[:1], [LAST_WEEK], [True]),
        ([None], [LAST_WEEK], [True]),
    ],
)  # fmt: skip
def test_else_the_label_of_the_column_tells(places, ends, whole):
    found, told = marked(drawing(x="day", y="n"), [Point(x=x, y=1) for x in places], facts(*ends))
    assert [p.whole for p in found] == whole
    assert len(told) == whole.count(False)


def test_without_a_label_nothing_is_marked():
    assert marked(drawing(x="day", y="n"), [Point(x=WEEKS[0], y=1)]) == (
        (Point(x=WEEKS[0], y=1),),
        (),
    )


def test_a_trend_runs_through_whole_periods_of_each_colour():
    of = drawing(x="n", y="n", colour="shop", trend=True)
    line = [Point(x=x, y=Decimal(2 * x + 1), colour="a") for x in range(4)]
    odd = [Point(x=4, y=0, colour="a", whole=False), Point(x=5, y=None, colour="a")]
    few = [Point(x=0, y=1, colour="b"), Point(x=0, y=1, colour="b")]
    same = [Point(x=1, y=n, colour="c") for n in range(3)]
    found = trended(of, [*line, *odd, *few, *same])
    assert [round(p.trend, 6) for p in found[:6]] == [1, 3, 5, 7, 9, 11]
    assert {p.trend for p in found[6:]} == {None}
    assert trended(drawing(x="n", y="n"), line) == tuple(line)


def test_moments_lie_on_a_line():
    of = drawing(x="day", y="n", trend=True)
    found = trended(of, [Point(x=datetime(2017, 1, 1, 12 * n % 24), y=n) for n in (0, 1)] + [
        Point(x=date(2017, 1, 2), y=2), Point(x="?", y=1), Point(x=True, y=1),
    ])  # fmt: skip
    assert [p.trend and round(p.trend, 3) for p in found] == [0, 1, 2, None, None]


def test_a_sentence_says_what_is_drawn():
    of = drawing(x="day", y="n", unit="yearweek", aggregate="mean")
    told = summary(of, [Point(x=None, y=3), Point(x=WEEKS[0], y=1.5), Point(x=WEEKS[1], y=1200)])
    assert told == (
        "Mean n by week of day: 3 points from 2017-01-02 to 2017-01-09, "
        "lowest 1.5 at 2017-01-02, highest 1,200 at 2017-01-09"
    )
    assert summary(of, []) == "Mean n by week of day: nothing to draw"
    assert "1 point from" in summary(of, [Point(x=WEEKS[0], y=1)])
    heat = built("heat-map", COLUMNS, x="n", y="shop", colour="n")
    assert summary(heat, [Point(x=1, y="a", colour=float("nan")), Point(x=2, y="a", colour=5)]) == (
        "Sum of n by n: 2 points from 1 to 2, lowest 5 at 2, highest 5 at 2"
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None), (True, True), (3, 3), ("x", "x"), (1.5, 1.5), (float("nan"), None), (float("inf"), None),
        (Decimal("1.50"), 1.5), (Decimal(10**20), 1e20), (Decimal(7), 7), (date(2017, 1, 2), "2017-01-02"),
        (datetime(2017, 1, 2, 3), "2017-01-02T03:00:00Z"), (datetime(2017, 1, 2, 3, tzinfo=UTC), "2017-01-02T03:00:00Z"),
        (time(3), "03:00:00"), (Decimal("nan"), "NaN"),
    ],
)  # fmt: skip
def test_values_as_json_has_them(value, told):
    assert plain(value) == told


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (datetime(2017, 1, 2), "2017-01-02"), (datetime(2017, 1, 2, 3), "2017-01-02 03:00"),
        (datetime(2017, 1, 2, 3, 4, 5), "2017-01-02 03:04:05"), (date(2017, 1, 2), "2017-01-02"),
        (datetime(2017, 1, 2, tzinfo=UTC), "2017-01-02 UTC"), (Decimal("1.50"), 1.5), (None, None),
    ],
)  # fmt: skip
def test_moments_as_people_read_them(value, read):
    """Whose zone nobody stated is not given one."""
    assert told(value) == read


@pytest.mark.parametrize(("first", "last", "expected"), [(1, 3, False), (1, 2, True), (2, 3, True)])
def test_ends_that_the_query_made_itself_are_not_known(first, last, expected):
    """The label tells of its own first and last month, whole or not, and of no other."""
    of = drawing(x="day", y="n")
    ends = (
        PeriodEnd(grain=Grain.MONTH, period="2017-01", has=31, usual=30, first=True),
        PeriodEnd(grain=Grain.MONTH, period="2017-03", has=3, usual=30),
    )
    label = PeriodFacts(column="day", grain=Grain.DAY, first="", last="", covered=9, ends=ends)
    months = [Point(x=date(2017, n, 1), y=n) for n in range(first, last + 1)]
    assert unknown(of, months, label) is expected
    assert unknown(of, months)
    days = [Point(x=date(2017, 1, n), y=n) for n in (1, 2, 3)]
    assert not unknown(of, days, label)
    assert not unknown(drawing(x="day", y="n", aggregate="sum", unit="yearmonth"), months, label)


def test_the_table_has_the_numbers_of_the_chart():
    of = drawing(x="day", y="n", colour="shop", aggregate="sum", unit="yearweek")
    found, _ = marked(of, points(of))
    drawn, told = rows(found), table(of, found)
    assert [row[:3] for row in drawn] == list(told)
    assert [h.title for h in headings(of)] == ["week of day", "sum of n", "shop"]
    assert [h.kind for h in headings(of)] == ["time", "number", "text"]
    assert [row[3] for row in drawn] == [False, True, True, True, True, True, False]
    assert [row[4] for row in drawn] == [True, True, False, False, False, True, True]
    assert (
        len(table(drawing(x="day", y="n"), found)[0]) == len(headings(drawing(x="day", y="n"))) == 2
    )


def layers(of, made):
    return json.loads(spec(of, made))["layer"]


def test_what_is_not_whole_looks_so():
    whole = [Point(x=WEEKS[0], y=1), Point(x=WEEKS[1], y=1)]
    partial = [*whole, Point(x=WEEKS[2], y=1, whole=False, trend=1.0)]
    line, bar = drawing(x="day", y="n"), drawing("bar", x="day", y="n", colour="shop")
    assert len(layers(line, whole)) == 1
    main, dashed, hollow, trend = layers(line, partial)
    assert main["transform"] == [{"filter": {"field": "whole", "equal": True}}]
    assert dashed["mark"]["strokeDash"] == [4, 4]
    assert hollow["mark"]["filled"] is False
    assert trend["encoding"]["y"]["field"] == "trend"
    assert "opacity" not in layers(bar, whole)[0]["encoding"]
    assert layers(bar, partial)[0]["encoding"]["opacity"]["condition"]["value"] < 1


def test_time_is_utc_and_nothing_is_put_together_twice():
    of = drawing(x="day", y="n", unit="yearmonth", title="Sums")
    made = json.loads(spec(of, [Point(x=WEEKS[0], y=1)]))
    assert made["title"] == "Sums"
    assert made["encoding"]["x"]["scale"] == {"type": "utc"}
    assert made["encoding"]["x"]["axis"]["tickCount"] == {"interval": "month", "step": 1}
    assert "aggregate" not in json.dumps(made)
    assert "data" not in made
    bars = json.loads(spec(drawing("bar", x="day", y="n", unit="yearmonth"), []))
    assert bars["encoding"]["x"]["timeUnit"] == "utcyearmonth"
    plain_line = json.loads(spec(drawing(x="day", y="n"), []))
    assert "axis" not in plain_line["encoding"]["x"]


def test_the_author_names_and_sorts_axes():
    from dataclasses import replace

    of = drawing("bar", x="shop", y="n", aggregate=Aggregate.SUM)
    of = replace(of, x=replace(of.x, sort="-y", title="Shop"))
    made = json.loads(spec(of, []))["encoding"]["x"]
    assert (made["sort"], made["title"]) == ("-y", "Shop")
