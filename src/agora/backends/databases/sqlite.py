"""SQLite: a file that is opened read-only; a column means what its declaration or its values say."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from agora.backends.databases import reading
from agora.backends.databases.reading import Column
from agora.model.types import MAX_PRECISION, quoted

if TYPE_CHECKING:
    import pyarrow as pa

_LITERAL = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?|'(?:[^']|'')*'")
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")
_VIEW = "agora_asked"


class Sqlite:
    """One read-only transaction on an SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path, place: str) -> None:
        """Open the file; raises Unavailable when it is none."""
        try:
            self._held = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None, timeout=30
            )
            self._held.execute("PRAGMA trusted_schema=OFF")
            self._held.execute("BEGIN")
            self._held.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            raise reading.silent(place) from None

    def quoted(self, name: str) -> str:
        return quoted(name)

    def columns(self, query: str) -> tuple[Column, ...]:
        self._ask(f"DROP VIEW IF EXISTS temp.{_VIEW}")
        self._ask(f"CREATE TEMP VIEW {_VIEW} AS {query}")
        found = self._ask(f"PRAGMA temp.table_info({_VIEW})").fetchall()
        return tuple(self._column(query, str(row[1]), str(row[2])) for row in found)

    def key(self, table: str) -> tuple[str, ...]:
        found = self._ask(f"PRAGMA table_info({quoted(table)})").fetchall()
        return tuple(str(row[1]) for row in sorted(found, key=lambda row: row[5]) if row[5])

    def text(self, expression: str, of: Column) -> str:  # noqa: ARG002 (every type is quoted alike)
        return f"quote({expression})"

    def literal(self, mark: str, of: Column) -> str:
        if not _LITERAL.fullmatch(mark):
            raise reading.misfit(of)
        return mark

    def one(self, query: str) -> str | None:
        row = self._ask(query).fetchone()
        return None if row is None or row[0] in (None, "NULL") else str(row[0])

    def batches(self, query: str, columns: Sequence[Column]) -> "Iterator[pa.RecordBatch]":
        cursor, turned = self._ask(query), _turned(columns)
        try:
            while rows := cursor.fetchmany(reading.FETCH):
                yield reading.batch(rows, columns, turned)
        except sqlite3.Error as problem:
            raise reading.unanswered(str(problem)) from None

    def close(self) -> None:
        self._held.close()

    def _ask(self, sql: str) -> sqlite3.Cursor:
        try:
            return self._held.execute(sql)
        except sqlite3.OperationalError as problem:
            words = str(problem)
            if "locked" in words or "unable to open" in words:
                raise reading.silent("the database") from None
            raise reading.unanswered(words) from None
        except (sqlite3.Error, sqlite3.Warning) as problem:
            raise reading.unanswered(str(problem)) from None

    def _column(self, query: str, name: str, declared: str) -> Column:
        kind = declared_type(declared) if declared else self._found_type(query, name)
        if kind is None:
            raise reading.unkept(name, declared or "of mixed values")
        return Column(name=name, type=kind, expression=quoted(name), native=declared)

    def _found_type(self, query: str, name: str) -> "pa.DataType | None":
        """The type of a computed column is what all its values are."""
        import pyarrow as pa

        sql = f"SELECT DISTINCT typeof({quoted(name)}) FROM (\n{query}\n)"
        kinds = {str(row[0]) for row in self._ask(sql)} - {"null"}
        if kinds <= {"text"}:
            return pa.string()
        if kinds <= {"integer"}:
            return pa.int64()
        if kinds <= {"integer", "real"}:
            return pa.float64()
        return pa.binary() if kinds == {"blob"} else None


def declared_type(words: str) -> "pa.DataType | None":
    """The Arrow type of a declared column type, by SQLite's own rules and the names people use."""
    import pyarrow as pa

    word = words.upper().strip()
    if found := _DECIMAL.fullmatch(word):
        return _decimal(int(found[1]), int(found[2] or 0))
    exact = {
        "DATE": pa.date32(), "DATETIME": pa.timestamp("us"), "TIMESTAMP": pa.timestamp("us"),
        "TIME": pa.time64("us"), "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
        "BOOLEAN": pa.bool_(), "BOOL": pa.bool_(), "JSON": pa.string(), "UUID": pa.string(),
    }  # fmt: skip
    if word in exact:
        return exact[word]
    parts = (
        ("INT", pa.int64()), ("CHAR", pa.string()), ("CLOB", pa.string()), ("TEXT", pa.string()),
        ("STRING", pa.string()), ("BLOB", pa.binary()), ("REAL", pa.float64()),
        ("FLOA", pa.float64()), ("DOUB", pa.float64()),
    )  # fmt: skip
    return next((kind for part, kind in parts if part in word), None)


def _decimal(precision: int, scale: int) -> "pa.DataType | None":
    import pyarrow as pa

    return (
        pa.decimal128(precision, scale)
        if 0 < precision <= MAX_PRECISION and scale <= precision
        else None
    )


def _turned(columns: Sequence[Column]) -> reading.Turned:
    """Flags are kept as 0 and 1, decimals as numbers: both are put into the words of their type."""
    import pyarrow as pa

    flags = {n: _flag for n, of in enumerate(columns) if pa.types.is_boolean(of.type)}
    return flags | {n: str for n, of in enumerate(columns) if pa.types.is_decimal(of.type)}


def _flag(value: object) -> bool:
    if value in (0, 1):
        return bool(value)
    raise ValueError
