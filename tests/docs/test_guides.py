"""The documents do what they say: every command of theirs runs, from top to bottom, for real.

A block that cannot run here says so in the text before it, `<!-- not run: why -->`.
"""

import json
import re
from pathlib import Path

import pytest

from agora.app.demo import lay
from agora.app.start import start
from agora.backends.post.webhook import sign
from tests.docs.walking import DOCUMENTS, ROOT, Walk, blocks, shows

IN_THE_DEMO = (
    "README.md",
    "docs/guides/owner.md",
    "docs/guides/data-scientist.md",
    "docs/guides/governance.md",
    "docs/guides/operator.md",
    "docs/concepts/access.md",
    "docs/concepts/deliveries.md",
    "docs/concepts/derived.md",
    "docs/concepts/editions.md",
    "docs/concepts/lineage.md",
)
ELSEWHERE = {
    "docs/guides/consumer.md": "fay",
    "docs/guides/remote.md": "ana",
    "docs/guides/rest.md": "mia",
}
IN_AN_OWN_MESH = (
    "README.md",
    "docs/guides/analyst.md",
    "docs/guides/engineer.md",
    "docs/guides/steps.md",
)
IN_THE_MARKET = ("docs/guides/edges.md",)  # see test_edges_guide.py
WALKED = {*IN_THE_DEMO, *ELSEWHERE, *IN_AN_OWN_MESH, *IN_THE_MARKET}
NOT_RUN = [
    ("README.md", "make demo"),
    ("README.md", "cd agora-demo"),
    ("docs/guides/operator.md", "agora up"),  # a mesh that moves
    ("docs/guides/operator.md", "agora up"),
]
SERVER = "https://agora.example.org"


def own(block):
    """Whether a block begins a mesh of one's own."""
    return "agora init" in block.text


@pytest.fixture
def walk(capfd, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return Walk(capfd, monkeypatch)


def test_the_guides_do_what_they_say_in_the_demo(demo, walk, monkeypatch):
    monkeypatch.chdir(demo)
    for document in IN_THE_DEMO:
        before = walk.ran
        walk.follow(block for block in blocks(document) if not own(block))
        assert walk.ran > before, document


@pytest.mark.parametrize(("document", "person"), ELSEWHERE.items())
def test_the_guides_do_what_they_say_elsewhere(
    served_demo, document, person, walk, tmp_path, monkeypatch
):
    """Somebody at a terminal of their own; the owners say yes to what they ask for."""
    here = ["--mesh", str(served_demo.root)]
    made = ["token", "--make", "walk", "--scopes", "read,ask", "--json", "--as", person]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGORA_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("AGORA_TOKEN", json.loads(said(walk, *made, *here))["result"]["secret"])
    if "agora login" not in (ROOT / document).read_text():
        monkeypatch.setenv("AGORA_URL", served_demo.url)
    walk.known[SERVER] = served_demo.url
    for block in blocks(document):
        walk.follow([block])
        for owner in ("sofia", "mona"):
            for request in set(
                re.findall(r"\breq-\w+-\w+", said(walk, "approve", "--as", owner, *here))
            ):
                said(walk, "approve", request, "--as", owner, *here)
    assert walk.ran > 1
    if "ours" in walk.names:  # how a program knows that it was we who called
        assert walk.names["ours"]("s", sign("s", 7, "{}"), b"{}")
        assert not walk.names["ours"]("s", sign("t", 7, "{}"), b"{}")


def said(walk, *words):
    """What a command printed that went well."""
    walk.capture.readouterr()
    assert start(list(words)) == 0, words
    return walk.capture.readouterr().out


@pytest.mark.parametrize("document", IN_AN_OWN_MESH)
def test_an_own_mesh_comes_to_life(document, walk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("visits.csv").write_text("day,amount\n2018-01-01,3\n2018-01-02,4\n")
    Path("returns.csv").write_text("day;amount\n2018-01-01;3,5\n")
    lay._workbook(Path("targets.xlsx"))
    found = list(blocks(document))
    first = next((number for number, block in enumerate(found) if own(block)), 0)
    if document.endswith("steps.md"):  # it begins with a product of which it shows the files
        shown = {block.language: block.text for block in reversed(found)}
        Path("visits.csv").write_text(shown["csv"])
        said(walk, "init", "--name", "acme", "--operator", "olga")
        said(walk, "new", "sales.visits", "--from", "visits.csv", "--option", "delimiter=;")
        (tmp_path / "sales/visits/build.yaml").write_text(shown["yaml"])
        found = [block for block in found if block.language != "python"]
    walk.follow(found[first:])
    assert walk.ran > 2


def test_every_command_of_every_document_is_walked_or_says_why_not():
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        assert not re.search(r"^(?: {4}|\t)(?:agora|curl) ", text, re.MULTILINE), document
        for block in blocks(document):
            commands = re.search(r"^(?:agora|cd|curl|make|pip) ", block.text, re.MULTILINE)
            assert (block.language == "sh") is bool(commands), (document, block.text)
            assert block.language != "sh" or block.why or document in WALKED, document


def test_what_nobody_can_run_here_is_counted():
    kept = [(block.document, block) for each in DOCUMENTS for block in blocks(each) if block.why]
    assert [(document, *block.text.split()[:2]) for document, block in kept] == [
        (document, *words.split()) for document, words in NOT_RUN
    ]


def test_what_a_document_shows_is_compared():
    assert shows("week  sales\n   1  17.50\n2 rows\n", "week sales\n1    …\n")
    assert not shows("week  sales\n   1  17.50\n", "1  17.5\n")
    assert not shows("a\nb\n", "b\na\n")
    assert shows("n\n─\n1\n2\n(2 rows)\n", "n\n2\n1\n(2 rows)\n")
    assert not shows("n\n─\n1\n2\n3\n(3 rows)\n", "n\n2\n1\n(3 rows)\n")


def test_the_guide_to_governance_names_every_effect():
    schema = json.loads((ROOT / "src/agora/spec/schemas/guardrail.json").read_text())
    text = (ROOT / "docs/guides/governance.md").read_text()
    effects = schema["properties"]["effect"]["properties"]
    assert [name for name in effects if f"`{name}:" not in text] == []


def test_every_reason_to_build_anew_is_on_the_page():
    source = (ROOT / "src/agora/workshop/increments.py").read_text()
    source += (ROOT / "src/agora/usecases/running/loading.py").read_text()
    text = (ROOT / "docs/concepts/deliveries.md").read_text()
    said = re.findall(r'"((?:the build|a contract|it was asked)[^"]*)"', source)
    assert len(said) == 3
    assert [words_ for words_ in said if words_ not in text] == []
    for part in ("has changed", "was corrected", "may mix partitions of"):
        assert part in source
        assert part in text
