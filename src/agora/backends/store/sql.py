"""The Store need on any SQL database: nouns as documents, and the ledger in the same transaction."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar, cast

import sqlalchemy as sa

from agora.backends.store.database import Database
from agora.backends.store.grouping import Group
from agora.backends.store.reading import Reading
from agora.backends.store.tables import batches, ledger, nouns
from agora.governance.proof import GENESIS, leaf
from agora.governance.proof import seal as sealed
from agora.model.documents import to_document
from agora.model.errors import Conflict
from agora.model.ledger import Batch, Entry, Event, Record
from agora.needs.store import Kept, Put

N = TypeVar("N")
PAGE = 1_000
_LAST = "\U0010ffff"
"""Sorts behind whatever may follow a prefix: a range is looked up, where LIKE would read every key.

It has one lower end: of two, SQLite looked up the lesser one and read every key before the prefix.
"""
_UNREADABLE = Entry(event=Event.CHECKED, at=datetime.min.replace(tzinfo=UTC), who="unreadable")
SCHEMA_VERSION = 1
_KIND, _KEY = nouns.c.kind == sa.bindparam("kind"), nouns.c.key == sa.bindparam("key")
_NEWEST = sa.select(nouns).where(_KIND, _KEY, nouns.c.newest)
_HISTORY = sa.select(nouns).where(_KIND, _KEY).order_by(nouns.c.revision)
_GONE = sa.delete(nouns).where(_KIND, _KEY)
_RANGE = (
    sa.select(nouns)
    .where(_KIND, nouns.c.newest)
    .where(nouns.c.key >= sa.bindparam("first"), nouns.c.key < sa.bindparam("last"))
    .order_by(nouns.c.key)
    .limit(PAGE)
)
_RECORDS = (
    sa.select(ledger)
    .where(ledger.c.place > sa.bindparam("after"))
    .order_by(ledger.c.place)
    .limit(sa.bindparam("most"))
)
"""What is asked all day is put together once: doing so costs more than asking it."""


class SqlStore:
    """Keeps nouns and the ledger; commits of several threads share one transaction."""

    def __init__(self, url: str) -> None:
        """Open nothing yet: the database is opened by the first use."""
        self._database = Database(url)
        self._group = Group(self._commit_all)
        self._reading = Reading()

    def get(self, kind: type[N], key: str) -> Kept[N] | None:
        with self._database.reading() as connection:
            row = connection.execute(_NEWEST, {"kind": kind.__name__, "key": key}).first()
        return self._kept(kind, row) if row else None

    def find(self, kind: type[N], prefix: str = "") -> Iterator[Kept[N]]:
        asked = {"kind": kind.__name__, "first": prefix, "last": prefix + _LAST}
        seen = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_RANGE, asked).all()
            yield from (self._kept(kind, row) for row in rows if row.key != seen)
            if len(rows) < PAGE:
                return
            seen = asked["first"] = rows[-1].key

    def history(self, kind: type[N], key: str) -> Iterator[Kept[N]]:
        with self._database.reading() as connection:
            rows = connection.execute(_HISTORY, {"kind": kind.__name__, "key": key}).all()
        yield from (self._kept(kind, row) for row in rows)

    def commit(self, puts: Sequence[Put], entries: Sequence[Entry]) -> tuple[int, ...]:
        places: tuple[int, ...] = self._group.join((tuple(puts), tuple(entries)))
        return places

    def forget(self, kept: Sequence[Kept[N]]) -> int:
        with self._database.writing() as connection:
            return sum(_forgotten(connection, each) for each in kept)

    def records(self, *, after: int = 0, limit: int | None = None) -> Iterator[Record]:
        given = 0
        while limit is None or given < limit:
            page = PAGE if limit is None else min(PAGE, limit - given)
            with self._database.reading() as connection:
                rows = connection.execute(_RECORDS, {"after": after, "most": page}).all()
            yield from (self._record(row) for row in rows)
            given += len(rows)
            if len(rows) < page:
                return
            after = rows[-1].place

    def batches(self) -> Iterator[Batch]:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(batches).order_by(batches.c.number)).all()
        yield from (Batch(**row._mapping) for row in rows)  # noqa: SLF001 (SQLAlchemy's public name)

    def seal(self) -> Batch | None:
        with self._database.writing() as connection:
            last = connection.execute(
                sa.select(batches).order_by(batches.c.number.desc()).limit(1)
            ).first()
            after = last.last if last else 0
            rows = connection.execute(
                sa.select(ledger).where(ledger.c.place > after).order_by(ledger.c.place)
            ).all()
            if not rows:
                return None
            batch = sealed(
                last.number + 1 if last else 1,
                [self._record(row) for row in rows],
                last.hash if last else GENESIS,
            )
            connection.execute(sa.insert(batches), [_columns(batch)])
        return batch

    def close(self) -> None:
        self._database.close()

    def _commit_all(
        self, wishes: Sequence[tuple[tuple[Put, ...], tuple[Entry, ...]]]
    ) -> list[tuple[int, ...] | Conflict]:
        """All wishes in one transaction; one that conflicts is undone alone."""
        answers: list[tuple[int, ...] | Conflict] = []
        with self._database.writing() as connection:
            for puts, entries in wishes:
                try:
                    with connection.begin_nested():
                        for put in puts:
                            _put(connection, put)
                        answers.append(_append(connection, entries))
                except Conflict as conflict:
                    answers.append(conflict)
        return answers

    def _kept(self, kind: type[N], row: "sa.Row[tuple[object, ...]]") -> Kept[N]:
        noun = self._reading.noun(kind, row.document)
        return Kept(key=cast("str", row.key), revision=cast("int", row.revision), noun=noun)

    def _record(self, row: "sa.Row[tuple[object, ...]]") -> Record:
        """The record as its body says; columns beside the body are only copies."""
        try:
            entry = self._reading.noun(Entry, row.body, within="entry")
        except (ValueError, KeyError, TypeError):
            entry = _UNREADABLE
        return Record(
            place=row.place,
            recorded_at=datetime.fromisoformat(row.recorded_at),
            entry=entry,
            body=row.body,
            hash=row.hash,
        )


def _put(connection: sa.Connection, put: Put) -> None:
    kind = type(put.noun).__name__
    here = sa.and_(nouns.c.kind == kind, nouns.c.key == put.key)
    if put.revision:
        outdated = connection.execute(
            sa.update(nouns)
            .where(here, nouns.c.revision == put.revision, nouns.c.newest)
            .values(newest=False)
        )
        stale = outdated.rowcount != 1
    else:
        stale = connection.execute(sa.select(nouns.c.revision).where(here)).first() is not None
    if stale:
        raise Conflict(
            f"`{put.key}` was changed by somebody else", code="E409", hint="look again and retry"
        )
    row = {
        "kind": kind,
        "key": put.key,
        "revision": put.revision + 1,
        "schema_version": SCHEMA_VERSION,
        "newest": True,
        "document": json.dumps(to_document(put.noun), ensure_ascii=False),
    }
    connection.execute(sa.insert(nouns), [row])


def _forgotten(connection: sa.Connection, kept: Kept[N]) -> bool:
    named = {"kind": type(kept.noun).__name__, "key": kept.key}
    row = connection.execute(_NEWEST, named).first()
    if row is None or row.revision != kept.revision:
        return False
    connection.execute(_GONE, named)
    return True


def _append(connection: sa.Connection, entries: Sequence[Entry]) -> tuple[int, ...]:
    if not entries:
        return ()
    last = connection.execute(sa.select(sa.func.max(ledger.c.place))).scalar() or 0
    rows = [_row(place, entry) for place, entry in enumerate(entries, start=last + 1)]
    connection.execute(sa.insert(ledger), rows)
    return tuple(range(last + 1, last + 1 + len(rows)))


def _row(place: int, entry: Entry) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    document = {"place": place, "recorded_at": now, "entry": to_document(entry)}
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"place": place, "recorded_at": now, "body": body, "hash": leaf(body)}


def _columns(batch: Batch) -> dict[str, object]:
    return {column.name: getattr(batch, column.name) for column in batches.columns}
