"""Words: what a text is taken apart into, alike when it is kept and when somebody looks for it.

Case, accents and marks do not count: `Café`, `CAFE` and `cafe` are one word. Whatever is neither a
letter nor a digit parts words, so `sold_at` is the two words `sold at`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile("(?:[^\\W_]|[\u0300-\u036f])+")
_PARTING = {code: " " for code in range(128) if not chr(code).isalnum()}
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that stand side by side; with `prefix` the last of them may go on."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The letters from `start` up to `end` of a text, counted from 0: what was found there."""

    start: int
    end: int


def plain(word: str) -> str:
    """The word without case, accents and marks."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(letter for letter in parts if letter.isalnum())


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Every word of a text, plain, with the place where it begins and ends there."""
    for found in _WORD.finditer(text):
        word = plain(found[0])
        if word:
            yield word, found.start(), found.end()


def words(text: str) -> tuple[str, ...]:
    """The plain words of a text in their order."""
    if text.isascii():
        return tuple(text.lower().translate(_PARTING).split())
    return tuple(word for word, _, _ in placed(text))


def terms(text: str) -> tuple[Term, ...]:
    """What somebody looks for: single words, `"words side by side"`, and a last word just begun."""
    found: list[Term] = []
    for part in _PART.finditer(text):
        quoted, bare = part.groups()
        each = words(bare if quoted is None else quoted)
        if each:
            found.append(Term(words=each, prefix=quoted is None and not text[part.end() :].strip()))
    return tuple(found)


def marks(text: str, wanted: Sequence[Term]) -> tuple[Mark, ...]:
    """Where the terms stand in a text, in order and without overlaps."""
    ranges = list(_ranges(text, wanted))
    if not ranges:
        return ()
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(Mark(start=start, end=end) for start, end in merged)


def _ranges(text: str, wanted: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where each term stands; plain texts need not be taken apart for it."""
    if text.isascii():
        lower = text.lower()
        for term in wanted:
            if term.words[0] in lower:
                yield from _plainly(lower, term)
        return
    there = list(placed(text))
    bare = [word for word, _, _ in there]
    for term in wanted:
        for at in stands(bare, term):
            yield there[at][1], there[at + len(term.words) - 1][2]


def _plainly(lower: str, term: Term) -> Iterator[tuple[int, int]]:
    """Where a term stands in a plain lower text: the pattern is tried only where it may begin."""
    begins, fits = term.words[0], _pattern(term).match
    at = lower.find(begins)
    while at >= 0:
        found = fits(lower, at)
        if found:
            yield found.span()
        at = lower.find(begins, at + 1)


@lru_cache(maxsize=256)
def _pattern(term: Term) -> re.Pattern[str]:
    """The term as a pattern for plain lower texts."""
    rest = r"[^\W_]*" if term.prefix else r"(?![^\W_])"
    words = r"[\W_]+".join(term.words)
    return re.compile(rf"(?<![^\W_]){words}{rest}", re.ASCII)


def stands(there: Sequence[str], term: Term) -> Iterator[int]:
    """Every place in a row of words where a term begins."""
    size = len(term.words)
    for at in range(len(there) - size + 1):
        *firsts, last = there[at : at + size]
        same = last.startswith(term.words[-1]) if term.prefix else last == term.words[-1]
        if same and tuple(firsts) == term.words[:-1]:
            yield at


def holds(there: Sequence[str], term: Term) -> bool:
    """True when the term stands somewhere in a row of words."""
    return next(stands(there, term), None) is not None


def said(text: str, term: Term) -> bool:
    """True when the term stands somewhere in a text."""
    if text.isascii():
        return next(_ranges(text, (term,)), None) is not None
    return holds(words(text), term)


def near(word: str) -> frozenset[str]:
    """Every word one slip away: a letter too many, too few, another one, or two changed over."""
    letters = sorted({*"abcdefghijklmnopqrstuvwxyz0123456789", *word})
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    dropped = {a + b[1:] for a, b in halves if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    changed = {a + c + b[1:] for a, b in halves if b for c in letters}
    added = {a + c + b for a, b in halves for c in letters}
    return frozenset({*dropped, *swapped, *changed, *added} - {word, ""})
