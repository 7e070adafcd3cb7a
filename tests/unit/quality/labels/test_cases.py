"""Every case under tests/cases/labels: rows in, the label's sentences out, on the real engine."""

from datetime import UTC, datetime, time
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from agora.quality.labels.conclude import conclude
from agora.quality.labels.plans import LabelPlan, candidates
from agora.quality.labels.words import remarks
from tests.unit.quality.counting import PORT, RELATION, asked, contract, counted, planned, table

FOLDER = Path(__file__).parents[3] / "cases" / "labels"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['case']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    if file.stem != "levels"
    for case in YAML(typ="safe", pure=True).load(file)
]


@pytest.fixture
def engine():
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone='UTC'")
    yield connection
    connection.close()


def labelled(engine, case, now):
    of = contract(case)
    others = {}
    for name, other in case.get("others", {}).items():
        others[name] = f"other_{name}"
        table(engine, others[name], contract(other, name), other["rows"])
    table(engine, RELATION, of, case["rows"])
    classified = case.get("classified", "")
    plan = LabelPlan(
        port=PORT,
        relation=RELATION,
        contract=of,
        others=others,
        ports={},
        classified=frozenset(classified.split()),
    )
    results = counted(engine, planned(of, others, classified))
    answers, errors = asked(engine, plan.scans)
    more, problems = asked(engine, candidates(plan, answers))
    return conclude(plan, answers | more, errors | problems, results, now)


def short(column):
    parts = (column.nulls, column.distinct, column.least, column.most)
    return " / ".join("-" if part in (None, "") else str(part) for part in parts)


@pytest.mark.parametrize("case", CASES)
def test_case(engine, case):
    day = case.get("now", "2018-01-02")
    now = datetime.combine(datetime.fromisoformat(str(day)).date(), time(8), UTC)
    label = labelled(engine, case, now)
    said = [f"! {r.sentence}" if r.warns else r.sentence for r in remarks(label, now)]
    assert said == case["expect"]
    assert label.rows == len(case["rows"])
    columns = {column.name: column for column in label.columns}
    assert {name: short(columns[name]) for name in case.get("told", {})} == case.get("told", {})
    assert len(label.problems) == case.get("problems", 0)
