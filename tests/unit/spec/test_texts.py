"""YAML read without guessing, each value with its place."""

from decimal import Decimal

import pytest

from agora.spec.texts import read


def value(text, environment=None):
    found = read("x.yaml", f"a: {text}\n".encode(), environment or {})
    assert found.findings == []
    return found.value["a"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1", 1), ("-12", -12), ("+3", 3), ("1_000", 1000), ("0", 0), ("1.50", Decimal("1.50")), (".5", Decimal("0.5")),
        ("1e3", Decimal(1000)), ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("007", "007"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("1:30", "1:30"), ("yes", "yes"), ("no", "no"), ("on", "on"),
        ("2018-01-01", "2018-01-01"), ("2018-01-01T00:00:00Z", "2018-01-01T00:00:00Z"), (".inf", ".inf"), (".nan", ".nan"),
        ("'1'", "1"), ('"true"', "true"), ("TRUE", "TRUE"), ("._", "._"), ("1.", "1."), ("-", ["x"]), ("1e99999", "1e99999"),
        ("!!str 1", 1), ("9" * 50, "9" * 50), ("[1, a]", [1, "a"]), ("{b: 1}", {"b": 1}), ("&x [1]", [1]),
    ],
)  # fmt: skip
def test_nothing_is_guessed(text, meant):
    if text == "-":
        assert read("x", b"a:\n- x\n", {}).value == {"a": meant}
    else:
        assert value(text) == meant
        assert type(value(text)) is type(meant)


def test_every_value_knows_its_place():
    found = read("x", b"a: 1\nb:\n  - c: 2\n  - [3, 4]\n", {})
    assert found.place(("a",)) == (1, 1)
    assert found.place(("b", 0, "c")) == (3, 5)
    assert found.place(("b", 1, 1)) == (4, 9)
    assert found.place(("b", 1, 7, "x")) == (4, 5)
    assert found.place(()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "environment", "meant"),
    [
        ("${A}", {"A": "x"}, "x"),
        ("x-${A}-${B}", {"A": "1", "B": "2"}, "x-1-2"),
        ("'${A}'", {"A": "x"}, "x"),
        ("${A}", {"A": "${B}"}, "${B}"),
        ("${A}", {"A": "1"}, "1"),
        ("${A}", {"A": ""}, ""),
        ("$A", {"A": "x"}, "$A"),
        ("${env:A}", {"A": "x"}, "${env:A}"),
        ("${file:/run/a}", {}, "${file:/run/a}"),
        ("${keyring:a}", {}, "${keyring:a}"),
        ("pg://u:${env:A}@h", {"A": "x"}, "pg://u:${env:A}@h"),
    ],
)
def test_variables(text, environment, meant):
    assert value(text, environment) == meant


def test_variables_without_a_value_are_told_and_stay():
    found = read("x", b"a: ${A} and ${B}\n", {"B": "2"})
    assert [f.code for f in found.findings] == ["E106"]
    assert found.value == {"a": "${A} and 2"}
    assert read("x", b"a: ${A}\n", None).findings == []


def test_a_key_that_stands_twice_keeps_its_first_value():
    found = read("x", b"a: 1\nb: 2\na: 3\n", {})
    assert found.value == {"a": 1, "b": 2}
    assert [(f.code, f.line) for f in found.findings] == [("E103", 3)]


@pytest.mark.parametrize("depth", [100, 1_200])
def test_depth_is_bounded(depth):
    found = read("x", b"[" * depth, {})
    assert [f.code for f in found.findings] in (["E104"], ["E102"])
    assert read("x", b"a: " + b"[" * depth + b"]" * depth, {}).findings[0].code == "E104"


def test_aliases_are_bounded_in_number_not_in_form():
    wide = b"a: &a [" + b"x, " * 200 + b"x]\nb: [" + b"*a, " * 20 + b"*a]\n"
    assert read("x", wide, {}).fine
    bomb = b"a: &a [" + b"x, " * 200 + b"x]\nb: [" + b"*a, " * 200 + b"*a]\n"
    assert [f.code for f in read("x", bomb, {}).findings] == ["E104"]
