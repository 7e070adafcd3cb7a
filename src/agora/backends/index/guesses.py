"""Guesses: words to try instead, taken only from products the reader may know of."""

import difflib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

from agora.backends.index.database import expression
from agora.model.search import FIELDS, Question
from agora.model.words import Term, holds, near

_LISTED = "SELECT 1 FROM listed_words WHERE listed_words MATCH ? LIMIT 1"
_SHORTEST = 3
_LONG = 5
_SCANNED = 5000
_AT_ONCE = 900


def instead(
    connection: sqlite3.Connection, unlisted: Iterable[int], question: Question
) -> tuple[tuple[str, str], ...]:
    """The words nobody uses, each with one that is near, when something fits those.

    Only words of listed products and of the reader's own unlisted ones are looked at.
    """
    own = list(_texts(connection, unlisted))
    found: dict[str, str] = {}
    for term in question.terms:
        for place, word in enumerate(term.words):
            begun = term.prefix and place == len(term.words) - 1
            if word not in found and not _met(
                connection, own, (Term(words=(word,), prefix=begun),)
            ):
                other = _nearest(connection, own, word)
                if other is None:
                    return ()
                found[word] = other
    tried = [
        replace(term, words=tuple(found.get(word, word) for word in term.words))
        for term in question.terms
    ]
    return tuple(found.items()) if found and _met(connection, own, tried) else ()


def _texts(
    connection: sqlite3.Connection, unlisted: Iterable[int]
) -> Iterator[tuple[list[str], ...]]:
    for number in unlisted:
        row = connection.execute(
            "SELECT * FROM unlisted_words WHERE rowid = ?", (number,)
        ).fetchone()
        if row:
            yield tuple(text.split() for text in row[: len(FIELDS)])


def _met(
    connection: sqlite3.Connection, own: list[tuple[list[str], ...]], terms: Iterable[Term]
) -> bool:
    """True when some product the reader may know of fits all the terms."""
    if connection.execute(_LISTED, (expression(terms),)).fetchone():
        return True
    return any(all(any(holds(text, t) for text in texts) for t in terms) for texts in own)


def _nearest(
    connection: sqlite3.Connection, own: list[tuple[list[str], ...]], word: str
) -> str | None:
    """The word met most often one slip away, or for a long one the most alike with its beginning."""
    if len(word) < _SHORTEST:
        return None
    there = _counted(connection, own, sorted(near(word)))
    if there:
        return min(there, key=lambda each: (-there[each], each))
    if len(word) < _LONG:
        return None
    start = word[:2]
    chosen = "SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT ?"
    terms = {t for (t,) in connection.execute(chosen, (start, start + "\U0010ffff", _SCANNED))}
    terms |= {each for texts in own for text in texts for each in text if each.startswith(start)}
    return next(iter(difflib.get_close_matches(word, sorted(terms), n=1, cutoff=0.75)), None)


def _counted(
    connection: sqlite3.Connection, own: list[tuple[list[str], ...]], words: list[str]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(words), _AT_ONCE):
        some = words[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        found |= dict(
            connection.execute(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", some)
        )
    wanted = frozenset(words)
    for texts in own:
        for word in wanted.intersection(*[{each for text in texts for each in text}]):
            found[word] = found.get(word, 0) + 1
    return found
