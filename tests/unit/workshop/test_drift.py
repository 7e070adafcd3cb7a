"""Drift: every case of changed columns, and what two deliveries can say of one another at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agora.model.drift import Difference, Drift
from agora.workshop.drift import absent, drift, holds, mentions

CASES = YAML(typ="safe").load(
    (Path(__file__).parents[2] / "cases" / "drift" / "columns.yaml").read_text()
)
TYPES = [
    "TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER", "UINTEGER", "BIGINT", "UBIGINT",
    "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL(4,1)", "DECIMAL(10,2)", "DECIMAL(18,2)", "DATE",
    "TIMESTAMP", "VARCHAR", "STRUCT(a INTEGER)", "INTEGER[]",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_drift_is_told_as_the_case_says(case):
    read = case.get("read", {})
    found = drift(
        "raw", "week-2.csv", tuple(case["before"].items()), tuple(case["now"].items()),
        lambda column, _how: read.get(column, ()),
    )  # fmt: skip
    assert [each.sentence for each in found] == case["told"]
    assert any(each.refused for each in found) == case.get("refused", False)
    assert all(each.source == "raw" for each in found)


def test_a_delivery_without_a_name_is_what_is_there_now():
    (found,) = drift("raw", "", (("a", "DATE"),), (), lambda *_: ())
    assert found.sentence == "the column `a` is missing now; nothing is made from it"


@given(st.sampled_from(TYPES), st.sampled_from(TYPES), st.sampled_from(TYPES))
def test_holding_is_a_partial_order_among_the_types_it_knows(one, two, three):
    if holds(one, two) and holds(two, three):
        assert holds(one, three)
    if one != two and not one.startswith("U") and not two.startswith("U"):
        assert not (holds(one, two) and holds(two, one)) or {one, two} <= {"HUGEINT"}


@given(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(TYPES)),
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(TYPES)),
)
def test_columns_are_told_exactly_when_they_differ(before, now):
    found = drift("raw", "", tuple(before.items()), tuple(now.items()), lambda *_: ("x",))
    differing = {name for name in before | now if before.get(name) != now.get(name)}
    assert {each.column for each in found} == differing
    assert [each.refused for each in found] == sorted(
        (each.refused for each in found), reverse=True
    )


@pytest.mark.parametrize(
    ("sql", "column", "found"),
    [
        ("select amount from raw", "amount", True),
        ('select "AMOUNT" from raw', "amount", True),
        ("select amounts from raw", "amount", False),
        ("select * from raw", "amount", False),
        ("select a.b from raw", "a.b", True),
    ],
)
def test_a_step_mentions_the_columns_it_names(sql, column, found):
    assert mentions(sql, column) is found


@pytest.mark.parametrize(
    ("every", "own", "missing"),
    [
        ([], (), ()),
        ([(("a", "INTEGER"),)], (("A", "INTEGER"),), ()),
        ([(("a", "INTEGER"), ("b", "DATE"))], (("a", "INTEGER"),), (("b", "DATE"),)),
        ([(("a", "INTEGER"),)], (), ()),
    ],
)
def test_what_other_deliveries_bring_and_this_one_does_not(every, own, missing):
    assert absent(every, own) == missing


def test_many_readers_are_told_in_few_words():
    made = Drift(
        source="raw", delivery="", column="a", how=Difference.MISSING,
        readers=tuple(f"r{n}" for n in range(9)),
    )  # fmt: skip
    assert "`r4`" in made.sentence
    assert "`r5`" not in made.sentence
