"""Every case under tests/cases/lineage: what flows where, and the engine does not contradict it."""

from pathlib import Path
from random import Random

import duckdb
import pytest
from ruamel.yaml import YAML

from tests.unit.workshop.lineage.tracing import TABLES, broken, columns, fill, traced, words

FOLDER = Path(__file__).parents[3] / "cases" / "lineage"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['case']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in YAML(typ="safe", pure=True).load(file)
]


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        fill(connection, Random(7))
        yield connection


def listed(text):
    return {each.strip() for each in (text or "").split(",") if each.strip()}


@pytest.mark.parametrize("case", CASES)
def test_flows_as_the_case_says_and_as_the_engine_does(engine, case):
    names = columns(engine, case["sql"])
    port = traced(case["sql"], names)
    assert port.conservative == case.get("all-to-all", False)
    if not port.conservative:
        assert names == tuple(str(name) for name in case["columns"])
        rows = [edge for edge in port.edges if not edge.to and not edge.how.tells]
        assert words(rows) == listed(case.get("rows"))
        for name, text in case["columns"].items():
            direct = [edge for edge in port.origins(str(name)) if edge not in rows]
            assert words(direct) - words(rows) == listed(text) - words(rows), name
    for seed in range(3):
        assert broken(engine, Random(seed), case["sql"], port) == []


def test_all_to_all_leaves_nothing_out(engine):
    sql = "select #1 as z from t"
    port = traced(sql, columns(engine, sql))
    told = {edge.origin.column for edge in port.origins("z") if edge.carries}
    assert told == set(TABLES["t"])


def test_there_are_cases_enough():
    assert len(CASES) > 80
