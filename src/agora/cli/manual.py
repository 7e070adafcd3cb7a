"""The page of all commands, made from the commands themselves."""

import importlib
from collections.abc import Iterator
from typing import Any

import typer

from agora.cli.main import COMMANDS

_HEAD = """\
# Commands

Every command of `agora`, as its `--help` says it. Results go to standard output, everything else to
standard error. `--json` gives a result to programs: one object with `agora`, `kind` and `result`, or of
rows one object per line. Exit codes: 0 all is well, 1 a check or a proof failed, 2 the command means
nothing, 3 denied, 4 something is not there or a limit was reached, 5 somebody else was faster.
"""
_EVERYWHERE = {
    "--as": "whose rights count; by default the operator's (on a laptop only)",
    "--mesh": "the mesh's folder; by default this one, or what `AGORA_MESH` names",
    "--json": "give the result as JSON",
}


def reference() -> str:
    """The text of `docs/reference/commands.md`."""
    lines = [_HEAD, "Nearly all commands take:", ""]
    lines += [f"- `{option}`: {words}" for option, words in _EVERYWHERE.items()]
    for name, (module, _) in COMMANDS.items():
        lines += ["", *_command(name, typer.main.get_command(importlib.import_module(module).app))]
    return "\n".join(lines) + "\n"


def _command(name: str, made: Any) -> Iterator[str]:
    arguments = [p for p in made.params if p.param_type_name == "argument"]
    shown = [f"{a.name.upper()}{'…' if a.nargs == -1 else ''}" for a in arguments]
    usage = " ".join(
        word if argument.required else f"[{word}]"
        for word, argument in zip(shown, arguments, strict=True)
    )
    yield f"## agora {name}"
    yield ""
    yield " ".join((made.help or "").split())
    yield ""
    yield f"`{' '.join(filter(None, ['agora', name, usage]))}`. {_example(made.epilog)}"
    options = [
        p for p in made.params if p.param_type_name == "option" and p.opts[0] not in _EVERYWHERE
    ]
    if arguments or options:
        yield ""
        yield "| | |"
        yield "|---|---|"
    for word, argument in zip(shown, arguments, strict=True):
        yield f"| `{word}` | {_words(argument)} |"
    for option in options:
        spelled = ", ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))
        yield f"| {spelled} | {_words(option)} |"


def _words(parameter: Any) -> str:
    words = (parameter.help or "").replace("|", "\\|")
    return (
        f"{words} Needed."
        if parameter.required and parameter.param_type_name == "option"
        else words
    )


def _example(epilog: str | None) -> str:
    return f"Example: `{(epilog or '').removeprefix('Example: ')}`"
