"""Two states of a port as multisets of rows, counted on the real engine and by hand."""

from collections import Counter

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.model.names import PortName, PortVersion
from agora.model.release import ReleasedColumn
from agora.model.types import parse_type
from agora.quality.reproducing import columns_apart, counts, digests, mismatch

PORT = PortVersion(PortName("a", "b", "b"), 1)
ENGINE = duckdb.connect()


def columns(**types):
    return tuple(
        ReleasedColumn(name=name, type=parse_type(of), field_id=number)
        for number, (name, of) in enumerate(types.items(), 1)
    )


PLAIN = columns(k="INTEGER", v="VARCHAR")
FLOATING = columns(k="INTEGER", x="DOUBLE")


def select(rows, of):
    empty = "" if rows else " LIMIT 0"
    rows = rows or [tuple(None for _ in of)]
    values = ", ".join(
        "(" + ", ".join("NULL" if v is None else f"'{v}'" for v in row) + ")" for row in rows
    )
    casts = ", ".join(f'"{c.name}"::{c.type.sql} AS "{c.name}"' for c in of)
    return f"SELECT {casts} FROM (VALUES {values}) AS v({', '.join(c.name for c in of)}){empty}"


def asked(sql):
    cursor = ENGINE.execute(sql)
    return dict(zip([name for name, *_ in cursor.description], cursor.fetchone(), strict=True))


def compared(old, new, of=PLAIN):
    texts = (select(old, of), select(new, of))
    counted = asked(counts(*texts, of))
    apart = asked(columns_apart(*texts, of)) if counted["missing"] or counted["extra"] else None
    return mismatch(PORT, counted, apart, of)


def test_equal_rows_in_another_order_do_not_differ():
    found = compared([(1, "a"), (None, None), (1, "a")], [(1, "a"), (1, "a"), (None, None)])
    assert (found.released, found.rebuilt, found.missing, found.extra) == (3, 3, 0, 0)
    assert found.columns == ()


def test_a_row_that_is_there_less_often_is_missing():
    found = compared([(1, "a"), (1, "a")], [(1, "a")])
    assert (found.missing, found.extra) == (1, 0)


def test_the_column_that_differs_is_named():
    found = compared([(1, "a"), (2, "b")], [(1, "a"), (2, "c")])
    assert (found.missing, found.extra, found.columns) == (1, 1, (("v", 1),))


@pytest.mark.parametrize(
    ("old", "new", "apart"),
    [
        ([(1, 0.1)], [(1, 0.1)], 0),
        ([(1, 1e9)], [(1, 1e9 + 0.1)], 0),
        ([(1, 1.0)], [(1, 1.0 + 1e-12)], 0),
        ([(1, 1.0)], [(1, 1.0001)], 1),
        ([(1, None)], [(1, None)], 0),
        ([(1, None)], [(1, 0.0)], 1),
        ([(1, "nan"), (1, "inf")], [(1, "inf"), (1, "nan")], 0),
        ([(None, 1.0), (1, 2.0)], [(1, 2.0), (None, 1.0)], 0),
        ([(1, 1.0), (1, 2.0)], [(1, 2.0 + 1e-12), (1, 1.0)], 0),
        ([(1, 1.0), (2, 1.0)], [(1, 1.0), (1, 1.0)], 1),
    ],
)
def test_floating_numbers_may_be_apart_by_a_hair(old, new, apart):
    found = compared(old, new, FLOATING)
    assert (found.missing, found.extra) == (apart, apart)


def test_a_floating_column_alone():
    of = columns(x="FLOAT")
    found = compared([(1.0,), (2.0,)], [(2.0,), (3.0,)], of)
    assert found.missing == found.extra == 2
    assert found.columns == (("x", 2),)


ROWS = st.lists(
    st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from([None, "a", "b"])), max_size=6
)


@settings(deadline=None)
@given(old=ROWS, new=ROWS)
def test_counted_as_by_hand(old, new):
    found, before, after = compared(old, new), Counter(old), Counter(new)
    assert found.missing == (before - after).total()
    assert found.extra == (after - before).total()
    for place, name in enumerate(("k", "v")):
        one, other = (Counter(row[place] for row in rows) for rows in (old, new))
        most = max((one - other).total(), (other - one).total())
        assert dict(found.columns).get(name, 0) == most


@settings(deadline=None)
@given(old=ROWS, new=ROWS)
def test_digests_are_equal_for_equal_rows_and_no_others(old, new):
    told = asked(digests(select(old, PLAIN), select(new, PLAIN), PLAIN))
    assert (told["released"], told["rebuilt"]) == (len(old), len(new))
    assert told["equal"] is (Counter(old) == Counter(new))


def test_floating_columns_have_no_digest():
    assert digests("", "", FLOATING) == ""
