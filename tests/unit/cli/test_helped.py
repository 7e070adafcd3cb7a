"""What `--help` says: no word of a programming language, and examples that a shell reads as they are."""

import importlib
import re
import shlex
import subprocess

import pytest
import typer
from typer._click import Context

from agora.cli.main import COMMANDS

WIDTH = 80


def page(name):
    made = typer.main.get_command(importlib.import_module(COMMANDS[name][0]).app)
    context = Context(
        made, info_name=f"agora {name}", terminal_width=WIDTH, max_content_width=WIDTH
    )
    return made, made.get_help(context)


def example(text):
    return text.partition("Example: ")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_a_terminal_and_speaks_no_python(name):
    _, text = page(name)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert not re.search(r"<\w+[\[>]|\{\w+\}|list\[|<=|default: 0\]", text)
    assert f"Usage: agora {name}" in text


def test_a_shell_reads_every_example_as_it_was_meant():
    pages = {name: page(name) for name in COMMANDS}
    script = "\n".join(
        [
            "agora() { printf '%s\\n' agora \"$@\" --end--; }",
            *(example(t) for _, t in pages.values()),
        ]
    )
    read = subprocess.run(["/bin/sh", "-uc", script], capture_output=True, text=True, check=True)
    found = [piece.strip("\n").split("\n") for piece in read.stdout.split("--end--\n") if piece]
    assert found == [
        shlex.split(made.epilog.removeprefix("Example: ")) for made, _ in pages.values()
    ]


def test_values_are_called_what_they_are():
    _, chart = page("chart")
    assert "--x COLUMN" in chart
    assert "--with WHOM…" in chart
    _, notices = page("notices")
    assert "--mail at-once|daily|never" in notices
    _, demo = page("demo")
    assert "[default: 13; 1 to 53]" in " ".join(demo.split())
