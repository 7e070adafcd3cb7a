"""The terminal: results on standard output, everything else on standard error, nothing harmful."""

import json
import os
import sys
from typing import Any

from agora.model.documents import to_document

_ESCAPES = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0)) if code not in (9, 10)
}
_FORMAT = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
_CODES = {"red": "31", "yellow": "33", "green": "32", "cyan": "36", "dim": "2", "bold": "1"}


def safe(text: str) -> str:
    """The text without control characters: a cell's value must not steer a terminal."""
    return text.translate(_ESCAPES).translate(_FORMAT)


def coloured(stream: Any) -> bool:
    """True when colour is wanted: a terminal, and nobody has said NO_COLOR."""
    return (
        bool(stream.isatty()) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    )


def paint(text: str, *styles: str, stream: Any = None) -> str:
    """The text in these styles where colour is wanted."""
    if not coloured(stream or sys.stdout):
        return text
    return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def say(text: str = "") -> None:
    """A line of the result."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """A line for the person, not part of the result."""
    sys.stderr.write(text + "\n")


def give(kind: str, content: object) -> None:
    """A result for a program: one JSON object with its kind and version."""
    document = {"agora": 1, "kind": kind, "result": to_document(content)}
    say(json.dumps(document, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def count(number: int, word: str, plural: str = "") -> str:
    """`1 row`, `2 rows`, `1,469,307 rows`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
