"""Rendering: expressions, masks and shields as DuckDB SQL, every literal typed and quoted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from agora.model.decision import ColumnView
from agora.model.errors import Unavailable
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Expression,
    Literal,
    Not,
    OneOf,
    Value,
)
from agora.model.policy import MaskKind
from agora.model.relation import Governed
from agora.model.release import DataFile, ReleasedColumn
from agora.model.types import Kind, Type, quoted

_FEW = 64


class Choice(TypedDict):
    """One of two statements, by what the engine answers to a question."""

    ask: str
    yes: str
    no: str


Statement = str | Choice


def text(value: str) -> str:
    """A SQL string literal; NUL cannot be part of one and becomes the replacement character."""
    return "'" + value.replace("\x00", "\ufffd").replace("'", "''") + "'"


def value(of: Value) -> str:
    """A literal with its type spelled out."""
    match of:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if of else "FALSE"
        case int():
            return str(of)
        case Decimal():
            return f"{of:f}"
        case datetime():
            zoned = of.tzinfo is not None
            return f"{'TIMESTAMPTZ' if zoned else 'TIMESTAMP'} {text(of.isoformat(sep=' '))}"
        case date():
            return f"DATE {text(of.isoformat())}"
    return text(str(of))


def expression(of: Expression) -> str:
    """A row expression as a SQL condition; raises ValueError for an attribute left unbound."""
    match of:
        case Literal(value=literal):
            return value(literal)
        case ColumnRef(name=name):
            return quoted(name)
        case Compare(by=by, left=left, right=right):
            return f"({expression(left)} {by.value} {expression(right)})"
        case OneOf(item=item, options=options):
            listed = ", ".join(expression(option) for option in options)
            return f"({expression(item)} IN ({listed}))" if options else "FALSE"
        case Absent(item=item):
            return f"({expression(item)} IS NULL)"
        case Not(item=item):
            return f"(NOT {expression(item)})"
        case All(parts=parts):
            return f"({' AND '.join(expression(p) for p in parts)})" if parts else "TRUE"
        case AnyOf(parts=parts):
            return f"({' OR '.join(expression(p) for p in parts)})" if parts else "FALSE"
        case Attribute(scope=scope, name=name):
            raise ValueError(f"${scope}.{name}")


def column(seen: ColumnView) -> str:
    """A column as it is seen, always of its own type."""
    name = quoted(seen.name)
    match seen.mask.kind:
        case MaskKind.CLEAR:
            return name
        case MaskKind.CONSTANT:
            return f"CAST({text(seen.mask.constant)} AS {seen.type.sql}) AS {name}"
        case MaskKind.PARTIAL:
            return f"{_partial(name, seen.mask.first, seen.mask.last)} AS {name}"
    return f"CAST(NULL AS {seen.type.sql}) AS {name}"


def _partial(name: str, first: int, last: int) -> str:
    """The first and last letters; a text too short to hide something in is hidden whole."""
    start = f"left({name}, {first})" if first else "''"
    end = f"right({name}, {last})" if last else "''"
    shown = f"{start} || '***' || {end}"
    return f"CASE WHEN {name} IS NULL THEN NULL WHEN length({name}) <= {first + last} THEN '***' ELSE {shown} END"


def scan(files: Sequence[DataFile], columns: Sequence[ReleasedColumn]) -> str:
    """A scan of exactly these files, columns found by field id so that renames read right."""
    listed = ", ".join(text(file.path) for file in files)
    mapped = ", ".join(
        f"{c.field_id}: {{name: {text(c.name)}, type: {text(c.type.sql)}, default_value: NULL}}"
        for c in columns
    )
    return f"read_parquet([{listed}], schema=MAP {{{mapped}}})"


def rows(files: Sequence[DataFile], columns: Sequence[ReleasedColumn]) -> str:
    """The FROM clause for a port: its files, or no rows at all when it has none."""
    if files and all(column.field_id == 0 for column in columns):
        return by_name(files, columns)
    if files:
        return scan(files, columns)
    nulls = ", ".join(f"CAST(NULL AS {c.type.sql}) AS {quoted(c.name)}" for c in columns)
    return f"(SELECT {nulls} WHERE FALSE)"


def by_name(files: Sequence[DataFile], columns: Sequence[ReleasedColumn]) -> str:
    """A scan of files of other tools: columns by their names, those all rows share as constants."""
    groups: dict[tuple[tuple[str, str | None], ...], list[str]] = {}
    for file in files:
        groups.setdefault(file.values, []).append(file.path)
    parts = [
        f"SELECT {', '.join(_constant(c, dict(values)) for c in columns)} FROM {named(paths)}"
        for values, paths in groups.items()
    ]
    return f"({' UNION ALL '.join(parts)})"


def _constant(of: ReleasedColumn, values: Mapping[str, str | None]) -> str:
    """A column from the file, or what every row of the file has alike."""
    if of.name not in values:
        return typed(of.name, of.type)
    shared = values[of.name]
    word = "NULL" if shared is None else text(shared)
    return f"CAST({word} AS {of.type.sql}) AS {quoted(of.name)}"


def listed(paths: Sequence[str]) -> str:
    """A scan of exactly these files under the names they carry, whatever their folders are called.

    Left alone, the engine takes a folder `id=5` for a column and shows 5 in place of the file's ids.
    """
    return f"read_parquet([{', '.join(map(text, paths))}], hive_partitioning=false)"


def named(paths: Sequence[str]) -> str:
    """A scan of these Parquet files, columns found by their names where there are several."""
    joined = ", union_by_name=true" if len(paths) > 1 else ""
    return f"read_parquet([{', '.join(text(path) for path in paths)}], hive_partitioning=false{joined})"


def alike(files: Sequence[DataFile], columns: Sequence[ReleasedColumn]) -> str:
    """The question whether every file carries exactly these columns, by name, field id and type.

    Then they may be read as they are, and the engine knows how many rows there are and how they are
    spread; of a scan by field id it only guesses, and joins the wrong way round (measured).
    """
    paths = ", ".join(text(file.path) for file in files)
    wanted = ", ".join(f"({text(c.name)}, {c.field_id}, {text(c.type.sql)})" for c in columns)
    every = len(files) * len(columns)
    return (
        f"SELECT count(*) = {every} AND count(*) FILTER ((name, field_id, duckdb_type) IN ({wanted}))"
        f" = {every} FROM parquet_schema([{paths}]) WHERE num_children IS NULL"
    )


def view(relation: Governed, name: str) -> Statement:
    """The statement that makes one SQL name of a governed relation.

    Raises Unavailable for one whose rows nobody has fetched: it would look like a table without any.
    """
    if relation.live:
        raise Unavailable("the rows of a live table were not fetched", code="E527")
    files, columns = relation.files, relation.columns
    mapped = _view(relation, name, rows(files, columns))
    if relation.shield.barrier or not _plain(files, columns):
        return mapped
    return Choice(
        ask=alike(files, columns),
        yes=_view(relation, name, listed([file.path for file in files])),
        no=mapped,
    )


def attached(name: str, files: Sequence[DataFile], columns: Sequence[ReleasedColumn]) -> Statement:
    """The statement that makes a run's own files a relation of its bench."""
    start = f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT * FROM "
    mapped = start + rows(files, columns)
    if not _plain(files, columns):
        return mapped
    return Choice(
        ask=alike(files, columns), yes=start + listed([file.path for file in files]), no=mapped
    )


def _plain(files: Sequence[DataFile], columns: Sequence[ReleasedColumn]) -> bool:
    """Whether it is worth asking if these files are alike: few of them, and no column in a column."""
    flat = all(column.type.kind not in (Kind.LIST, Kind.STRUCT) for column in columns)
    own = any(column.field_id for column in columns)
    return own and flat and 0 < len(files) <= _FEW


def _view(relation: Governed, name: str, source: str) -> str:
    seen = ", ".join(column(each) for each in relation.shield.columns) or "NULL AS nothing"
    where = f" WHERE {expression(relation.shield.rows)}" if relation.shield.rows else ""
    kind = "SECURE VIEW" if relation.shield.barrier else "VIEW"
    whole = f"{quoted(relation.schema)}.{quoted(name)}"
    return f"CREATE {kind} {whole} AS SELECT {seen} FROM {source}{where}"


def typed(name: str, of: Type) -> str:
    """A column cast to exactly its contract's type."""
    if of.kind is Kind.VARCHAR:
        return f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}"
    return f"CAST({quoted(name)} AS {of.sql}) AS {quoted(name)}"
