"""Letters: which ones the bytes of a text file are, and what shows whether that was guessed right."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

UTF16 = "utf-16"
GUESSES = ("cp1252", "latin-1")
"""What spreadsheets on Windows write in most of the West; the second holds any bytes at all."""
KNOWN = (
    "",
    UTF16,
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "mac-roman",
    "cp850",
    "latin-1",
)
"""What somebody may choose; the first is UTF-8."""
_PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)  # fmt: skip
_TOLD = 6
_LONGEST = 40
_BEYOND = re.compile(r"[^\x00-\x7f]")


def encoded(content: bytes) -> str:
    """The encoding of a text: none for UTF-8, with or without a mark; else by its mark, else a guess."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF16
    return next(each for each in ("", *GUESSES) if readable(content, each))


def certain(encoding: str) -> bool:
    """True where the bytes themselves say it: nothing else could have written them like this."""
    return encoding in ("", UTF16)


def readable(content: bytes, encoding: str) -> bool:
    """True when every byte is a letter of this encoding."""
    try:
        content.decode(encoding or "utf-8-sig")
    except UnicodeError:
        return False
    return True


def telling(content: bytes, encoding: str, delimiter: str) -> tuple[str, ...]:
    """A few values with letters beyond the plain ones, by which a person sees whether they are right."""
    text = content.decode(encoding or "utf-8-sig", "replace")
    return tuple(islice(dict.fromkeys(_beyond(text, delimiter or ",")), _TOLD))


def first_line(content: bytes, encoding: str) -> str:
    """The header of a text, as far as it can be read."""
    return content[: 1 << 20].decode(encoding or "utf-8-sig", "ignore").partition("\n")[0]


def plain(name: str) -> str:
    """A name in plain letters, as near as they come: `Straße` is `Strasse`, `Größe` is `Grosse`."""
    parts = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in parts if letter.isascii())


def _beyond(text: str, delimiter: str) -> Iterator[str]:
    for line in text.splitlines():
        if _BEYOND.search(line):
            values = (value.strip(' "') for value in line.split(delimiter))
            yield from (value[:_LONGEST] for value in values if _BEYOND.search(value))
