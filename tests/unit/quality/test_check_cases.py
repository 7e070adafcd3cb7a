"""Every case under tests/cases/checks: rows in, results out, on the real engine."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

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

FOLDER = Path(__file__).parents[2] / "cases" / "checks"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['case']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in YAML(typ="safe", pure=True).load(file)
]


@pytest.fixture
def engine():
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone='UTC'")
    yield connection
    connection.close()


def told(results):
    """Results as a case writes them: `fail 2`, `pass`; the check of types only when it is broken."""
    words = {
        r.check: f"{r.outcome.value} {r.failing}"
        if r.failing and r.outcome in samples.BROKEN
        else r.outcome.value
        for r in results
    }
    return {name: word for name, word in words.items() if (name, word) != ("types", "pass")}


@pytest.mark.parametrize("case", CASES)
def test_case(engine, case):
    of = contract(case)
    others = {}
    for name, other in case.get("others", {}).items():
        others[name] = f"other_{name}"
        table(engine, others[name], contract(other, name), other["rows"])
    table(engine, RELATION, of, case["rows"])
    made = planned(of, others, case.get("classified", ""))
    results = counted(engine, made)
    assert told(results) == case["expect"]
    assert told(counted_singly(engine, made)) == case["expect"]
    _sides(engine, case, made, results)
    _shown(engine, case, made, results)


def _sides(engine, case, made, results):
    split = quarantine.split(made, results)
    if "aside" not in case:
        assert split is None
        return
    aside = [list(map(_plain, row.values())) for row in rows(engine, split.bad)]
    kept = [list(map(_plain, row.values())) for row in rows(engine, split.good)]
    assert sorted(aside, key=str) == sorted(case["aside"], key=str)
    everything = [list(map(_plain, r.values())) for r in rows(engine, f"FROM {RELATION}")]
    assert sorted(kept + [row[:-1] for row in aside], key=str) == sorted(everything, key=str)


def _shown(engine, case, made, results):
    asked = {scan.id: rows(engine, scan.sql) for scan in samples.scans(made, results)}
    shown = {
        r.check: [dict(sample.values) for sample in r.samples]
        for r in samples.attach(results, asked)
        if r.samples
    }
    for name, expected in case.get("samples", {}).items():
        assert shown.get(name, []) == expected
    whole = samples.examples(made, results)
    found = Counter(row["_reason"] for row in (rows(engine, whole) if whole else ()))
    assert found == {
        r.check: min(r.failing, samples.MOST)
        for r in results
        if r.outcome in samples.BROKEN and r.failing
    }


def _plain(value):
    return value if value is None or isinstance(value, int | str | list | dict) else str(value)


def test_there_are_cases_for_every_rule_kind():
    text = "".join(file.read_text() for file in FOLDER.glob("*.yaml"))
    kinds = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
    assert all(kind in text for kind in (*kinds, "sql", "custom", "type: text"))
    assert len(CASES) > 60
