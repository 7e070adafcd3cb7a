"""Laws over random tables: counts equal naive ones, and no row is lost or doubled."""

import re
from collections import Counter

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.quality import quarantine, samples
from tests.unit.quality.counting import (
    RELATION,
    contract,
    counted,
    counted_singly,
    planned,
    rows,
    table,
)

NUMBERS = st.one_of(st.none(), st.integers(-3, 6))
TEXTS = st.one_of(
    st.none(), st.sampled_from(["", "a", "b", "ab", "A", "é", "n/a", "a'b", '"', "aa"])
)
TABLES = st.lists(st.tuples(NUMBERS, TEXTS, NUMBERS), max_size=12)
SEVERITIES = st.lists(st.sampled_from(["block", "quarantine", "warn"]), min_size=5, max_size=5)


def case(low, high, words, limit, severities):
    rules = [
        {"metric": "nullValues", "column": "n", "mustBe": 0},
        {
            "metric": "missingValues",
            "column": "t",
            "missingValues": ["", "n/a"],
            "mustBeLessThan": limit,
        },
        {
            "metric": "invalidValues",
            "column": "t",
            "validValues": words,
            "pattern": "^a",
            "mustBe": 0,
        },
        {"metric": "duplicateValues", "column": "n", "mustBeLessOrEqualTo": limit},
        {"metric": "duplicateValues", "properties": ["t", "k"], "mustBe": 0},
    ]
    columns = {
        "n": {"type": "INTEGER", "minimum": low, "exclusive_maximum": high},
        "t": {"type": "VARCHAR", "min_length": 1, "max_length": 1},
        "k": {"type": "BIGINT", "required": True, "unique": True, "options": [0, 1, 2]},
    }
    told = [rule | {"severity": each} for rule, each in zip(rules, severities, strict=True)]
    return {"columns": columns, "rules": told}


def naive(data, low, high, words):
    """The same counts, written as plainly as possible."""
    n, t, k = ([row[place] for row in data] for place in range(3))

    def repeated(keys):
        whole = [key for key in keys if None not in key]
        return len(whole) - len(set(whole))

    def invalid(v):
        return v is not None and (v not in words or re.search("^a", v) is None)

    return {
        "types": 0,
        "minimum:n": sum(v is not None and v < low for v in n),
        "exclusive-maximum:n": sum(v is not None and v >= high for v in n),
        "min-length:t": sum(v is not None and len(v) < 1 for v in t),
        "max-length:t": sum(v is not None and len(v) > 1 for v in t),
        "required:k": sum(v is None for v in k),
        "unique:k": repeated([(v,) for v in k]),
        "enum:k": sum(v is not None and v not in (0, 1, 2) for v in k),
        "rule-0": sum(v is None for v in n),
        "rule-1": sum(v in (None, "", "n/a") for v in t),
        "rule-2": sum(map(invalid, t)),
        "rule-3": repeated([(v,) for v in n]),
        "rule-4": repeated(list(zip(t, k, strict=True))),
    }


@settings(max_examples=60, deadline=None)
@given(
    TABLES,
    st.integers(-2, 2),
    st.integers(0, 5),
    st.lists(st.sampled_from(["a", "ab", "é", "a'b"]), min_size=1, max_size=3),
    st.integers(1, 3),
    SEVERITIES,
)
def test_counts_and_sides(data, low, high, words, limit, severities):
    of = contract(case(low, high, words, limit, severities))
    with duckdb.connect(config={"threads": 1}) as engine:
        table(engine, RELATION, of, data)
        made = planned(of)
        results = counted(engine, made)
        assert results == counted_singly(engine, made)
        assert {r.check: int(r.value) for r in results} == naive(data, low, high, words)
        _partition(engine, made, results, data)
        _pointed_at(engine, made, results)


def _partition(engine, made, results, data):
    split = quarantine.split(made, results)
    aside = {r.check for r in results if r.severity == "quarantine" and r.outcome == "fail"}
    assert (split is None) == (not aside)
    if split is None:
        return
    bad = [tuple(row.values()) for row in rows(engine, split.bad)]
    good = [tuple(row.values()) for row in rows(engine, split.good)]
    assert Counter(good) + Counter(row[:-1] for row in bad) == Counter(data)
    assert {word for row in bad for word in row[-1].split(", ")} <= aside
    engine.execute("CREATE TABLE kept AS " + split.good)
    again = {r.check: r for r in counted(engine, _over(made, "kept"))}
    assert all(again[check].outcome == "pass" for check in aside)


def _over(made, relation):
    from agora.quality.plans import plan

    return plan(made.contract, made.port, relation=relation, others={}, classified=frozenset())


def _pointed_at(engine, made, results):
    """As many rows are shown as are counted, up to the bound."""
    failing = {r.check: r.failing for r in results if r.failing and r.outcome in samples.BROKEN}
    for check in made.checks:
        if check.id in failing:
            found = rows(engine, quarantine.rows_where(made, check))
            assert len(found) == failing[check.id]
    for scan in samples.scans(made, results):
        assert len(rows(engine, scan.sql)) == min(failing[scan.id], samples.MOST)
