"""Matches: which listed products fit some words, kept for who asks the same again.

Somebody who chooses a facet or turns the page asks for the same words. What fits them is the same for
everybody, as everybody may know of listed products, and it is the same until the mesh is another.
"""

import sqlite3
from collections.abc import Mapping

from agora.backends.index.database import expression
from agora.model.search import FIELDS, WEIGHTS
from agora.model.words import Term

BM25 = f"bm25(listed_words, {', '.join(str(WEIGHTS[field]) for field in FIELDS)})"
_MATCHING = f"SELECT rowid, {BM25} FROM listed_words WHERE listed_words MATCH ?"
MOST = 200_000
"""So many numbers of products are kept, which is some 20 MB."""
Scores = Mapping[int, float]
"""How well products fit, by their numbers; as bm25 counts, less is better and nothing is above 0."""


class Matches:
    """The scores of the last questions about one mesh."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._mesh = ""
        self._kept: dict[tuple[Term, ...], Scores] = {}
        self._size = 0

    def of(self, connection: sqlite3.Connection, mesh: str, terms: tuple[Term, ...]) -> Scores:
        """The listed products that fit all the terms; the index is of this mesh."""
        if mesh != self._mesh:
            self._mesh, self._kept, self._size = mesh, {}, 0
        found = self._kept.pop(terms, None)
        if found is None:
            found = dict(connection.execute(_MATCHING, (expression(terms),)))
            self._size += len(found)
        self._kept[terms] = found
        while self._size > MOST:
            self._size -= len(self._kept.pop(next(iter(self._kept))))
        return found
