"""The Index need on SQLite's full text search: a file of its own, which may be dropped at any time."""

import hashlib
import heapq
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from agora.backends.index.database import Database, expression
from agora.backends.index.guesses import instead
from agora.backends.index.shelf import Places, Shelf, counted, narrowed
from agora.model.search import (
    CLOSED,
    DAYS,
    FACETS,
    FIELDS,
    WEIGHTS,
    Answered,
    Facet,
    Listed,
    Listing,
    Question,
    Sight,
    Sort,
    Value,
)
from agora.model.words import Term, holds, words
from agora.needs.index import News, Standing

_BM25 = f"bm25(listed_words, {', '.join(str(WEIGHTS[field]) for field in FIELDS)})"
_MATCHING = f"SELECT rowid, {_BM25} FROM listed_words WHERE listed_words MATCH ?"
_OWN = "SELECT rowid, * FROM unlisted_words WHERE unlisted_words MATCH ?"
_INTO = f"INSERT INTO {{}} (rowid, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})".replace(
    ", column,", ', "column",'
)
_KEEP = (
    "INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (id) DO UPDATE"
    " SET digest = excluded.digest, listed = excluded.listed, kind = excluded.kind,"
    " state = excluded.state, tags = excluded.tags, formats = excluded.formats, age = excluded.age,"
    " begins = excluded.begins, ends = excluded.ends, there = 1, touched = excluded.touched"
)
Scored = Sequence[tuple[int, float]]


