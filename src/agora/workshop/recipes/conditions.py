"""Conditions of recipes: as SQL, with their columns looked up, and what in them cannot be meant."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

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
from agora.model.types import quoted


def text(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("\x00", "\ufffd").replace("'", "''") + "'"


def literal(value: Value) -> str:
    """A value as SQL, its type spelled out."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case datetime():
            kind = "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP"
            return f"{kind} {text(value.isoformat(sep=' '))}"
        case date():
            return f"DATE {text(value.isoformat())}"
    return text(value)


def sql(of: Expression, names: Mapping[str, str]) -> str:
    """The condition as SQL; `names` gives the column of each spelling in small letters."""
    match of:
        case Literal(value=value):
            return literal(value)
        case ColumnRef(name=name):
            return quoted(names.get(name.lower(), name))
        case Compare(by=by, left=left, right=right):
            return f"({sql(left, names)} {by.value} {sql(right, names)})"
        case OneOf(item=item, options=options):
            listed = ", ".join(sql(each, names) for each in options)
            return f"({sql(item, names)} IN ({listed}))" if options else "FALSE"
        case Absent(item=item):
            return f"({sql(item, names)} IS NULL)"
        case Not(item=item):
            return f"(NOT {sql(item, names)})"
        case All(parts=parts):
            return f"({' AND '.join(sql(each, names) for each in parts)})" if parts else "TRUE"
        case AnyOf(parts=parts):
            return f"({' OR '.join(sql(each, names) for each in parts)})" if parts else "FALSE"
    raise ValueError(f"${of.scope}.{of.name}")


def columns(of: Expression) -> Iterator[str]:
    """The columns it looks at, as they are spelled in it."""
    match of:
        case ColumnRef(name=name):
            yield name
        case Literal() | Attribute():
            return
        case Compare(left=left, right=right):
            yield from (*columns(left), *columns(right))
        case OneOf(item=item, options=options):
            yield from (name for each in (item, *options) for name in columns(each))
        case Absent(item=item) | Not(item=item):
            yield from columns(item)
        case _:
            yield from (name for each in of.parts for name in columns(each))


def uncast(of: Expression, types: Mapping[str, str]) -> Iterator[str]:
    """Columns of text that are compared with something else than text; types by small name."""
    match of:
        case Compare(left=left, right=right):
            yield from _uncast((left, right), types)
        case OneOf(item=item, options=options):
            yield from _uncast((item, *options), types)
        case Not(item=item) | Absent(item=item):
            yield from uncast(item, types)
        case All(parts=parts) | AnyOf(parts=parts):
            yield from (name for each in parts for name in uncast(each, types))


def _uncast(sides: tuple[Expression, ...], types: Mapping[str, str]) -> Iterator[str]:
    values = [each.value for each in sides if isinstance(each, Literal)]
    if any(not isinstance(value, str) and value is not None for value in values):
        yield from (
            each.name
            for each in sides
            if isinstance(each, ColumnRef) and types.get(each.name.lower()) == "VARCHAR"
        )
