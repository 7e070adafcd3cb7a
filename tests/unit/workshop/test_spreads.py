"""How values are spread: counted by the engine itself, every value in exactly one bar."""

import duckdb
import pytest

from agora.model.decision import ColumnView
from agora.model.types import Kind, Type, parse_type
from agora.workshop import spreads
from agora.workshop.spreads import bar, bounds, overview, spread

CONNECTION = duckdb.connect()
CONNECTION.execute("set timezone = 'UTC'")


def seen(sql, kind):
    """The bounds and bars of one column of these values."""
    CONNECTION.execute(
        f'create or replace table t as select v::{kind} as "a b" from ({sql}) as s(v)'
    )
    of = Type(kind=Kind.LIST, element=parse_type("INTEGER")) if "[]" in kind else parse_type(kind)
    view = ColumnView(name="a b", type=of)

    def asked(text):
        found = CONNECTION.execute(text)
        names = [each[0] for each in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    told = asked(overview("t", [view]))[0]
    found = bounds([view], told)
    text = spread("t", found, told["rows"])
    bars = [bar(found["a b"], row) for row in asked(text)] if text else []
    return found["a b"], sorted(bars, key=lambda b: b.start)


@pytest.mark.parametrize(
    ("sql", "kind", "count", "least", "most"),
    [
        ("select range from range(1, 5)", "INTEGER", 4, "1", "4"),
        ("select range from range(100)", "BIGINT", 20, "0", "99"),
        ("select range from range(-7, 40)", "INTEGER", 16, "-7", "39"),
        ("select range / 7 from range(1000)", "DOUBLE", 20, "0.0", "142.71428571428572"),
        ("select range / 4 from range(100)", "DECIMAL(9,2)", 20, "0.00", "24.75"),
        ("select 5.5", "DOUBLE", 1, "5.5", "5.5"),
        ("select date '2017-01-01' + range::int from range(3)", "DATE", 3, "2017-01-01", "2017-01-03"),
        ("select date '1890-01-01' + 400 * range::int from range(90)", "DATE", 20, "1890-01-01", "1987-06-22"),
        ("select timestamp '2017-01-01' + to_hours(range::int) from range(90)", "TIMESTAMP", 20, "2017-01-01 00:00:00", "2017-01-04 17:00:00"),
        ("select timestamp '2017-01-01' + to_hours(range::int) from range(90)", "TIMESTAMP WITH TIME ZONE", 20, "2017-01-01 00:00:00+00", "2017-01-04 17:00:00+00"),
        ("select range % 3 from range(9)", "VARCHAR", 3, "0", "2"),
        ("select range % 2 from range(9)", "BOOLEAN", 2, "false", "true"),
        ("select repeat('é', 150 + range::int % 2) from range(9)", "VARCHAR", 1, "é" * 100, "é" * 100),
    ],
)  # fmt: skip
def test_every_value_lies_in_one_bar(sql, kind, count, least, most):
    of, bars = seen(sql, kind)
    assert (of.least, of.most) == (least, most)
    assert (
        sum(each.rows for each in bars)
        == CONNECTION.execute("select count(*) from t").fetchone()[0]
    )
    assert len({each.start for each in bars}) == len(bars) <= max(count, of.bins)
    assert not of.ranged or of.bins == count


def test_whole_numbers_and_days_are_bars_of_their_own():
    assert [(b.start, b.end, b.rows) for b in seen("select range % 2 from range(3)", "INTEGER")[1]] == [
        ("0", "", 2),
        ("1", "", 1),
    ]  # fmt: skip
    bars = seen("select date '2017-01-31' + range::int from range(2)", "DATE")[1]
    assert [(b.start, b.end) for b in bars] == [("2017-01-31", ""), ("2017-02-01", "")]
    assert seen("select range from range(40)", "INTEGER")[1][0].end == "2"


def test_nulls_and_what_is_not_finite_have_no_bar():
    of, bars = seen("select unnest(['nan'::double, 'inf', 1, 2, null])", "DOUBLE")
    assert (of.nulls, of.least, of.most) == (1, "1.0", "2.0")
    assert sum(each.rows for each in bars) == 2
    assert seen("select null from range(3)", "INTEGER") == (
        spreads.Bounds(name="a b", kind=Kind.INTEGER, nulls=3, distinct=0),
        [],
    )


def test_names_of_single_rows_are_no_bars():
    assert seen("select 'household ' || range from range(100)", "VARCHAR")[1] == []
    assert len(seen("select 'household ' || range from range(9)", "VARCHAR")[1]) == 9
    assert len(seen("select 'h' || range % 50 from range(100)", "VARCHAR")[1]) == spreads.TOP


def test_lists_are_only_counted():
    of, bars = seen("select [1]", "INTEGER[]")
    assert (of.nulls, of.distinct, bars) == (0, None, [])


def test_of_a_large_table_a_part_is_looked_at(monkeypatch):
    monkeypatch.setattr(spreads, "WHOLE", 100)
    of, bars = seen("select range % 10 from range(1000)", "INTEGER")
    assert (of.least, of.most) == ("0", "9")
    assert 20 < sum(each.rows for each in bars) < 300
