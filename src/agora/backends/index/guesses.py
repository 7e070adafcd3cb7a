"""Guesses: words to try instead, taken only from products the reader may know of."""

import difflib
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from agora.backends.index.database import expression
from agora.model.search import FIELDS, Question
from agora.model.words import Term, near

_LISTED = "SELECT 1 FROM listed_words WHERE listed_words MATCH ? LIMIT 1"
_UNLISTED = "SELECT rowid FROM unlisted_words WHERE unlisted_words MATCH ?"
_TEXTS = "SELECT * FROM unlisted_words WHERE rowid = ?"
_BEGUN = "SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT ?"
_SHORTEST = 3
_LONG = 5
_SCANNED = 5000
_AT_ONCE = 900


def instead(
    connection: sqlite3.Connection, unlisted: frozenset[int], question: Question
) -> tuple[tuple[str, str], ...]:
    """The words nobody uses, each with one that is near, when something fits those.

    Only words of listed products and of the reader's own unlisted ones are looked at.
    """
    said = _Said(connection, unlisted)
    found: dict[str, str] = {}
    for term in question.terms:
        for place, word in enumerate(term.words):
            begun = term.prefix and place == len(term.words) - 1
            if word not in found and not said.met((Term(words=(word,), prefix=begun),)):
                other = said.nearest(word)
                if other is None:
                    return ()
                found[word] = other
    tried = [
        replace(term, words=tuple(found.get(word, word) for word in term.words))
        for term in question.terms
    ]
    return tuple(found.items()) if found and said.met(tried) else ()


class _Said:
    """What the products say that one reader may know of."""

    def __init__(self, connection: sqlite3.Connection, unlisted: frozenset[int]) -> None:
        self._ask, self._unlisted = connection.execute, unlisted

    def met(self, terms: Iterable[Term]) -> bool:
        """True when some product fits all the terms."""
        asked = (expression(terms),)
        if self._ask(_LISTED, asked).fetchone():
            return True
        return bool(self._unlisted) and any(
            n in self._unlisted for (n,) in self._ask(_UNLISTED, asked)
        )

    def nearest(self, word: str) -> str | None:
        """The word met most often one slip away, or for a long one the most alike with its beginning."""
        if len(word) < _SHORTEST:
            return None
        there = self._counted(sorted(near(word)))
        if there:
            return min(there, key=lambda each: (-there[each], each))
        if len(word) < _LONG:
            return None
        start = word[:2]
        terms = {t for (t,) in self._ask(_BEGUN, (start, start + "\U0010ffff", _SCANNED))}
        terms |= {each for said in self._own for each in said if each.startswith(start)}
        return next(iter(difflib.get_close_matches(word, sorted(terms), n=1, cutoff=0.75)), None)

    @cached_property
    def _own(self) -> list[set[str]]:
        """The words of each of the reader's own unlisted products, read once somebody needs them."""
        rows = (self._ask(_TEXTS, (number,)).fetchone() for number in self._unlisted)
        return [{w for text in row[: len(FIELDS)] for w in text.split()} for row in rows if row]

    def _counted(self, words: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(words), _AT_ONCE):
            some = words[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            chosen = f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})"
            found |= dict(self._ask(chosen, some))
        wanted = frozenset(words)
        for said in self._own:
            for word in wanted & said:
                found[word] = found.get(word, 0) + 1
        return found
