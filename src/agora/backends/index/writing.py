"""Writing: what changed in the mesh and in the ledger, put into the index within one transaction."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import timedelta

from agora.model.search import DAYS, FIELDS, Listing
from agora.model.words import words
from agora.needs.index import News

_INTO = f"INSERT INTO {{}} (rowid, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})".replace(
    ", column,", ', "column",'
)
_KEEP = (
    "INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (id) DO UPDATE"
    " SET digest = excluded.digest, listed = excluded.listed, kind = excluded.kind,"
    " state = excluded.state, tags = excluded.tags, formats = excluded.formats, age = excluded.age,"
    " begins = excluded.begins, ends = excluded.ends, there = 1, touched = excluded.touched"
)


class Writing:
    """The news, written within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Note which version of the file this makes."""
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
            told = (name, moment, name in news.flawed)
            run("INSERT OR REPLACE INTO released VALUES (?, ?, ?)", told)
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
