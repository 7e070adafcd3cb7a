"""The guides of each person do what they say: their commands run in their order, in a small demo."""

import json
import re
import shlex
from pathlib import Path

import pytest

from agora.app.demo import deliveries, lay, play
from agora.app.start import start

ROOT = Path(__file__).parents[2]
IN_THE_DEMO = (
    "README.md",
    *(f"docs/guides/{n}.md" for n in ("owner", "data-scientist", "governance")),
)
REFUSED = 3
OWN = (
    "agora init",
    "agora new",
    "agora run sales.visits",
    'agora query "select * from sales.visits',
)


@pytest.fixture
def demo(tmp_path, monkeypatch, capfd):
    """The demo's mesh with the first three weeks of its year, told as if it were the whole."""
    weeks = (range(1, 2), range(2, 3), range(3, 4))
    monkeypatch.setattr(deliveries, "editions", lambda _weeks: weeks)
    monkeypatch.setattr(play, "LATER_WEEK", 3)
    folder = tmp_path / "agora-demo"
    assert play.play(folder, len(weeks)) == 0
    assert "was not released" not in capfd.readouterr().err
    monkeypatch.chdir(folder)
    return folder


def blocks(document, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)


def lines(document):
    """The command lines of a document, each with the remark behind it."""
    for block in blocks(document, "sh"):
        for line in block.splitlines():
            command, _, remark = line.partition(" #")
            if command.startswith("agora "):
                yield command.strip(), remark.strip()


def words(command, known):
    """The words of a command, with the newest request and agreement in the place of their names."""
    return [known.get(word, word) for word in shlex.split(command)[1:]]


def test_the_guides_do_what_they_say_in_the_demo(demo, capfd):
    known = {}
    for document in IN_THE_DEMO:
        there = [line for line in lines(document) if not line[0].startswith(OWN)]
        assert len(there) > 5, document
        for command, remark in there:
            code = start(words(command, known))
            out, err = capfd.readouterr()
            wanted = REFUSED if remark.startswith("refused") else 0
            assert code == wanted, (document, command, out, err)
            for name, kind in (("REQUEST", "req"), ("AGREEMENT", "agr")):
                found = re.findall(rf"{kind}-\w+-\w+", out)
                known |= {name: found[0]} if found else {}
        for text in blocks(document, "python"):
            exec(compile(text, document, "exec"), {})


@pytest.mark.parametrize("document", ["README.md", "docs/guides/analyst.md"])
def test_an_own_mesh_comes_to_life(document, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("visits.csv").write_text("day,amount\n2018-01-01,3\n2018-01-02,4\n")
    Path("returns.csv").write_text("day;amount\n2018-01-01;3,5\n")
    lay._workbook(Path("targets.xlsx"))
    ran = 0
    for command, _ in lines(document):
        if "sales.visits" in command or command.startswith(
            ("agora init", "agora new", "agora check")
        ):
            assert start(words(command, {})) == 0, (command, capfd.readouterr())
            ran += 1
    assert ran > 4
    assert "2018-01-02" in capfd.readouterr().out


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
