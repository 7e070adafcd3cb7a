"""One value changes; every other letter of the text stays as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.spec.editing import Uneditable, append, edit, spell
from agora.spec.texts import read

TEXT = """\
# the mesh
agora: 1   # our version
name: market     # how it is called

domains: [sales, customers]   # folders
owners:
  # who answers
  - sofia
  - emil  # second

limits:
  memory: 512MB   # each
  threads: 2
title: ${TITLE}
notes: |
  first line
  second line
empty:
# the end
"""

CHANGES = [
    (("name",), "bazaar", "name: market ", "name: bazaar "),
    (("domains", 2), "finance", "[sales, customers]", "[sales, customers, finance]"),
    (("domains", 0), "shops", "[sales,", "[shops,"),
    (("owners", 1), "ana", "- emil  # second", "- ana  # second"),
    (("owners", 2), "ana", "- emil  # second\n", "- emil  # second\n  - ana\n"),
    (("limits", "threads"), 4, "threads: 2", "threads: 4"),
    (("limits", "rows"), 10, "threads: 2\n", "threads: 2\n  rows: 10\n"),
    (
        ("clock", "at"),
        "2018-01-02",
        "empty:\n# the end\n",
        'empty:\nclock: {at: "2018-01-02"}\n# the end\n',
    ),
    (("empty",), ["a"], "empty:\n", "empty: [a]\n"),
    (("empty", 0), "a", "empty:\n", "empty: [a]\n"),
    (("notes",), "short", "notes: |\n  first line\n  second line\n", "notes: short\n"),
    (("limits",), {"rows": 1}, "\n  memory: 512MB   # each\n  threads: 2\n", "\n  {rows: 1}\n"),
]


@pytest.mark.parametrize(("path", "value", "old", "new"), CHANGES)
def test_only_what_was_asked_for_changes(path, value, old, new):
    assert TEXT.count(old) == 1
    assert edit(TEXT, path, value) == TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a: []\n", ("a", 0), "x", "a: [x]\n"),
        ("a: {}\n", ("a", "b"), "x", "a: {b: x}\n"),
        ("a: [\n  x,\n]\n", ("a", 1), "z", "a: [\n  x, z,\n]\n"),
        ("a: 1", ("b",), 2, "a: 1\nb: 2\n"),
        ("a: 1\r\nb: 2\r\n", ("c",), 3, "a: 1\r\nb: 2\r\nc: 3\r\n"),
        ("- a\n- b\n", (2,), "c", "- a\n- b\n- c\n"),
        ("a:\n  - {b: 1}\n", ("a", 0, "b"), 2, "a:\n  - {b: 2}\n"),
        ("a: 'x'\n", ("a",), "it's", 'a: "it\'s"\n'),
    ],
)
def test_small_texts(text, path, value, expected):
    assert edit(text, path, value) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: 1\n", ("a", "b")),
        ("a: [x]\n", ("a", 5)),
        ("a: [x]\n", ("b", 2)),
        ("a: [x\n", ("a", 0)),
        ("", ("a",)),
        ("a: &x 1\nb: *x\n", ("b",)),
    ],
)
def test_what_cannot_be_changed_is_refused(text, path):
    with pytest.raises(Uneditable):
        edit(text, path, "y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [x]\n", "a: [x, z]\n"),
        ("a: []\n", "a: [z]\n"),
        ("a:\n", "a: [z]\n"),
        ("b: 1\n", "b: 1\na: [z]\n"),
        ("a:\n  - x # one\n\nb: 1\n", "a:\n  - x # one\n  - z\n\nb: 1\n"),
    ],
)
def test_a_list_grows_at_its_end(text, expected):
    assert append(text, ("a",), "z") == expected


def test_only_lists_grow():
    with pytest.raises(Uneditable):
        append("a: 1\n", ("a",), "z")


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(
    [
        "yes",
        "no",
        "null",
        "true",
        "1",
        "1.5",
        "01",
        "a: b",
        "# x",
        "- x",
        "a #b",
        " x ",
        "",
        "~",
        "*a",
        "{",
        "2018-01-01",
        "\t",
    ]
)
VALUES = st.recursive(
    WORDS | st.integers(-(10**15), 10**15) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_written_is_read_again(value):
    if isinstance(value, str) and any(
        ord(sign) in (0x85, 0x2028, 0x2029, 0xFEFF) for sign in value
    ):
        return
    text = f"a: {spell(value)}\n"
    found = read("x.yaml", text.encode(), None)
    if not found.fine:
        assert found.findings[0].code in {"E102", "E103"}, text
        return
    assert found.value == {"a": value}


@given(st.sampled_from(["name", "title", "other"]), VALUES)
def test_an_edited_text_says_the_new_value_and_nothing_else(key, value):
    try:
        changed = edit(TEXT, (key,), value)
    except Uneditable:
        return
    before, after = read("x", TEXT.encode(), None).value, read("x", changed.encode(), None).value
    assert after == {**before, key: value}
    comments = [line[line.index("#") :] for line in TEXT.splitlines() if "#" in line]
    places = [changed.find(comment) for comment in comments]
    assert -1 not in places
    assert places == sorted(places)
