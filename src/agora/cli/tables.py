"""Tables: rows laid out for reading, numbers to the right, as wide as the terminal and no wider."""

import shutil
import unicodedata
from collections.abc import Sequence

from agora.cli.terminal import paint, safe

GAP = "  "
NARROWEST = 6


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
) -> str:
    """The rows under their header; long cells end in `…` where the terminal is too narrow.

    The columns at the places in `whole` are never cut: they hold what people copy.
    """
    cells = [[safe(cell.replace("\n", "⏎")) for cell in row] for row in rows]
    heads = [safe(name) for name in header]
    turned = list(right) or [False] * len(heads)
    widths = [max([width(h), *(width(row[n]) for row in cells)]) for n, h in enumerate(heads)]
    widths = _fitted(widths, set(whole), room or shutil.get_terminal_size((100, 24)).columns)
    lines = [paint(_line(heads, widths, turned), "bold")]
    lines.append(paint(GAP.join("─" * w for w in widths), "dim"))
    lines += [_line(row, widths, turned) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


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
