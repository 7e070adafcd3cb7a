"""Suspecting: the cases under tests/cases/making, and who answers for what is called harmless."""

from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from agora.model.draft import SheetColumn
from agora.model.types import Kind, Type, quoted
from agora.workshop.suspecting import harmless, scan, suspicion, unanswered

FILE = Path(__file__).parents[2] / "cases" / "making" / "suspecting.yaml"
CASES = YAML(typ="safe").load(FILE)


@pytest.mark.parametrize("case", CASES, ids=[f"{c['name']}-{n}" for n, c in enumerate(CASES, 1)])
def test_case(case):
    name, text = case["name"], case.get("kind") != "day"
    with duckdb.connect() as engine:
        engine.execute(
            f"create table raw (other VARCHAR, {quoted(name)} {'VARCHAR' if text else 'DATE'})"
        )
        for value in case["values"]:
            engine.execute("insert into raw values ('x@example.org', ?)", [value])
        found = engine.execute(scan("raw", ["other", name])).fetchone()
        counts = dict(zip([each[0] for each in engine.description], found, strict=True))
    assert counts["n"] == len(case["values"])
    assert suspicion(counts, 1, name, text=text) == case["hint"]


def column(**more):
    return SheetColumn(origin="Mail", name="mail", type=Type(kind=Kind.VARCHAR), **more)


@pytest.mark.parametrize(
    ("given", "waits", "answered"),
    [
        ({"hint": "its name says so"}, True, ()),
        ({"hint": "its name says so", "tag": "internal"}, True, ()),
        ({"hint": "its name says so", "reason": "  "}, True, ()),
        ({"hint": "its name says so", "reason": " of shops "}, False, ("mail: of shops",)),
        ({"hint": "its name says so", "tag": "personal", "reason": "x"}, False, ()),
        ({"reason": "nobody asked"}, False, ()),
    ],
)
def test_somebody_answers_for_a_suspected_column_that_is_called_harmless(given, waits, answered):
    columns = [column(**given)]
    assert list(unanswered(columns, {"personal"})) == (columns if waits else [])
    assert harmless(columns, {"personal"}) == answered
