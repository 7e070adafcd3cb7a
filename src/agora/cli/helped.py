"""Helped: what `--help` says, in words a newcomer reads and lines that can be copied."""

import re
from collections.abc import Iterator
from typing import Any

import typer._click as click
from typer.core import TyperCommand

_CALLED = {
    "from": "FILE",
    "file": "FILE",
    "output": "FILE",
    "spec": "FILE",
    "host": "ADDRESS",
    "proxy": "ADDRESS",
    "url": "ADDRESS",
    "base": "ADDRESS",
    "to": "EDITION",
    "release": "EDITION",
    "for": "WHOM",
    "with": "WHOM",
    "until": "DAY",
    "since": "DAY",
    "x": "COLUMN",
    "y": "COLUMN",
    "colour": "COLUMN",
    "columns": "COLUMN",
    "onward": "PURPOSE",
    "set": "NAME=VALUE",
    "parameter": "NAME[:KIND]",
    "make": "USE",
    "revoke": "TOKEN",
    "settle": "WISH",
    "edit": "WORDS",
} | dict.fromkeys(("title", "description", "reason", "wish", "ask", "text"), "WORDS")
"""What stands for the value of an option that is not called by its own name."""
_PEOPLE = ("invite", "reset", "sign-out", "unlock", "block", "unblock", "editor", "operator")
_CALLED |= dict.fromkeys(_PEOPLE, "PERSON")
_IDS = ("answer", "accept", "hide", "edit")
_CALLED |= dict.fromkeys(_IDS, "ENTRY")
_WORD = re.compile(r"""(?:--?[\w-]+\s+(?!-))?(?:[^\s"']|"[^"]*"|'[^']*')+""")
"""A word of an example; an option stays with its value, and what is quoted is one word."""
_LEAST = 30


class Helped(TyperCommand):
    """A command whose help names values as people do, and whose example can be copied."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The line of usage: options, then what is asked for in capitals."""
        pieces = [self.options_metavar] if self.options_metavar else []
        for each in _arguments(self, ctx):
            word = _spelled(each)
            pieces.append(word if each.required else f"[{word}]")
        return pieces

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What is asked for, then the options, each with what it means."""
        params: list[Any] = self.get_params(ctx)
        options = [each for each in params if each.param_type_name == "option"]
        arguments = [(_spelled(each), _meant(each, ctx)) for each in _arguments(self, ctx)]
        for title, rows in (
            ("Arguments", arguments),
            ("Options", [(_option(each), _meant(each, ctx)) for each in options]),
        ):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example as a shell reads it: broken between words, with a backslash."""
        if not self.epilog:
            return
        formatter.write_paragraph()
        with formatter.indentation():
            indent = " " * formatter.current_indent
            for line in _lines(
                self.epilog, max(formatter.width - formatter.current_indent, _LEAST)
            ):
                formatter.write(f"{indent}{line}\n")


def _arguments(command: TyperCommand, ctx: click.Context) -> list[Any]:
    params: list[Any] = command.get_params(ctx)
    return [each for each in params if each.param_type_name == "argument"]


def _spelled(argument: Any) -> str:
    return f"{argument.name.upper()}{'…' if argument.nargs == -1 else ''}"


def _option(option: Any) -> str:
    """How an option is written: `-o, --output FILE`."""
    names = ", ".join(sorted(option.opts, key=len))
    if option.is_flag:
        return " / ".join((names, *option.secondary_opts))
    return f"{names} {option.metavar or _value(option)}"


def _value(option: Any) -> str:
    name = max(option.opts, key=len).lstrip("-")
    choices = option.type_descriptor.choices
    if choices:
        return "|".join(str(getattr(each, "value", each)) for each in choices)
    word = "N" if isinstance(option.default, int) else _CALLED.get(name, name.upper())
    return word + ("…" if option.multiple else "")


def _meant(parameter: Any, ctx: click.Context) -> str:
    """Its help; a default that means nothing was said is not told."""
    if parameter.default == 0 and not parameter.required and parameter.max is None:
        parameter.show_default = False
    record = parameter.get_help_record(ctx)
    words = str(record[1]) if record else ""
    return re.sub(r"(\d+)<=x<=(\d+)", r"\1 to \2", words).replace("  [x>=0]", "")


def _lines(example: str, width: int) -> Iterator[str]:
    """The example in lines of at most this width that belong together in a shell."""
    line = ""
    for word in _WORD.findall(example):
        if line and len(line) + len(word) + len("  \\") > width:
            yield f"{line} \\"
            line = f"    {word}"
        else:
            line = f"{line} {word}" if line else word
    yield line
