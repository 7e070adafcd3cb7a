"""Tables: rows laid out for reading, numbers to the right, as wide as the terminal and no wider."""

import shutil
import textwrap
import unicodedata
from collections.abc import Sequence

from agora.cli.answers.terminal import paint, safe

GAP = "  "
NARROWEST = 6
LEGIBLE = 10
"""A text may be cut to so many cells before its column is better left out."""
PIPED = 400


def line_width() -> int:
    """How many cells a line may take: what the terminal has, or plenty where there is none."""
    return shutil.get_terminal_size((PIPED, 24)).columns


def width(text: str) -> int:
    """How many cells a text takes in a terminal."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[bool] = (),
    whole: Sequence[int] = (),
    room: int = 0,
    wrap: bool = False,
) -> str:
    """The rows under their header; long cells end in `…` where the terminal is too narrow.

    The columns at the places in `whole` are never cut: they hold what people copy. With `wrap` the
    last column goes on in the next line instead. A column without a word in it is left out.
    """
    told = [n for n, head in enumerate(header) if head or any(row[n] for row in rows)]
    header, rows = [header[n] for n in told], [[row[n] for n in told] for row in rows]
    right = [right[n] for n in told] if right else ()
    whole = [told.index(n) for n in whole if n in told]
    cells = [[safe(cell.replace("\n", "⏎")) for cell in row] for row in rows]
    heads = [safe(name) for name in header]
    turned = list(right) or [False] * len(heads)
    widths = [max([width(h), *(width(row[n]) for row in cells)]) for n, h in enumerate(heads)]
    widths = _fitted(widths, set(whole), room or line_width())
    lines = [paint(_line(heads, widths, turned), "bold")]
    lines.append(paint(GAP.join("─" * w for w in widths), "dim"))
    for row in cells:
        lines += _wrapped(row, widths, turned) if wrap else [_line(row, widths, turned)]
    return "\n".join(line.rstrip() for line in lines)


def legible(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], room: int
) -> int:
    """How many columns from the left can be read side by side: numbers whole, texts cut a little."""
    used = 0
    for n, (head, number) in enumerate(zip(header, right, strict=True)):
        need = max([width(safe(head)), *(width(safe(row[n])) for row in rows)])
        used += (need if number else min(need, LEGIBLE)) + (len(GAP) if n else 0)
        if used > room:
            return max(n, 1)
    return len(header)


def _wrapped(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    """The row, its last cell broken between words into as many lines as it takes."""
    parts = textwrap.wrap(cells[-1], widths[-1], break_on_hyphens=False) or [""]
    firsts = [[*cells[:-1], parts[0]], *([""] * (len(cells) - 1) + [each] for each in parts[1:])]
    return [_line(row, widths, right) for row in firsts]


def _fitted(widths: list[int], whole: set[int], room: int) -> list[int]:
    """Take from the widest column until the line fits, as long as anything can be read."""
    found = list(widths)
    room -= len(GAP) * (len(found) - 1)
    while sum(found) > room:
        free = [place for place in range(len(found)) if place not in whole]
        widest = max(free, key=lambda place: found[place], default=None)
        if widest is None or found[widest] <= NARROWEST:
            break
        found[widest] -= 1
    return found


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = []
    for cell, room, turned in zip(cells, widths, right, strict=True):
        cut = _cut(cell, room)
        space = " " * (room - width(cut))
        parts.append(space + cut if turned else cut + space)
    return GAP.join(parts)


def _cut(text: str, room: int) -> str:
    if width(text) <= room:
        return text
    while text and width(text) > room - 1:
        text = text[:-1]
    return text + "…"
