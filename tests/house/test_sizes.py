"""Small files, short functions, no rooms that swallow everything."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "agora"
FILES = sorted(SOURCE.rglob("*.py"))
FORBIDDEN = {"utils", "common", "core", "helpers", "base", "manager", "misc"}


def functions(path):
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{path.relative_to(SOURCE)}:{node.name}", node.end_lineno - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def test_no_file_is_longer_than_three_hundred_lines():
    long = {
        str(p.relative_to(SOURCE)): n for p in FILES if (n := len(p.read_text().splitlines())) > 300
    }
    assert long == {}


def test_functions_fit_a_screen():
    lengths = dict(each for path in FILES for each in functions(path))
    assert {name: n for name, n in lengths.items() if n > 45} == {}
    short = sum(n <= 25 for n in lengths.values())
    assert short / len(lengths) >= 0.9


def test_packages_say_what_they_are_and_nothing_else():
    faces = {SOURCE / "__init__.py", SOURCE / "app" / "__init__.py"}
    for path in FILES:
        if path.name == "__init__.py" and path not in faces:
            body = ast.parse(path.read_text()).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path


def test_no_room_swallows_everything():
    names = {part for path in FILES for part in (*path.relative_to(SOURCE).parent.parts, path.stem)}
    assert names & FORBIDDEN == set()
