"""Both YAML parsers give one tree, wherever both read a text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.spec import nodes

ROOT = Path(__file__).parents[3]
FILES = sorted([*ROOT.glob("src/agora/app/demo/**/*.yaml"), *ROOT.glob("tests/meshes/**/*.yaml")])
SIGNS = st.text(alphabet=" -:,[]{}#\n'\"ab1|>~.+0\\/=<;()@!&*%`", max_size=40)
LINES = st.lists(
    st.sampled_from(
        ["a: 1", "b:", "- x", "  c: 'q'", "  - y", "  - {d: [1, 2], e: http://x/y}", "# note", "",
         "f: |", "    text", "  text: more", "g: >-", '"h": "i"', "- k: v", "  l: m", "[1,", "2]"]
    ),
    max_size=9,
)  # fmt: skip


def tree(node):
    """Everything the reader of texts looks at; where nothing stands, it has no place."""
    if node is None:
        return None
    if node.id == "scalar" and not node.value and node.style not in ("'", '"', "|", ">"):
        return "nothing"
    place = (node.start_mark.line, node.start_mark.column)
    if node.id == "scalar":
        return (place, node.value, node.style if node.style in ("'", '"', "|", ">") else "")
    if node.id == "mapping":
        return (place, "mapping", [(tree(key), tree(value)) for key, value in node.value])
    return (place, "sequence", [tree(item) for item in node.value])


def both(source):
    quick = nodes.quickly(source)
    if quick is None or nodes._ELSEWHERE.search(source):
        return
    assert tree(quick) == tree(nodes.slowly(source))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_of_ours_is_read_alike(file):
    source = file.read_text()
    assert tree(nodes.compose(source)) == tree(nodes.slowly(source))


@pytest.mark.parametrize("sign", "!&*%@`")
@pytest.mark.parametrize("text", ["a: xSy", "[xSy, (Sz]", "- in/S.csv", "a: 'n(S)'", "{aS: b}"])
def test_a_sign_within_a_word_is_read_quickly(text, sign):
    source = text.replace("S", sign)
    assert not nodes._ELSEWHERE.search(source)
    assert tree(nodes.quickly(source)) == tree(nodes.slowly(source))


@settings(max_examples=2000, deadline=None, derandomize=True)  # 200,000 random ones were tried once
@given(SIGNS)
def test_signs_are_read_alike(source):
    both(source)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(LINES)
def test_lines_are_read_alike(lines):
    both("\n".join(lines))


def test_what_the_c_parser_refuses_is_told_by_the_other_one():
    assert nodes.quickly("a: [1") is None
    with pytest.raises(Exception, match="expected"):
        nodes.compose("a: [1")