class FtsIndex:
    """Keeps the words in SQLite and the facets in memory; many threads and processes may use one."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._database = Database(path)
        self._shelf = Shelf()
        self._guard = threading.Lock()

    def standing(self) -> Standing:
        with self._database.transaction() as connection:
            return _standing(connection)

    def keep(self, before: Standing, news: News) -> bool:
        with self._database.transaction(writes=True) as connection:
            if _standing(connection) != before:
                return False
            _Writing(connection).write(news)
            return True

    def find(self, mesh: str, question: Question, sight: Sight, now: datetime) -> Answered | None:
        with self._guard, self._database.transaction() as connection:
            if _standing(connection).mesh != mesh:
                return None
            version = connection.execute("SELECT version FROM standing").fetchone()[0]
            self._shelf.refresh(connection, version, now)
            places = self._shelf.places(sight)
            return _Search(connection, self._shelf, places, question).answered()

    def close(self) -> None:
        self._database.close()


def _standing(connection: sqlite3.Connection) -> Standing:
    mesh, place, seal = connection.execute("SELECT mesh, place, seal FROM standing").fetchone()
    return Standing(mesh=mesh, place=place, seal=seal)


class _Search:
    """One question, put to one state of the index."""

    def __init__(
        self, connection: sqlite3.Connection, shelf: Shelf, places: Places, question: Question
    ) -> None:
        self._connection, self._shelf, self._places = connection, shelf, places
        self._question = question
        self._where = {name: frozenset(values) for name, values in question.where}

    def answered(self) -> Answered:
        """What fits, counted and ranked."""
        scored = self._fitting()
        numbers = [number for number, _ in scored]
        left = narrowed(self._shelf, numbers, self._places, self._where)
        guesses = (
            () if numbers else instead(self._connection, self._places.unlisted, self._question)
        )
        return Answered(
            total=len(left),
            unfiltered=len(numbers),
            listed=tuple(self._listed(n) for n in self._page(scored, left)),
            facets=self._facets(numbers, left),
            instead=guesses,
        )

    def _fitting(self) -> Scored:
        """Every product this reader may know of that fits the words, with how well (more is better)."""
        terms = self._question.terms
        if not terms:
            return [(number, 1.0) for number in (*self._shelf.listed, *self._places.unlisted)]
        asked = (expression(terms),)
        found = [(n, -score) for n, score in self._connection.execute(_MATCHING, asked)]
        if self._places.unlisted:
            best = max((score for _, score in found), default=1.0)
            found += [
                (number, best * _fitness(texts, terms))
                for number, *texts in self._connection.execute(_OWN, asked)
                if number in self._places.unlisted
            ]
        return found

    def _page(self, scored: Scored, left: Sequence[int]) -> Iterable[int]:
        shelf, question = self._shelf, self._question
        names = shelf.names
        if len(left) != len(scored):
            kept = frozenset(left)
            scored = [each for each in scored if each[0] in kept]
        ranked: Iterable[tuple[object, str, int]]
        match question.sort:
            case Sort.MATCH:
                lift = shelf.lift
                ranked = [(-score * lift[n], names[n], n) for n, score in scored]
            case Sort.NAME:
                ranked = [(0, names[n], n) for n, _ in scored]
            case Sort.NEWEST:
                ranked = [(_newest(shelf, n), names[n], n) for n, _ in scored]
        best = heapq.nsmallest(question.offset + question.limit, ranked)
        return [number for _, _, number in islice(best, question.offset, None)]

    def _listed(self, number: int) -> Listed:
        shelf = self._shelf
        return Listed(
            name=shelf.names[number],
            access=self._places.access(number),
            quality=shelf.quality[number],
            fresh=shelf.fresh[number],
        )

    def _facets(self, numbers: Sequence[int], left: Sequence[int]) -> tuple[Facet, ...]:
        """Every facet; what is chosen of a facet does not narrow its own counts."""
        free = [name for name in FACETS if name not in self._where]
        counts = counted(self._shelf, left, self._places, free)
        for name in self._where:
            others = {key: values for key, values in self._where.items() if key != name}
            base = narrowed(self._shelf, numbers, self._places, others)
            counts |= counted(self._shelf, base, self._places, (name,))
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
    """How well an unlisted product fits, from nothing (0) to every word in its name (1)."""
    found = 0.0
    for term in terms:
        fields = zip(FIELDS, texts, strict=True)
        found += max(WEIGHTS[name] for name, text in fields if holds(text.split(), term))
    return found / (len(terms) * max(WEIGHTS.values()))


class _Writing:
    """The news, written within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        version, today = connection.execute("SELECT version, today FROM standing").fetchone()
        self._version, self._today = version + 1, today

    def write(self, news: News) -> None:
        """The index stands where the news stand."""
        run = self._connection.execute
        if news.anew:
            for table in ("released", "use", "used"):
                run(f"DELETE FROM {table}")
            run("UPDATE product SET touched = ?", (self._version,))
        if news.listings is not None:
            self._listings(news.listings)
        for name, at in news.released.items():
            moment = None if at is None else at.timestamp()
            run("INSERT OR REPLACE INTO released VALUES (?, ?)", (name, moment))
        self._uses(news)
        self._touch(news.released)
        stands = news.standing
        run(
            "UPDATE standing SET mesh = ?, place = ?, seal = ?, today = ?, version = ?",
            (stands.mesh, stands.place, stands.seal, news.today.isoformat(), self._version),
        )

    def _uses(self, news: News) -> None:
        run = self._connection.execute
        for (name, day), times in news.uses.items():
            run(
                "INSERT INTO use VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET times = times + ?",
                (name, day.isoformat(), times, times),
            )
        names = {name for name, _ in news.uses}
        if self._today != news.today.isoformat():
            names |= {name for (name,) in run("SELECT name FROM used")}
        since = (news.today - timedelta(days=DAYS)).isoformat()
        run("DELETE FROM use WHERE day <= ?", (since,))
        for name in names:
            total = "SELECT coalesce(sum(times), 0) FROM use WHERE name = ?"
            run(f"INSERT OR REPLACE INTO used VALUES (?, ({total}))", (name, name))
        self._touch(names)

    def _listings(self, listings: Sequence[Listing]) -> None:
        run = self._connection.execute
        chosen = run("SELECT name, id, digest, listed, there FROM product").fetchall()
        before = {name: rest for name, *rest in chosen}
        number = max((rest[0] for rest in before.values()), default=0)
        for listing in listings:
            name, digest = str(listing.name), _digest(listing)
            place, old, listed, there = before.pop(name, (0, "", 0, 0))
            if there and old == digest:
                continue
            if there:
                self._forget(place, listed)
            if not place:
                number += 1
                place = number
            run(_KEEP, _row(place, digest, listing, self._version))
            run(_INTO.format(_table(listing.listed)), (place, *map(_text, listing.texts)))
        for place, _, listed, there in before.values():
            if there:
                self._forget(place, listed)
                gone = "UPDATE product SET there = 0, touched = ? WHERE id = ?"
                run(gone, (self._version, place))

    def _forget(self, place: int, listed: int) -> None:
        self._connection.execute(f"DELETE FROM {_table(bool(listed))} WHERE rowid = ?", (place,))

    def _touch(self, names: Iterable[str]) -> None:
        self._connection.executemany(
            "UPDATE product SET touched = ? WHERE name = ?",
            [(self._version, name) for name in names],
        )


def _table(listed: bool) -> str:  # noqa: FBT001 (the answer of the database, as it is)
    return "listed_words" if listed else "unlisted_words"


def _text(text: str) -> str:
    return " ".join(words(text))


def _digest(listing: Listing) -> str:
    return hashlib.sha256(repr(listing).encode("utf-8", "surrogatepass")).hexdigest()


def _row(place: int, digest: str, listing: Listing, version: int) -> tuple[object, ...]:
    return (
        place,
        str(listing.name),
        digest,
        listing.listed,
        listing.name.domain,
        listing.kind,
        listing.state,
        json.dumps(listing.tags),
        json.dumps(listing.formats),
        None if listing.age is None else listing.age.total_seconds(),
        None if listing.begins is None else listing.begins.timestamp(),
        None if listing.ends is None else listing.ends.timestamp(),
        version,
    )
