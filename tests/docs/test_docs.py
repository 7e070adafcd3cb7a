"""What the documents say can be done can be done: every command and option in them exists."""

import re
from pathlib import Path

import pytest

from agora.app.start import start
from agora.backends.source.registry import InstalledSources
from agora.cli.main import COMMANDS

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


@pytest.mark.parametrize(("name", "rest"), commands())
def test_every_command_and_option_in_the_documents_exists(name, rest, capfd):
    assert name in COMMANDS
    assert start([name, "--help"]) == 0
    text = capfd.readouterr().out
    for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest.partition("#")[0]):
        assert option in text, option


def test_the_documents_name_every_command():
    text = "\n".join(document.read_text() for document in DOCUMENTS)
    assert [name for name in COMMANDS if f"agora {name}" not in text] == []


def test_the_guide_names_every_source():
    text = (ROOT / "docs/guides/engineer.md").read_text()
    assert [kind for kind in InstalledSources().kinds() if f"`{kind}`" not in text] == []


def test_links_lead_somewhere():
    for document in DOCUMENTS:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_the_makefile_has_what_the_readme_promises():
    made = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text()):
        assert f"\n{target}:" in made
