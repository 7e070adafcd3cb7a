"""The law of what a database may judge: it lets through every row that the engines here would show.

Each condition is judged twice over the same rows: by a real PostgreSQL as far as it is passed on, and
whole by the engine readers have. Nothing may be missing from what was fetched; and of conditions that
are passed on whole, nothing more may come.
"""

import itertools

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.backends.engine.duckdb import render
from agora.backends.outside import postgres as live
from agora.backends.outside.conditions import passed
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Comparison,
    Literal,
    Not,
    OneOf,
)
from agora.model.mesh import Bounds
from agora.model.names import PortName, PortVersion
from agora.model.product import External

NATIVES = {
    "word": '"text"', "short": '"varchar"', "padded": '"bpchar"', "folded": '"citext"',
    "n": '"int4"', "big": '"int8"', "price": '"numeric"', "odd %s": '"text"', "flag": '"bool"',
}  # fmt: skip
TEXTS = [
    "",
    " ",
    "a",
    "A",
    "a ",
    "ä",
    "a\u0308",
    "ß",
    "ss",
    "'",
    '"',
    "%",
    "%s",
    "\\",
    "x\ny",
    "🜚",
    "i",
    "İ",
]
WHOLE = [0, 1, -1, 7, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 2**63]
HELD = ["word", "short", "odd %s", "n", "big"]
PORT = PortVersion(PortName("shop", "words", "words"), 1)

texts = st.sampled_from([*TEXTS, "\x00", "\ud800", None])
values = texts | st.sampled_from([*WHOLE, True, False])
columns = st.sampled_from([*NATIVES, "nowhere"]).map(lambda name: ColumnRef(name=name))
literals = values.map(lambda value: Literal(value=value))
leaves = (
    st.builds(Compare, by=st.sampled_from(Comparison), left=columns, right=literals)
    | st.builds(Compare, by=st.sampled_from(Comparison), left=literals, right=columns)
    | st.builds(OneOf, item=columns, options=st.lists(literals, max_size=4).map(tuple))
    | st.builds(Absent, item=columns)
)
conditions = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Not, item=inner)
        | st.builds(All, parts=st.lists(inner, max_size=3).map(tuple))
        | st.builds(AnyOf, parts=st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
fitting = st.recursive(
    st.builds(
        Compare,
        by=st.sampled_from([Comparison.EQUAL, Comparison.UNEQUAL]),
        left=st.sampled_from(["word", "short", "odd %s"]).map(lambda name: ColumnRef(name=name)),
        right=st.sampled_from(TEXTS).map(lambda value: Literal(value=value)),
    )
    | st.builds(
        Compare,
        by=st.sampled_from(Comparison),
        left=st.sampled_from(["n", "big"]).map(lambda name: ColumnRef(name=name)),
        right=st.sampled_from(WHOLE[:-1]).map(lambda value: Literal(value=value)),
    )
    | st.builds(
        OneOf,
        item=st.just(ColumnRef(name="word")),
        options=st.lists(st.sampled_from(TEXTS).map(lambda v: Literal(value=v)), min_size=1).map(tuple),
    )
    | st.builds(Absent, item=st.sampled_from(["word", "n", "odd %s"]).map(lambda name: ColumnRef(name=name))),
    lambda inner: st.builds(Not, item=inner)
    | st.builds(All, parts=st.lists(inner, min_size=1, max_size=3).map(tuple))
    | st.builds(AnyOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def words(postgres_session):
    """A table with every text beside every number, in a database whose own order is a linguist's."""
    url = postgres_session.database()
    pairs = list(itertools.zip_longest([*TEXTS, None] * 3, [*WHOLE[:-1], None] * 6))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            'create table words (id int, word text, short varchar, "odd %s" text, n int, big bigint)'
        )
        connection.execute(
            "create collation blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
        )
        connection.execute("alter table words alter word type text collate blind")
        for place, (text, number) in enumerate(pairs):
            small = number if number is not None and abs(number) < 2**31 else None
            row = (place, text, text, text, small, number)
            connection.execute("insert into words values (%s, %s, %s, %s, %s, %s)", row)
    return url


@pytest.fixture(scope="module")
def engine(words):
    held = duckdb.connect()
    with psycopg.connect(words) as connection:
        rows = connection.execute("select * from words").fetchall()
    held.execute(
        'create table words (id int, word text, short text, "odd %s" text, n int, big bigint)'
    )
    held.executemany("insert into words values (?, ?, ?, ?, ?, ?)", rows)
    return held


@given(condition=conditions)
def test_only_what_is_judged_alike_is_passed_on(condition):
    sql, parameters = passed(condition, NATIVES, texts=True)
    for name in ("padded", "folded", "price", "nowhere"):
        assert f'"{name}" ' not in sql.replace(f'"{name}" IS NULL', "")
    assert sql.replace("%%", "").count("%s") == len(parameters)
    assert not {None, True, "\x00", "\ud800", 2**63} & {p for p in parameters if p != 1}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(condition=fitting)
def test_a_condition_that_is_passed_on_whole_means_the_same(
    words, engine, tmp_path_factory, condition
):
    external = External(port=PORT, type="postgres", location="${env:X}", table="public.words")
    sql, _ = passed(condition, NATIVES, texts=True)
    assert sql
    into = tmp_path_factory.mktemp("fetched") / "rows.parquet"
    live.fetch(external, words, ["id", *HELD], condition, str(into), Bounds())
    there = set(pq.read_table(into)["id"].to_pylist())
    shown = f"select id from words where {render.expression(condition)}"
    assert there == {row[0] for row in engine.execute(shown).fetchall()}


CASES = [
    (All(parts=(Compare(by=Comparison.EQUAL, left=ColumnRef(name="n"), right=Literal(value=1)),
                Compare(by=Comparison.LESS, left=ColumnRef(name="word"), right=Literal(value="b")))),
     '("n" = CAST(%s AS int8))', (1,)),
    (OneOf(item=ColumnRef(name="odd %s"), options=(Literal(value="a"),)),
     '("odd %%s" COLLATE "C" IN (CAST(%s AS text)))', ("a",)),
    (OneOf(item=ColumnRef(name="word"), options=()), "", ()),
    (All(parts=()), "", ()),
    (Compare(by=Comparison.EQUAL, left=ColumnRef(name="word"), right=Attribute(scope="user", name="x")), "", ()),
    (Compare(by=Comparison.EQUAL, left=ColumnRef(name="n"), right=ColumnRef(name="big")), "", ()),
    (None, "", ()),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "sql", "parameters"), CASES)
def test_what_is_passed_on(condition, sql, parameters):
    assert passed(condition, NATIVES, texts=True) == (sql, parameters)


def test_texts_of_another_encoding_are_judged_here():
    asked = Compare(by=Comparison.EQUAL, left=ColumnRef(name="word"), right=Literal(value="a"))
    assert passed(asked, NATIVES, texts=False) == ("", ())
