"""The database behind the store: opened lazily, durable, and silent about its own errors."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from agora.backends.store.failures import opened, unavailable
from agora.backends.store.tables import metadata

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
_WRITER = 7253
"""The advisory lock of PostgreSQL that stands for the only right to write, whatever the process."""


class Database:
    """One SQLAlchemy engine; a commit is on disk before it returns."""

    def __init__(self, url: str) -> None:
        """Remember where the database is; `sqlite:` URLs name a file."""
        self._url = url
        self._engine: sa.Engine | None = None
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees what was committed."""
        with _told(), self._opened().connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the only right to write; all of it is kept, or nothing."""
        with _told(), _alone(self._opened()) as connection:
            yield connection

    def close(self) -> None:
        """Every connection is given back."""
        with self._guard:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _opened(self) -> sa.Engine:
        with self._guard:
            if self._engine is None:
                self._engine = self._open()
            return self._engine

    def _open(self) -> sa.Engine:
        engine = _sqlite(self._url) if self._url.startswith("sqlite:") else _postgres(self._url)
        try:
            _lay(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine


def _sqlite(url: str) -> sa.Engine:
    path = Path(url.removeprefix("sqlite:"))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _pragmas)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _postgres(url: str) -> sa.Engine:
    """A pool that notices a server that was started anew, and waits for nothing without end."""
    limits = {
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c lock_timeout={BUSY_SECONDS * 1000} -c synchronous_commit=on",
    }
    engine: sa.Engine = opened(
        lambda: sa.create_engine(
            _address(url), pool_pre_ping=True, hide_parameters=True, connect_args=limits
        ),
        "postgres",
    )
    return engine


def _address(url: str) -> sa.URL:
    found = sa.make_url(url)
    if found.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("another kind of database")
    return found.set(drivername="postgresql+psycopg")


def _lay(engine: sa.Engine) -> None:
    """The tables are there, laid by one of those who come first at once."""
    with engine.connect() as connection:
        standing = set(sa.inspect(connection).get_table_names())
    if set(metadata.tables) <= standing:
        return
    with _alone(engine) as connection:
        metadata.create_all(connection)


@contextlib.contextmanager
def _alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.execution_options(agora_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
        yield connection


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError, OSError) as problem:
        raise unavailable(problem) from None


def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """SQLAlchemy says when a transaction begins; the driver's own guess would come too late."""
    connection.isolation_level = None
    cursor = connection.cursor()
    _log_ahead(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _log_ahead(cursor: sqlite3.Cursor) -> None:
    """The log is written first; SQLite does not wait by itself while somebody else changes to that."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: sa.Connection) -> None:
    """Writers queue from the start, so that a compare and its set see the same state."""
    writes = connection.get_execution_options().get("agora_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
