"""The acceptance checks of the pages: each is shown by a test that exists, or says where it belongs."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
LINES = [
    [part.strip() for part in line.split("|")]
    for line in (TESTS / "cases/ux/checks.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def shown(where):
    """Whether there is such a test."""
    path, _, name = where.partition("::")
    file = TESTS / "journeys" / path
    return file.exists() and any(
        isinstance(node, ast.FunctionDef) and node.name == name
        for node in ast.parse(file.read_text()).body
    )


def test_every_check_has_its_line():
    assert [int(number) for number, _, _ in LINES] == list(range(1, 47))


def test_what_shows_a_check_exists():
    named = [
        (number, each.strip())
        for number, _, where in LINES
        if not where.startswith("later: ")
        for each in where.split(",")
    ]
    assert [each for each in named if not shown(each[1])] == []


def test_what_comes_later_says_where_and_what_there_is_today():
    later = {int(number): where for number, _, where in LINES if where.startswith("later: ")}
    assert set(later) <= {24, 29, 30, 31, 32}
    assert all(len(where) > len("later: governance") for where in later.values())
