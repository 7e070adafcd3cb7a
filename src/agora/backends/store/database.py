"""The database behind the store: opened lazily, durable, and silent about its own errors."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from agora.backends.store.tables import metadata
from agora.model.errors import Unavailable

BUSY_SECONDS = 30


class Database:
    """One SQLAlchemy engine; on SQLite every commit is on disk before it returns."""

    def __init__(self, url: str) -> None:
        """Remember where the database is; `sqlite:` URLs name a file."""
        self._url = url
        self._engine: sa.Engine | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state."""
        with self._told(), self._opened().connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the only right to write; all of it is kept, or nothing."""
        engine = self._opened().execution_options(agora_writes=True)
        with self._told(), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7253)")
            yield connection

    def close(self) -> None:
        """Every connection is given back."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> sa.Engine:
        if self._engine is None:
            self._engine = self._open()
        return self._engine

    def _open(self) -> sa.Engine:
        if not self._url.startswith("sqlite:"):
            engine = sa.create_engine(self._url, pool_pre_ping=True)
            metadata.create_all(engine)
            return engine
        path = Path(self._url.removeprefix("sqlite:"))
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _pragmas)
        sa.event.listen(engine, "begin", _begin)
        metadata.create_all(engine)
        return engine

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (exc.OperationalError, exc.DatabaseError, exc.InterfaceError, OSError) as problem:
            raise _unavailable(problem) from problem


def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """SQLAlchemy says when a transaction begins; the driver's own guess would come too late."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    """Writers queue from the start, so that a compare and its set see the same state."""
    writes = connection.get_execution_options().get("agora_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _unavailable(problem: Exception) -> Unavailable:
    words = str(problem).lower()
    if "full" in words or "no space" in words:
        return Unavailable(
            "the disk is full", code="E501", hint="free some space; nothing was half written"
        )
    if "locked" in words:
        return Unavailable("the store is busy", code="E502", hint="try again in a moment")
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return Unavailable(
            "the store cannot be written", code="E503", hint="check its folder's rights"
        )
    return Unavailable(
        "the store does not answer", code="E505", hint="is its file or server intact?"
    )
