"""PostgreSQL: rows come as COPY text through Arrow's own reader, many times faster than row by row."""

import contextlib
import io
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agora.backends.databases import reading
from agora.backends.databases.reading import Column
from agora.backends.extras import library
from agora.model.types import MAX_PRECISION, quoted

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 4 << 20
_SCALE = 9
_SETTINGS = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL TimeZone='UTC'",
    "SET LOCAL DateStyle='ISO, YMD'",
    "SET LOCAL extra_float_digits=3",
    "SET LOCAL bytea_output='hex'",
    "SET LOCAL standard_conforming_strings=on",
)
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "uuid", "json", "jsonb", "xml", "citext"})
_NUMBERS = frozenset({"int2", "int4", "int8", "oid", "numeric", "float4", "float8"})


class Postgres:
    """One read-only transaction on a PostgreSQL server, all of it at one moment."""

    dialect = "postgres"

    def __init__(
        self, arguments: Mapping[str, Any], place: str, seconds: int = reading.SECONDS
    ) -> None:
        """Connect without the platform's own password file; raises Unavailable.

        The server itself ends what takes longer than so many seconds.
        """
        self._psycopg = library("psycopg", "postgres", "a PostgreSQL source")
        whole = {"passfile": "/nonexistent/none", "connect_timeout": 10, **arguments}
        try:
            self._held = self._psycopg.connect(**whole, application_name="agora")
            limit = f"SET LOCAL statement_timeout='{seconds}s'"
            for setting in (*_SETTINGS, limit):
                self._held.execute(setting)
        except self._psycopg.Error as problem:
            raise _unopened(str(problem), place) from None

    def quoted(self, name: str) -> str:
        return quoted(name)

    def columns(self, query: str) -> tuple[Column, ...]:
        cursor = self._ask(f"SELECT * FROM (\n{query}\n) AS asked LIMIT 0")
        names = self._names({each.type_code for each in cursor.description})
        return tuple(_column(each, *names[each.type_code]) for each in cursor.description)

    def key(self, table: str) -> tuple[str, ...]:
        found = self._ask(
            "SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) "
            "WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a "
            "ON a.attrelid = i.indrelid AND a.attnum = k.attnum "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY k.place",
            (table,),
        )
        return tuple(str(row[0]) for row in found.fetchall())

    def text(self, expression: str, of: Column) -> str:  # noqa: ARG002 (every type has its text)
        return f"CAST({expression} AS text)"

    def literal(self, mark: str, of: Column) -> str:
        return f"CAST({_quoted(mark)} AS {of.native})"

    def one(self, query: str) -> str | None:
        row = self._ask(query).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def names(self, table: str) -> tuple[str, ...]:
        """The columns of a table or view in their order; none when it is not there."""
        found = self._ask(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (table,),
        )
        return tuple(str(row[0]) for row in found.fetchall())

    @property
    def unicode(self) -> bool:
        """True when the database keeps its texts in UTF-8."""
        return bool(self._held.info.parameter_status("server_encoding") == "UTF8")

    def abort(self) -> None:
        """Cut the line, so that whoever waits for the server stops waiting; for any thread."""
        with contextlib.suppress(OSError, self._psycopg.Error):
            line = socket.socket(fileno=os.dup(self._held.pgconn.socket))
            with line:
                line.shutdown(socket.SHUT_RDWR)

    def batches(
        self, query: str, columns: Sequence[Column], values: Sequence[object] = ()
    ) -> "Iterator[pa.RecordBatch]":
        """The rows, a bounded number at a time; with `values`, a percent sign is written twice."""
        asked = f"COPY ({query}) TO STDOUT (FORMAT csv)"
        try:
            with self._held.cursor().copy(asked, values or None) as copy:
                text = _Stream(copy)
                if not text.begun:
                    return
                yield from _parsed(text, columns)
        except self._psycopg.Error as problem:
            raise self._told(problem) from None

    def close(self) -> None:
        self._held.close()

    def _ask(self, sql: str, values: Sequence[object] | None = None) -> Any:
        try:
            return self._held.execute(sql, values)
        except self._psycopg.Error as problem:
            raise self._told(problem) from None

    def _told(self, problem: Any) -> Exception:
        """Only what is said about the text of the question; other words may hold values."""
        state = str(getattr(problem, "sqlstate", "") or "")
        if not state or state.startswith(("08", "57")):
            return reading.silent("the database")
        said = problem.diag.message_primary if state.startswith("42") else ""
        return reading.unanswered(str(said or f"SQLSTATE {state}"))

    def _names(self, codes: set[int]) -> dict[int, tuple[str, str]]:
        found = self._ask(
            "SELECT oid, typname, typtype FROM pg_type WHERE oid = ANY(%s)", (list(codes),)
        )
        return {int(row[0]): (str(row[1]), str(row[2])) for row in found.fetchall()}


