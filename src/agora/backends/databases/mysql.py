"""MariaDB and MySQL: rows are streamed, not kept at the client; times in UTC."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from agora.backends.databases import reading
from agora.backends.databases.reading import Column
from agora.backends.extras import library
from agora.model.types import MAX_PRECISION

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
_UNSIGNED, _BINARY_SET = 32, 63
_SILENT = frozenset({2002, 2003, 2005, 2006, 2013, 1040, 1053, 1205, 1317, 1969, 3024})
_CLOSED = frozenset({1044, 1045, 1049, 1142, 1143, 1698})
_WORDED = frozenset({1054, 1064, 1146, 1052, 1066, 1305, 1630})


class Mysql:
    """One read-only transaction on a MariaDB or MySQL server, all of it at one moment."""

    dialect = "mysql"

    def __init__(self, arguments: Mapping[str, Any], place: str) -> None:
        """Connect; raises Unavailable."""
        self._pymysql = library("pymysql", "mysql", "a MariaDB or MySQL source")
        settings = {"connect_timeout": 10, "read_timeout": reading.SECONDS, **arguments}
        settings |= {"charset": "utf8mb4", "local_infile": False, "sql_mode": _MODE}
        try:
            self._held = self._pymysql.connect(
                **settings, cursorclass=library("pymysql.cursors", "mysql", "MariaDB").SSCursor
            )
            for words in (
                "SET time_zone='+00:00'",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ):
                self._ask(words).close()
        except self._pymysql.MySQLError as problem:
            raise _unopened(problem, place) from None

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def columns(self, query: str) -> tuple[Column, ...]:
        cursor = self._ask(f"SELECT * FROM (\n{query}\n) AS asked LIMIT 0")
        fields = list(cursor._result.fields)  # noqa: SLF001 (signs and lengths stand nowhere else)
        cursor.close()
        return tuple(self._column(each) for each in fields)

    def key(self, table: str) -> tuple[str, ...]:
        cursor = self._ask(f"SHOW KEYS FROM {table} WHERE Key_name = 'PRIMARY'")
        found = sorted(cursor.fetchall(), key=lambda row: int(row[3]))
        cursor.close()
        return tuple(str(row[4]) for row in found)

    def text(self, expression: str, of: Column) -> str:  # noqa: ARG002 (every type has its text)
        return f"CAST({expression} AS CHAR)"

    def literal(self, mark: str, of: Column) -> str:
        import pyarrow as pa

        if pa.types.is_temporal(of.type) or pa.types.is_string(of.type):
            return "'" + mark.replace("\\", "\\\\").replace("'", "''") + "'"
        if not _NUMBER.fullmatch(mark):
            raise reading.misfit(of)
        return mark

    def one(self, query: str) -> str | None:
        cursor = self._ask(query)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None or row[0] is None else str(row[0])

    def batches(self, query: str, columns: Sequence[Column]) -> "Iterator[pa.RecordBatch]":
        cursor, turned = self._ask(query), _turned(columns)
        try:
            while rows := cursor.fetchmany(reading.FETCH):
                yield reading.batch(rows, columns, turned)
        except self._pymysql.MySQLError as problem:
            raise _told(problem) from None
        finally:
            cursor.close()

    def close(self) -> None:
        self._held.close()

    def _ask(self, sql: str) -> Any:
        cursor = self._held.cursor()
        try:
            cursor.execute(sql)
        except self._pymysql.MySQLError as problem:
            raise _told(problem) from None
        return cursor

    def _column(self, field: Any) -> Column:
        kind = _type(field)
        if kind is None:
            raise reading.unkept(field.name, f"number {field.type_code}")
        return Column(name=field.name, type=kind, expression=self.quoted(field.name))


def _type(field: Any) -> "pa.DataType | None":
    """Type codes of the protocol: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html."""
    import pyarrow as pa

    code, unsigned = field.type_code, bool(field.flags & _UNSIGNED)
    texts, times = {15, 245, 247, 248, 249, 250, 251, 252, 253, 254}, {7: "UTC", 12: None}
    if code in texts:
        binary = field.charsetnr == _BINARY_SET and code != 245  # noqa: PLR2004 (JSON)
        return pa.binary() if binary else pa.string()
    if code in times:
        return pa.timestamp("us", times[code])
    if code in (0, 246):
        precision = field.length - (field.scale > 0) - (not unsigned)
        return pa.decimal128(precision, field.scale) if precision <= MAX_PRECISION else None
    if code == 1 and field.length == 1:
        return pa.bool_()
    whole = {1: pa.int32(), 2: pa.int32(), 9: pa.int32(), 13: pa.int32()}
    whole |= {3: pa.int64() if unsigned else pa.int32()}
    whole |= {8: pa.decimal128(20, 0) if unsigned else pa.int64()}
    rest = {4: pa.float32(), 5: pa.float64(), 10: pa.date32(), 11: pa.time64("us")}
    return (whole | rest).get(code)


def _turned(columns: Sequence[Column]) -> reading.Turned:
    """Values in the words Arrow reads: times and decimals as text, flags as flags."""
    import pyarrow as pa

    turned: dict[int, Callable[[object], object]] = {}
    for place, of in enumerate(columns):
        if pa.types.is_boolean(of.type):
            turned[place] = bool
        elif of.type == pa.timestamp("us", "UTC"):
            turned[place] = _instant
        elif pa.types.is_temporal(of.type) or pa.types.is_decimal(of.type):
            turned[place] = _words
    return turned


def _instant(value: object) -> str:
    """The session's time is UTC."""
    return f"{value}+00:00"


def _words(value: object) -> str:
    if isinstance(value, timedelta):
        seconds, rest = divmod(value // timedelta(microseconds=1), 1_000_000)
        return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}.{rest:06}"
    return str(value)


def _told(problem: Any) -> Exception:
    """Only what is said about the text of the question; other words may hold values."""
    number = problem.args[0] if problem.args else 0
    if number in _SILENT:
        return reading.silent("the database")
    said = str(problem.args[1]) if number in _WORDED else f"error {number}"
    return reading.unanswered(said)


def _unopened(problem: Any, place: str) -> Exception:
    number = problem.args[0] if problem.args else 0
    return reading.closed_door(place) if number in _CLOSED else reading.silent(place)
