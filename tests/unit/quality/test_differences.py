"""Differences of rows, counted by one statement on the real engine, compared with counting by hand."""

from collections import Counter

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.model.names import PortName, PortVersion
from agora.quality.differences import difference, shared_key, statement

PORT = PortVersion(PortName("a", "b", "b"), 1)
COLUMNS = {"k": "INTEGER", "x": "INTEGER", "y": "VARCHAR"}
ENGINE = duckdb.connect()


def select(rows, columns):
    listed = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(
        "(" + ", ".join("NULL" if v is None else f"'{v}'" for v in row) + ")" for row in rows
    )
    casts = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in columns.items())
    empty = "" if rows else " LIMIT 0"
    values = values or "(" + ", ".join("NULL" for _ in columns) + ")"
    return f"SELECT {casts} FROM (VALUES {values}) AS v({listed}){empty}"


def counted(old, new, key=("k",), before=COLUMNS, after=COLUMNS):
    sql = statement(select(old, before), select(new, after), before, after, key)
    cursor = ENGINE.execute(sql)
    row = dict(zip([name for name, *_ in cursor.description], cursor.fetchone(), strict=True))
    return difference(PORT, row, before, after, key)


def test_rows_are_told_apart_by_their_key():
    old = [(1, 1, "a"), (2, 2, "b"), (3, 3, None), (4, 4, "d")]
    new = [(1, 1, "a"), (2, 9, "b"), (3, 3, "c"), (5, 5, "e")]
    found = counted(old, new)
    assert (found.before, found.after, found.added, found.removed, found.changed) == (4, 4, 1, 1, 2)
    assert found.columns == (("x", 1), ("y", 1))
    assert not found.same
    assert counted(old, old).same


def test_without_a_key_whole_rows_are_counted():
    old = [(1, 1, "a"), (1, 1, "a"), (2, 2, "b")]
    new = [(1, 1, "a"), (2, 2, "c")]
    found = counted(old, new, key=())
    assert (found.added, found.removed, found.changed, found.columns) == (1, 2, 0, ())


def test_columns_that_only_one_of_them_has_are_not_compared():
    after = {"k": "INTEGER", "z": "VARCHAR"}
    found = counted([(1, 1, "a")], [(1, "z")], after=after)
    assert found.same
    assert found.columns == ()
    assert counted([(1, 1, "a")], [(1, "z")], key=(), after=after).same
    other = {"q": "INTEGER"}
    nothing = counted([(1, 1, "a")], [(1,)], key=(), after=other)
    assert (nothing.before, nothing.after, nothing.same) == (1, 1, True)


def test_another_type_is_compared_as_it_is_written():
    after = COLUMNS | {"x": "VARCHAR", "k": "VARCHAR"}
    assert counted([(1, 1, "a")], [("1", "1", "a")], after=after).same
    assert counted([(1, 1, "a")], [("1", "2", "a")], after=after).columns == (("x", 1),)
    assert counted([(1, 1, "a")], [("1", "2", "a")], key=(), after=after).added == 1


@pytest.mark.parametrize(
    ("key", "shared"), [(("k",), ("k",)), (("k", "gone"), ()), ((), ()), (("k", "y"), ("k", "y"))]
)
def test_a_key_that_is_not_in_both_is_none(key, shared):
    assert shared_key(key, COLUMNS | {"gone": "DATE"}, COLUMNS) == shared


rows = st.lists(
    st.tuples(st.integers(0, 5), st.none() | st.integers(0, 2), st.none() | st.sampled_from("ab")),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(rows, rows)
def test_counting_by_hand_gives_the_same(old, new):
    whole = counted(old, new, key=())
    assert whole.added == sum((Counter(new) - Counter(old)).values())
    assert whole.removed == sum((Counter(old) - Counter(new)).values())
    one, two = {r[0]: r for r in old}, {r[0]: r for r in new}
    keyed = counted(list(one.values()), list(two.values()))
    both = one.keys() & two.keys()
    assert (keyed.added, keyed.removed) == (len(two.keys() - both), len(one.keys() - both))
    assert keyed.changed == sum(one[k] != two[k] for k in both)
    expected = {
        name: n
        for place, name in ((1, "x"), (2, "y"))
        if (n := sum(one[k][place] != two[k][place] for k in both))
    }
    assert dict(keyed.columns) == expected
