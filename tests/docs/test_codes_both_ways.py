"""Codes, both ways: what the source can say is asserted by a test and explained on a page, and a
code that a test or a page names is one the source can say.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from agora.app.start import start
from agora.model import codes as errors
from agora.model import marketcodes
from agora.spec import codes as findings

ROOT = Path(__file__).parents[2]
TABLES = (Path(errors.__file__), Path(marketcodes.__file__), Path(findings.__file__))
SAID = re.compile(r"(?:error\[)?(E\d{3})\b")
ASSERTED = re.compile(r"(?:\S*:\d+:\d+ |\d+:\d+ )?(?:error\[)?(E\d{3})\b")
EXPECTED = re.compile(r"^expect \S+ (E\d{3})\b|\brefused: (E\d{3})\b", re.MULTILINE)
INVENTED = {"E998": "tests ask for a code that does not exist"}
UNREACHED: dict[str, str] = {}
"""Codes no test reaches, each with the reason; empty, and better so."""


def prose(tree):
    """The texts nobody evaluates: docstrings and other bare strings."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def codes_in(file, pattern):
    """The codes that begin a string constant of a Python file."""
    source = file.read_text(encoding="utf-8")
    if not re.search(r"E\d{3}", source):
        return set()
    tree = ast.parse(source)
    left_out = prose(tree)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = pattern.match(node.value)
            if match and id(node) not in left_out:
                found.add(match[1])
    return found


@cache
def said():
    """Every code the source can say."""
    files = [f for f in (ROOT / "src" / "agora").rglob("*.py") if f not in TABLES]
    return set().union(*(codes_in(file, SAID) for file in files))


@cache
def asserted():
    """Every code a test or a case expects."""
    found = set()
    for file in (ROOT / "tests").rglob("*.py"):
        if file != Path(__file__):
            found |= codes_in(file, ASSERTED)
    for file in (ROOT / "tests" / "cases").rglob("*"):
        if file.suffix in {".case", ".yaml"}:
            for pair in EXPECTED.findall(file.read_text(encoding="utf-8")):
                found |= set(pair) - {""}
    return found


def test_every_code_is_reached_by_a_test():
    assert sorted(said() - asserted() - set(UNREACHED)) == []


def test_every_code_of_a_test_can_be_said():
    assert sorted(asserted() - said() - set(INVENTED)) == []
    assert sorted(set(UNREACHED) - said()) == []


def test_every_code_is_explained_and_no_other():
    assert set(errors.CODES) & set(findings.CODES) == set()
    assert sorted(said() ^ (set(errors.CODES) | set(findings.CODES))) == []


def test_the_collectors_find_what_they_look_for(tmp_path):
    file = tmp_path / "made.py"
    file.write_text(
        '"""E901 in a docstring."""\n'
        'raise Refused("no", code="E902")  # E903\n'
        'tell(f"error[E904]: {why}")\nwhy = "judged as meaning (E905)"\n'
        'assert told == ["a.yaml:4:1 E906 wrong", "1:1 E907 wrong"]\n'
    )
    assert codes_in(file, SAID) == {"E902", "E904"}
    assert codes_in(file, ASSERTED) == {"E902", "E904", "E906", "E907"}


@pytest.mark.parametrize(
    ("page", "made"),
    [("errors.md", errors.reference), ("findings.md", findings.reference)],
    ids=["errors", "findings"],
)
def test_the_page_of_codes_is_current(page, made):
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert text == made(), "write it anew from `reference()` of the module that holds the codes"


def test_every_code_stands_on_a_page_once():
    pages = errors.reference() + findings.reference()
    listed = re.findall(r"^\| `(E\d{3})`", pages, re.MULTILINE)
    assert sorted(listed) == sorted({*errors.CODES, *findings.CODES})


def test_errors_are_said_in_words():
    for code, (title, hint) in errors.CODES.items():
        assert title, code
        assert hint, code
        assert title[-1] not in ".!", code
        assert title[0] == title[0].lower() or title.startswith("JSON"), code


@pytest.mark.parametrize("code", ["E131", "E505"])
def test_explain_says_what_the_page_says(code, capfd):
    title, hint = {**errors.CODES, **findings.CODES}[code]
    assert start(["explain", code]) == 0
    assert capfd.readouterr().out == f"{code}: {title}\n  = help: {hint}\n"
