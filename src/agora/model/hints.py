"""Hints: what to do next is written for a terminal; whoever reads it elsewhere gets other words.

A hint says `` `agora approve` lists what waits `` or `` add `--reason` ``. A page and the API take it
apart here and tell each piece as their own: the page where it waits, the field that takes the reason.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

_TYPED = re.compile(r"`agora ([^`]+)`|(?<![`\w-])agora ([a-z][^`]*)$|`--([a-z-]+)[ =]?([^`]*)`")
_PRODUCT = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)[.@\w-]*")
_LEFT_OPEN = {"", "…"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What would be typed: its verb, what it is about, its flags, and whether the hint is to do it."""

    verb: str
    about: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False

    def among(self, known: Mapping[str, T], otherwise: T) -> T:
        """What a table says of it: `people --reset` and `saved charts` speak before `people`, `saved`."""
        closer = (f"{self.verb} {word}" for word in (*(f"--{f}" for f in self.flags), self.about))
        return next(
            (known[name] for name in closer if name in known), known.get(self.verb, otherwise)
        )

    def product(self) -> tuple[str, str] | None:
        """The domain and the product it is about; None for a placeholder or nothing."""
        found = _PRODUCT.fullmatch(self.about)
        return (found[1], found[2]) if found else None

    def given(self, flag: str) -> str:
        """What a flag is given, unless the hint leaves that to who reads it."""
        value = self.flags.get(flag, "")
        return "" if value in _LEFT_OPEN else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An option of whatever was typed before, and the value that is proposed."""

    name: str
    value: str = ""


def pieces(hint: str) -> Iterator[str | Command | Flag]:
    """The hint in order: words, and what somebody at a terminal would type."""
    end = 0
    for found in _TYPED.finditer(hint):
        yield hint[end : found.start()]
        end = found.end()
        typed = found[1] or found[2]
        if typed:
            opens = hint[: found.start()].endswith(": ") or not found.start()
            yield _command(typed.split(), alone=opens and end == len(hint))
        else:
            yield Flag(name=found[3], value=found[4])
    yield hint[end:]


def retold(hint: str, command: Callable[[Command], str], flag: Callable[[Flag], str]) -> str:
    """The hint with each piece of a terminal in the words of another face."""
    return "".join(
        command(piece)
        if isinstance(piece, Command)
        else flag(piece)
        if isinstance(piece, Flag)
        else piece
        for piece in pieces(hint)
    )


def _command(words: list[str], *, alone: bool) -> Command:
    verb, *rest = words
    cut = next((n for n, word in enumerate(rest) if word.startswith("--")), len(rest))
    flags: dict[str, str] = {}
    name = ""
    for word in rest[cut:]:
        if word.startswith("--"):
            name = word[2:]
        flags[name] = "" if word.startswith("--") else word
    return Command(verb=verb, about=" ".join(rest[:cut]), flags=flags, alone=alone)
