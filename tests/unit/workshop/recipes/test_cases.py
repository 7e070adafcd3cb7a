"""Every case under tests/cases/recipes: rows in, rows out, on the real engine."""

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from agora.model.types import quoted
from agora.spec import texts
from agora.spec.recipes import recipe
from agora.workshop.recipes.compiling import compiled, until

FOLDER = Path(__file__).parents[3] / "cases" / "recipes"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['case']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in texts.read(file.name, file.read_bytes(), {}).value
]


@pytest.fixture(scope="module")
def engine():
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone='UTC'")
    yield connection
    connection.close()


def columns_of(case):
    columns = case["columns"]
    return list(columns.items()) if isinstance(columns, dict) else [(n, "VARCHAR") for n in columns]


def read(case):
    text = texts.Text(file="build.yaml")
    found = recipe(text, ("steps", 0), {"from": "raw", "recipe": case["recipe"]})
    assert text.findings == []
    return found


def filled(engine, columns, rows):
    listed = ", ".join(f"{quoted(name)} {of}" for name, of in columns)
    engine.execute(f"CREATE OR REPLACE TABLE raw ({listed})")
    for row in rows:
        engine.execute(f"INSERT INTO raw VALUES ({', '.join('?' * len(row))})", row)


def plain(value):
    """A value as a case writes it."""
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def ordered(rows):
    return sorted(([plain(v) for v in row] for row in rows), key=repr)


def written(rows):
    """Numbers with a fraction are floats in a case; exact ones stand there as text."""
    return ordered([float(v) if isinstance(v, Decimal) else v for v in row] for row in rows)


@pytest.mark.parametrize("case", CASES)
def test_case(engine, case):
    columns = columns_of(case)
    made = compiled(read(case), "raw", columns)
    if "problems" in case:
        told = [f"{each.code} {each.sentence}" for each in made.problems]
        assert len(told) == len(case["problems"]), told
        for found, expected in zip(told, case["problems"], strict=True):
            code, _, words = expected.partition(" ")
            assert found.startswith(code), told
            assert words in found, told
        return
    assert made.problems == ()
    filled(engine, columns, case["rows"])
    result = engine.execute(made.kept)
    assert [each[0] for each in result.description] == case.get("names", [n for n, _ in columns])
    assert ordered(result.fetchall()) == written(case["expect"])
    types = [str(of) for of in engine.sql(made.kept).types]
    assert types == [of for _, of in made.columns]
    assert types == case.get("types", types)
    aside = engine.execute(made.rejected).fetchall() if made.rejected else []
    assert ordered(aside) == written(case.get("aside", []))
    assert misfits(engine, made) == case.get("misfits", [])


def misfits(engine, made):
    if not made.counts:
        return []
    counts = engine.execute(made.counts).fetchone()
    return [
        f"`{tally.column}` {tally.sentence} in {count} {'row' if count == 1 else 'rows'}"
        for tally, count in zip(made.tallies, counts, strict=True)
        if count
    ]


@pytest.mark.parametrize("case", CASES)
def test_every_instruction_can_be_looked_at(engine, case):
    if "problems" in case:
        return
    whole, columns = read(case), columns_of(case)
    filled(engine, columns, case["rows"])
    for number in range(len(whole.instructions) + 1):
        made = compiled(until(whole, number), "raw", columns)
        assert len(engine.execute(made.kept).description) == len(made.columns)
    assert made == compiled(whole, "raw", columns)


def test_every_instruction_has_cases():
    words = {word for param in CASES for each in param.values[0]["recipe"] for word in each}
    assert words == set(re.findall(r'^    "(\w+)": _', READERS, re.MULTILINE))


READERS = (
    (Path(__file__).parents[4] / "src/agora/spec/recipes.py").read_text().partition("_READERS")[2]
)


def test_every_problem_has_cases():
    told = {each.split()[0] for param in CASES for each in param.values[0].get("problems", ())}
    assert told == {"E313", "E315", "E316"}
