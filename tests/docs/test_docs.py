"""What the documents say can be done can be done: every command and option in them exists."""

import io
import re
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from agora.app.start import start
from agora.backends.source.registry import InstalledSources
from agora.cli.main import COMMANDS
from agora.cli.manual import reference

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?<![\w/.-])agora ([a-z]+)([^\n`|]*)")


def commands():
    found = []
    for document in DOCUMENTS:
        for name, rest in COMMAND.findall(document.read_text()):
            if name in COMMANDS or "--" in rest:
                found.append(
                    pytest.param(name, rest, id=f"{document.name}: agora {name}{rest[:40]}")
                )
    return found


@cache
def told(name):
    """What a command says of itself."""
    out = io.StringIO()
    with redirect_stdout(out):
        assert start([name, "--help"]) == 0
    return out.getvalue()


@pytest.mark.parametrize(("name", "rest"), commands())
def test_every_command_and_option_in_the_documents_exists(name, rest):
    assert name in COMMANDS
    text = told(name)
    for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest.partition("#")[0]):
        assert option in text, option


def test_the_documents_name_every_command():
    text = "\n".join(document.read_text() for document in DOCUMENTS)
    assert [name for name in COMMANDS if f"agora {name}" not in text] == []


def test_the_page_of_commands_is_current():
    text = (ROOT / "docs/reference/commands.md").read_text()
    assert text == reference(), "write it anew from `reference()` of `agora.cli.manual`"


def test_every_command_has_an_example_and_every_option_words():
    for line in reference().splitlines():
        assert not line.endswith("|  |"), line
        assert "Example: ``" not in line, line


def test_every_person_of_the_design_has_a_guide():
    named = (ROOT / "README.md").read_text()
    for guide in (ROOT / "docs/guides").glob("*.md"):
        assert f"docs/guides/{guide.name}" in named, guide.name


def test_every_kind_of_table_elsewhere_is_named():
    text = (ROOT / "docs/guides/in-place.md").read_text()
    groups = ("agora.externals", "agora.externals.live")
    kinds = {entry.name for group in groups for entry in entry_points(group=group)}
    assert len(kinds) > 2
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in text] == []


def test_the_guide_names_every_source():
    text = (ROOT / "docs/guides/engineer.md").read_text()
    assert [kind for kind in InstalledSources().kinds() if f"`{kind}`" not in text] == []


def test_links_lead_somewhere():
    for document in DOCUMENTS:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_the_tests_that_are_named_exist():
    for document in DOCUMENTS:
        for name in re.findall(r"`(?:tests/[\w/.-]+/)?(test_\w+\.py)", document.read_text()):
            assert list((ROOT / "tests").rglob(name)), f"{document.name}: {name}"
        for path in re.findall(r"`((?:tests|benchmarks|src)/[\w/.-]+)`", document.read_text()):
            assert (ROOT / path).exists(), f"{document.name}: {path}"


def test_the_makefile_has_what_the_readme_promises():
    made = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text()):
        assert f"\n{target}:" in made