class _Stream(io.RawIOBase):
    """The bytes of a COPY as a file, given out in blocks of one size so that equal rows parse equally."""

    def __init__(self, copy: Any) -> None:
        self._copy, self._left = copy, bytearray()
        self._fill(1)
        self.begun = bool(self._left)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._fill(size)
        end = len(self._left) if size < 0 else size
        given = bytes(self._left[:end])
        del self._left[:end]
        return given

    def _fill(self, size: int) -> None:
        while size < 0 or len(self._left) < size:
            chunk = self._copy.read()
            if not chunk:
                return
            self._left += chunk


def _options(columns: Sequence[Column]) -> "tuple[Any, Any, Any]":
    """COPY writes nothing for null and two quotes for the empty text, and times in UTC."""
    import pyarrow as pa
    from pyarrow import csv

    read = csv.ReadOptions(
        use_threads=False, block_size=BLOCK, column_names=[str(n) for n in range(len(columns))]
    )
    parse = csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    kinds = {
        str(place): pa.string() if pa.types.is_binary(of.type) else of.type
        for place, of in enumerate(columns)
    }
    convert = csv.ConvertOptions(
        column_types=kinds, null_values=[""], true_values=["t"], false_values=["f"],
        strings_can_be_null=True, quoted_strings_can_be_null=False, check_utf8=True,
    )  # fmt: skip
    return read, parse, convert


def _parsed(text: Any, columns: Sequence[Column]) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa
    from pyarrow import csv

    schema = reading.schema(columns)
    reader = None
    while True:
        try:
            reader = reader or csv.open_csv(text, *_options(columns))
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except pa.ArrowInvalid as problem:
            raise _misfit(str(problem), columns) from None
        arrays = [
            _bytes(held) if pa.types.is_binary(of.type) else held
            for held, of in zip(batch.columns, columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _bytes(texts: Any) -> "pa.Array":
    import pyarrow as pa

    held = (None if text is None else bytes.fromhex(text[2:]) for text in texts.to_pylist())
    return pa.array(held, pa.binary())


def _misfit(words: str, columns: Sequence[Column]) -> Exception:
    """Arrow names the column by its place: `In CSV column #3: …`."""
    place = words.partition("column #")[2].partition(":")[0]
    if place.isdigit() and int(place) < len(columns):
        return reading.misfit(columns[int(place)])
    return reading.unanswered("a value is too large to be read")


def _column(found: Any, native: str, family: str) -> Column:
    kind = _type(native, family, found.precision, found.scale)
    if kind is None:
        raise reading.unkept(found.name, native.removeprefix("_") + "[]" * native.startswith("_"))
    name, plain = quoted(found.name), native in _NUMBERS or native not in _TEXTS
    expression = name if plain and family != "e" else f"CAST({name} AS text) AS {name}"
    return Column(name=found.name, type=kind, expression=expression, native=quoted(native))


def _type(
    native: str, family: str, precision: int | None, scale: int | None
) -> "pa.DataType | None":
    import pyarrow as pa

    if family == "e" or native in _TEXTS:
        return pa.string()
    if native == "numeric":
        wide, point = (precision, scale or 0) if precision else (MAX_PRECISION, _SCALE)
        return pa.decimal128(wide, point) if 0 <= point <= wide <= MAX_PRECISION else None
    return {
        "bool": pa.bool_(), "int2": pa.int32(), "int4": pa.int32(), "int8": pa.int64(),
        "oid": pa.int64(), "float4": pa.float32(), "float8": pa.float64(), "bytea": pa.binary(),
        "date": pa.date32(), "time": pa.time64("us"), "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", "UTC"),
    }.get(native)  # fmt: skip


def _unopened(words: str, place: str) -> Exception:
    """The server's words name its address and user, so only their kind is told."""
    doors = ("authentication", "password", "role", "pg_hba", "permission", "does not exist")
    return reading.closed_door(place) if any(w in words for w in doors) else reading.silent(place)


def _quoted(text: str) -> str:
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"
