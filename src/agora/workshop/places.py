"""Places: where in a text somebody wrote a mistake stands, by line and column."""

import re
from dataclasses import dataclass

_QUIET = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Texts and comments, in which a name is no name."""
_QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line and a column of a text, both counted from one."""

    line: int
    column: int


def at(text: str, position: int) -> Place:
    """The place of the byte at this position of the text in UTF-8."""
    return _place(text, len(text.encode()[: max(position, 0)].decode(errors="ignore")))


def named(text: str, sentence: str) -> Place | None:
    """Where the text names what the sentence quotes first, outside of its texts and comments."""
    quoted = _QUOTED.search(sentence)
    if quoted is None:
        return None
    quiet = _QUIET.sub(lambda found: re.sub(r"\S", " ", found[0]), text)
    wanted = rf"(?<!\w){re.escape(quoted[1])}(?!\w)"
    found = re.search(wanted, quiet, re.IGNORECASE)
    return _place(text, found.start()) if found else None


def _place(text: str, index: int) -> Place:
    before = text[:index]
    return Place(line=before.count("\n") + 1, column=index - before.rfind("\n"))
