"""The Index need on SQLite's full text search: a file of its own, which may be dropped at any time."""

import heapq
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from pathlib import Path

from agora.backends.index.database import Database, expression
from agora.backends.index.guesses import instead
from agora.backends.index.matches import Matches, Scores
from agora.backends.index.shelf import Places, Shelf, counted, narrowed
from agora.backends.index.writing import Writing
from agora.model.search import (
    CLOSED,
    FACETS,
    FIELDS,
    WEIGHTS,
    Answered,
    Facet,
    Listed,
    Question,
    Sight,
    Sort,
    Value,
)
from agora.model.words import Term, said
from agora.needs.index import News, Standing

_OWN = "SELECT rowid FROM unlisted_words WHERE unlisted_words MATCH ?"
_TEXTS = "SELECT * FROM unlisted_words WHERE rowid = ?"
_STANDING = "SELECT mesh, place, seal, version FROM standing"


class FtsIndex:
    """Keeps the words in SQLite and the facets in memory; many threads and processes may use one."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._database = Database(path)
        self._shelf = Shelf()
        self._matches = Matches()
        self._guard = threading.Lock()

    def standing(self) -> Standing:
        with self._database.transaction() as connection:
            return _standing(connection)[0]

    def keep(self, before: Standing, news: News) -> bool:
        with self._database.transaction(writes=True) as connection:
            if _standing(connection)[0] != before:
                return False
            Writing(connection).write(news)
            return True

    def find(self, mesh: str, question: Question, sight: Sight, now: datetime) -> Answered | None:
        with self._guard, self._database.transaction() as connection:
            standing, version = _standing(connection)
            if standing.mesh != mesh:
                return None
            self._shelf.refresh(connection, version, now)
            places, terms = self._shelf.places(sight), question.terms
            everybodys = (
                self._matches.of(connection, mesh, terms)
                if terms
                else dict.fromkeys(self._shelf.listed, -1.0)
            )
            return _Search(connection, self._shelf, places, question, everybodys).answered()

    def close(self) -> None:
        self._database.close()


def _standing(connection: sqlite3.Connection) -> tuple[Standing, int]:
    mesh, place, seal, version = connection.execute(_STANDING).fetchone()
    return Standing(mesh=mesh, place=place, seal=seal), version


class _Search:
    """One question, put to one state of the index."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        shelf: Shelf,
        places: Places,
        question: Question,
        everybodys: Scores,
    ) -> None:
        self._connection, self._shelf, self._places = connection, shelf, places
        self._question, self._everybodys = question, everybodys
        self._where = {name: frozenset(values) for name, values in question.where}

    def answered(self) -> Answered:
        """What fits, counted and ranked."""
        scores = self._fitting()
        left = narrowed(self._shelf, scores, self._places, self._where)
        guesses = () if scores else instead(self._connection, self._places.unlisted, self._question)
        return Answered(
            total=len(left),
            unfiltered=len(scores),
            listed=tuple(self._listed(n) for n in self._page(scores, left)),
            facets=self._facets(scores, left),
            instead=guesses,
        )

    def _fitting(self) -> Scores:
        """Every product this reader may know of that fits the words, with how well."""
        own = self._own() if self._places.unlisted else {}
        return {**self._everybodys, **own} if own else self._everybodys

    def _own(self) -> Scores:
        """The reader's own unlisted products among them."""
        terms, known = self._question.terms, self._places.unlisted
        if not terms:
            return dict.fromkeys(known, -1.0)
        found = self._connection.execute(_OWN, (expression(terms),))
        own = [number for (number,) in found if number in known]
        best = min(self._everybodys.values(), default=-1.0) if own else -1.0
        return {number: best * _fitness(self._texts(number), terms) for number in own}

    def _texts(self, number: int) -> Sequence[str]:
        row: Sequence[str] = self._connection.execute(_TEXTS, (number,)).fetchone()
        return row

    def _page(self, scores: Scores, left: Sequence[int]) -> Iterable[int]:
        shelf, question = self._shelf, self._question
        order: Iterable[float]
        match question.sort:
            case Sort.MATCH:
                lift = shelf.lift
                order = [scores[number] * lift[number] for number in left]
            case Sort.NAME:
                order = repeat(0.0)
            case Sort.NEWEST:
                order = [_newest(shelf, number) for number in left]
        ranked = zip(order, map(shelf.names.__getitem__, left), left, strict=False)
        best = heapq.nsmallest(question.offset + question.limit, ranked)
        return [number for _, _, number in best[question.offset :]]

    def _listed(self, number: int) -> Listed:
        quality, age = self._shelf.health[number]
        return Listed(
            name=self._shelf.names[number],
            access=self._places.access(number),
            quality=quality,
            fresh=age,
        )

    def _facets(self, scores: Scores, left: Sequence[int]) -> tuple[Facet, ...]:
        """Every facet; what is chosen of a facet does not narrow its own counts."""
        counts = counted(self._shelf, left, self._places, FACETS)
        for name in self._where:
            others = {key: values for key, values in self._where.items() if key != name}
            base = narrowed(self._shelf, scores, self._places, others)
            counts[name] = counted(self._shelf, base, self._places, (name,))[name]
        return tuple(
            Facet(name=name, values=_values(name, counts[name], self._where.get(name, frozenset())))
            for name in FACETS
        )


def _values(name: str, counts: Mapping[str, int], chosen: frozenset[str]) -> tuple[Value, ...]:
    """The values that are met or chosen: ours in their order, others by how often they are met."""
    met = [value for value in {*counts, *chosen} if counts.get(value) or value in chosen]
    order = CLOSED.get(name)
    ordered = sorted(
        met, key=order.index if order else lambda value: (-counts.get(value, 0), value)
    )
    return tuple(
        Value(value=str(value), count=counts.get(value, 0), chosen=value in chosen)
        for value in ordered
    )


def _newest(shelf: Shelf, number: int) -> float:
    at = shelf.kept[number].released_at
    return -at.timestamp() if at else 0.0


def _fitness(texts: Sequence[str], terms: Sequence[Term]) -> float:
    """How well an unlisted product fits beside the best listed one: from half of it to half as much more.

    What the file counts of all unlisted products does not enter: it would tell of others' ones.
    """
    found = 0.0
    for term in terms:
        fields = zip(FIELDS, texts, strict=True)
        found += next((WEIGHTS[name] for name, text in fields if said(text, term)), 0.0)
    return 0.5 + found / (len(terms) * max(WEIGHTS.values()))
