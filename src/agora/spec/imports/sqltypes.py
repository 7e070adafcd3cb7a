"""SQL types of many dialects in the words of ODCS; what cannot be kept stays as it is written."""

from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from agora.model.types import Kind, Type
from agora.spec.scaffold import typed

T = exp.DataType.Type
_WIDEST = 38
_KINDS = {
    Kind.BOOLEAN: (T.BOOLEAN, T.BIT),
    Kind.INTEGER: (T.TINYINT, T.SMALLINT, T.MEDIUMINT, T.INT, T.SERIAL, T.SMALLSERIAL, T.YEAR),
    Kind.BIGINT: (T.BIGINT, T.BIGSERIAL),
    Kind.REAL: (T.FLOAT,),
    Kind.DOUBLE: (T.DOUBLE,),
    Kind.VARCHAR: (
        T.CHAR, T.NCHAR, T.BPCHAR, T.VARCHAR, T.NVARCHAR, T.TEXT, T.TINYTEXT, T.MEDIUMTEXT,
        T.LONGTEXT, T.NAME, T.JSON, T.JSONB, T.XML, T.VARIANT, T.UUID, T.ENUM, T.INET,
    ),
    Kind.BLOB: (T.BINARY, T.VARBINARY, T.BLOB, T.TINYBLOB, T.MEDIUMBLOB, T.LONGBLOB, T.IMAGE),
    Kind.DATE: (T.DATE, T.DATE32),
    Kind.TIME: (T.TIME,),
    Kind.TIMESTAMP: (T.TIMESTAMP, T.TIMESTAMPNTZ, T.DATETIME, T.DATETIME2, T.SMALLDATETIME),
    Kind.INSTANT: (T.TIMESTAMPTZ, T.TIMESTAMPLTZ),
}  # fmt: skip
_KIND_OF = {theirs: kind for kind, listed in _KINDS.items() for theirs in listed}
_MONEY = {T.MONEY: (19, 4), T.SMALLMONEY: (10, 4)}
_FORMATS = {T.UUID: "uuid"}
_LENGTHS = frozenset({T.CHAR, T.NCHAR, T.BPCHAR, T.VARCHAR, T.NVARCHAR})


def promised(text: str, dialect: str) -> dict[str, Any]:
    """The keys of a column of this SQL type, whose original spelling is kept where it says more."""
    try:
        of = exp.DataType.build(text, dialect=dialect or None, udt=True)
    except (SqlglotError, ValueError):
        return {"physicalType": text}
    return column(of, dialect, text)


def column(of: exp.DataType, dialect: str, text: str = "") -> dict[str, Any]:
    """The keys of a column of this parsed type: logical and physical type, limits, what was written."""
    written = text or of.sql(dialect=dialect or None)
    found = _of(of)
    if found is None:
        return {"physicalType": written}
    node = typed(found) | _limits(of)
    if _says_more(of, found):
        node["customProperties"] = [{"property": "sqlType", "value": written}]
    return node


def read_type(of: exp.DataType) -> Type | None:
    """The type as it is kept here, or None for one that is not."""
    return _of(of)


def _of(of: exp.DataType) -> Type | None:
    if of.this in (T.DECIMAL, *_MONEY):
        return _decimal(of)
    if of.this in (T.ARRAY, T.LIST):
        inner = _of(of.expressions[0]) if of.expressions else None
        return Type(kind=Kind.LIST, element=inner) if inner else None
    if of.this in (T.STRUCT, T.OBJECT) and of.expressions:
        return _struct(of)
    kind = _KIND_OF.get(of.this) if isinstance(of.this, T) else None
    return Type(kind=kind) if kind else None


def _decimal(of: exp.DataType) -> Type | None:
    if of.this in _MONEY:
        precision, scale = _MONEY[of.this]
        return Type(kind=Kind.DECIMAL, precision=precision, scale=scale)
    numbers = _numbers(of)
    precision, scale = [*numbers, 0, 0][:2] if numbers else (18, 3)
    if not 0 < precision <= _WIDEST or scale > precision:
        return None
    return Type(kind=Kind.DECIMAL, precision=precision, scale=scale)


def _struct(of: exp.DataType) -> Type | None:
    fields = []
    for each in of.expressions:
        kind = each.args.get("kind") if isinstance(each, exp.ColumnDef) else None
        inner = _of(kind) if kind is not None else None
        if inner is None:
            return None
        fields.append((each.name, inner))
    return Type(kind=Kind.STRUCT, fields=tuple(fields))


def _numbers(of: exp.DataType) -> list[int]:
    return [int(each.name) for each in of.expressions if each.name.isdigit()]


def _limits(of: exp.DataType) -> dict[str, Any]:
    """The length of a text, the form of a UUID, the values of an enumeration."""
    if of.this in _FORMATS:
        return {"logicalTypeOptions": {"format": _FORMATS[of.this]}}
    if of.this in _LENGTHS and (length := _numbers(of)):
        return {"logicalTypeOptions": {"maxLength": length[0]}}
    if of.this is T.ENUM and of.expressions:
        return {"quality": [one_of([each.name for each in of.expressions])]}
    return {}


def one_of(values: list[Any]) -> dict[str, Any]:
    """The quality rule that a column holds one of these values."""
    return {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": values}}


def unbounded(of: exp.DataType) -> bool:
    """True for a decimal that says nothing of its precision."""
    return of.this is T.DECIMAL and not of.expressions


def _says_more(of: exp.DataType, found: Type) -> bool:
    """True where the kept type forgets something of the written one, such as JSON or CHAR."""
    plain = {T.VARCHAR, T.TEXT, T.BOOLEAN, T.BLOB, T.TIMESTAMP, T.DATETIME, T.TIMESTAMPNTZ}
    kinds = {Kind.VARCHAR, Kind.BOOLEAN, Kind.BLOB, Kind.INTEGER}
    return (
        (found.kind in kinds and of.this not in plain and of.this is not T.INT)
        or of.this in _MONEY
        or unbounded(of)
    )


def parsed(text: str, dialect: str) -> exp.Expr | None:
    """A SQL expression, or None when it cannot be read."""
    try:
        return sqlglot.parse_one(text, dialect=dialect or None)
    except SqlglotError:
        return None
