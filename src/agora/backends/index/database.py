"""The file of the index: tables, transactions, and failures told in our own words.

SQLite keeps one state for every reader while another is written. The words of listed and of unlisted
products lie in tables of their own: how often a word occurs in one says nothing of the other.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from agora.model.errors import Unavailable
from agora.model.search import FIELDS
from agora.model.words import Term

FORMAT = 2
"""Raised when the tables, or what is written into them, mean something else: older files are dropped."""
BUSY_SECONDS = 30
_FIELDS = ", ".join(f'"{field}"' for field in FIELDS)
_WORDS = "CREATE VIRTUAL TABLE {} USING fts5({}, tokenize = 'ascii', prefix = '1 2 3')"
_TABLES = (
    "CREATE TABLE standing (mesh TEXT, place INTEGER, seal TEXT, today TEXT, version INTEGER)",
    "INSERT INTO standing VALUES ('', 0, '', '', 0)",
    (
        "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, digest TEXT NOT NULL,"
        " listed INTEGER NOT NULL, domain TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,"
        " tags TEXT NOT NULL, formats TEXT NOT NULL, age REAL, begins REAL, ends REAL,"
        " there INTEGER NOT NULL, touched INTEGER NOT NULL)"
    ),
    "CREATE INDEX product_touched ON product (touched)",
    "CREATE TABLE released (name TEXT PRIMARY KEY, at REAL, flawed INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE use (name TEXT, day TEXT, times INTEGER, PRIMARY KEY (name, day)) WITHOUT ROWID",
    "CREATE TABLE used (name TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID",
    _WORDS.format("listed_words", _FIELDS),
    _WORDS.format("unlisted_words", _FIELDS),
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(listed_words, row)",
)
_TOLD = {
    "E670": ("the search index is busy", "try again in a moment"),
    "E671": ("the search index cannot be written", "check the rights and room of its folder"),
}


def expression(wanted: Iterable[Term]) -> str:
    """The terms as a query of SQLite's full text search; words hold nothing but letters and digits."""
    return " ".join(f'"{" ".join(t.words)}"{"*" if t.prefix else ""}' for t in wanted)


_Held: TypeAlias = "tuple[sqlite3.Connection, threading.Lock]"
"""A connection, and what its thread holds while it works with it."""


class Database:
    """One file, a connection for each thread; a file that is none of ours is made anew."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path
        self._here = threading.local()
        self._guard = threading.Lock()
        self._made: list[_Held] = []

    @contextlib.contextmanager
    def transaction(self, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
        """One state of the index; what is written is kept as a whole, or not at all."""
        with _told():
            connection, used = self._connection()
            with used:
                connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()

    def close(self) -> None:
        """Every connection is given back; one that is at work is broken off first, never torn away."""
        with self._guard:
            for connection, used in self._made:
                connection.interrupt()
                with used:
                    connection.close()
            self._made.clear()
            self._here = threading.local()

    def _connection(self) -> _Held:
        found: _Held | None = getattr(self._here, "held", None)
        if found is None:
            with self._guard:
                found = self._opened(), threading.Lock()
                self._made.append(found)
            self._here.held = found
        return found

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(sqlite3.NotSupportedError, _Damaged):
            return _laid(self._path)
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)
        return _laid(self._path)


class _Damaged(Exception):
    """The file is no index of this format."""


def _laid(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _lay(connection)
    except sqlite3.DatabaseError as problem:
        connection.close()
        if isinstance(problem, sqlite3.OperationalError):
            raise
        raise _Damaged from problem
    except BaseException:
        connection.close()
        raise
    return connection


def _lay(connection: sqlite3.Connection) -> None:
    """The tables are there, laid by whoever comes first."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    if _format(connection) == FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _format(connection) == 0:
        for table in _TABLES:
            connection.execute(table)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.commit()
    if _format(connection) != FORMAT:
        raise _Damaged


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        code = "E670" if "locked" in str(problem) else "E671"
        sentence, hint = _TOLD[code]
        raise Unavailable(sentence, code=code, hint=hint) from None
