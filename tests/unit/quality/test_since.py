"""What is counted on new rows alone equals what is counted on all of them."""

from dataclasses import replace

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.quality import since
from agora.quality.conclude import conclude
from agora.quality.plans import plan
from tests.unit.quality.counting import PORT, RELATION, asked, contract, counted, planned, table

NUMBERS = st.one_of(st.none(), st.integers(0, 4))
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=6)
CASE = {
    "columns": {
        "n": {"type": "INTEGER", "minimum": 1},
        "t": {"type": "INTEGER", "required": True, "unique": True},
        "k": {"type": "BIGINT"},
    },
    "rules": [
        {"metric": "nullValues", "column": "n", "mustBe": 0},
        {"metric": "nullValues", "column": "k", "mustBeLessThan": 20, "unit": "percent"},
        {"metric": "duplicateValues", "properties": ["n", "k"], "mustBe": 0},
        {"metric": "rowCount", "mustBeGreaterThan": 1},
        {"type": "sql", "query": "select sum(k) from {object}", "mustBe": 3},
        {"type": "text"},
    ],
    "references": [
        {"from": ["k"], "to": "other", "to_columns": ["k"]},
        {"from": ["n"], "to": "mover", "to_columns": ["k"]},
        {"from": ["t"], "to": "weekly", "to_columns": ["t"]},
    ],
}
OTHERS = {"other": "other", "mover": "mover"}


def over(of, relation):
    return plan(of, PORT, relation=relation, others=OTHERS, classified=frozenset())


def tables(engine, of, kept, gone, fresh, other, mover):
    rows = [(value,) for value in other], [(value,) for value in mover]
    keys = contract({"columns": {"k": "BIGINT"}})
    for name, listed in zip(("other", "mover"), rows, strict=True):
        table(engine, name, keys, listed)
    for name, listed in (
        ("before", [*kept, *gone]), ("kept", kept), ("fresh", fresh), (RELATION, [*kept, *fresh]),
    ):  # fmt: skip
        table(engine, name, of, listed)


@settings(max_examples=80, deadline=None)
@given(ROWS, ROWS, ROWS, st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_counting_what_came_equals_counting_all(kept, gone, fresh, other, mover):
    of = contract(CASE)
    with duckdb.connect(config={"threads": 1}) as engine:
        tables(engine, of, kept, gone, fresh, other, mover)
        before = counted(engine, over(of, "before"))
        engine.execute("insert into mover select 9")
        whole = planned(of, OTHERS)
        built_on = since.Since(
            results=before,
            fresh=over(of, "fresh"),
            kept="kept",
            rows=len(kept) + len(fresh),
            moved=frozenset({"mover", RELATION}),
        )
        answers, errors = asked(engine, since.scans(whole, built_on))
        assert not errors
        assert conclude(whole, answers, {}) == counted(engine, whole)


def test_promises_that_held_look_at_new_rows_only():
    of = contract(CASE)
    whole = planned(of, OTHERS)
    with duckdb.connect(config={"threads": 1}) as engine:
        tables(engine, of, [(1, 1, 3)], [], [(2, 2, 3)], {3}, {1, 2})
        before = counted(engine, over(of, "before"))
    built_on = since.Since(results=before, fresh=over(of, "fresh"), kept="kept", rows=2)
    texts = {scan.id: scan.sql for scan in since.scans(whole, built_on)}
    assert "checked" not in texts[""]
    assert "checked" not in texts["unique:t"]
    assert "checked" not in texts["reference:k"]
    assert "checked" in texts["rule-4"]


def test_results_of_another_port_say_nothing():
    of = contract(CASE)
    with duckdb.connect(config={"threads": 1}) as engine:
        tables(engine, of, [], [], [], set(), set())
        before = counted(engine, over(of, "before"))
    elsewhere = tuple(replace(r, port=replace(r.port, major=2)) for r in before)
    built_on = since.Since(results=elsewhere, fresh=over(of, "fresh"), kept="kept", rows=0)
    texts = {scan.id: scan.sql for scan in since.scans(planned(of, OTHERS), built_on)}
    assert "checked" in texts[""]
