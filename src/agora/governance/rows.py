"""Row rules: attributes of the reader become values, and types are checked before anything runs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from agora.model.access import Agreement
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Comparison,
    Expression,
    Literal,
    Not,
    OneOf,
    Value,
)
from agora.model.people import Principal
from agora.model.types import Kind, Type

NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.REAL, Kind.DOUBLE})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT})
ORDERED = frozenset({"any", "a number", "a moment", "a time of day", "text"})


class Unbound(Exception):
    """A row rule asks for something this reader does not have, or that does not fit its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What attributes are taken from, and the column types they must fit."""

    principal: Principal
    agreement: Agreement | None
    types: Mapping[str, Type]


def bind(
    expression: Expression,
    principal: Principal,
    agreement: Agreement | None,
    types: Mapping[str, Type] | None = None,
) -> Expression:
    """The expression with every attribute replaced by its values, read as what it is compared with.

    Raises Unbound, in words for the reader, when an attribute is missing, has several values where
    one is needed, or cannot be read as the type of the column beside it.
    """
    return _bound(expression, _Reader(principal=principal, agreement=agreement, types=types or {}))


def _bound(expression: Expression, reader: _Reader, beside: Kind | None = None) -> Expression:
    match expression:
        case Literal() | ColumnRef():
            return expression
        case Attribute():
            return _single(expression, reader, beside)
        case Compare(by=by, left=left, right=right):
            of = _kind(left, reader) or _kind(right, reader)
            return Compare(by=by, left=_bound(left, reader, of), right=_bound(right, reader, of))
        case OneOf(item=item, options=options):
            kinds = (_kind(each, reader) for each in (item, *options))
            of = next((kind for kind in kinds if kind is not None), None)
            values = tuple(v for option in options for v in _several(option, reader, of))
            return OneOf(item=_bound(item, reader, of), options=values)
        case Absent(item=item):
            return Absent(item=_bound(item, reader))
        case Not(item=item):
            return Not(item=_bound(item, reader))
        case All(parts=parts):
            return All(parts=tuple(_bound(part, reader) for part in parts))
    return AnyOf(parts=tuple(_bound(part, reader) for part in expression.parts))


def _single(attribute: Attribute, reader: _Reader, beside: Kind | None) -> Expression:
    values = _values(attribute, reader)
    if len(values) != 1:
        raise Unbound(f"needs exactly one `{_spelled(attribute)}`, you have {len(values)}")
    return Literal(value=_read(attribute, values[0], beside))


def _several(option: Expression, reader: _Reader, beside: Kind | None) -> tuple[Expression, ...]:
    if isinstance(option, Attribute):
        values = _values(option, reader)
        return tuple(Literal(value=_read(option, value, beside)) for value in values)
    return (_bound(option, reader, beside),)


def _values(attribute: Attribute, reader: _Reader) -> tuple[str, ...]:
    principal, agreement = reader.principal, reader.agreement
    values: tuple[str, ...] | None = None
    if attribute.scope == "user":
        known = {"id": (principal.id,), "teams": principal.teams, "roles": principal.roles}
        values = known.get(attribute.name, principal.attribute(attribute.name))
    elif attribute.scope == "grant" and agreement is not None:
        granted = {"purpose": (agreement.purpose,), "consumer": (agreement.consumer,)}
        values = granted.get(attribute.name)
    if values is None:
        raise Unbound(f"asks for `{_spelled(attribute)}`, which you do not have")
    return values


def _spelled(attribute: Attribute) -> str:
    return f"${attribute.scope}.{attribute.name}"


_NUMBER = re.compile(r"-?[0-9]{1,38}(\.[0-9]{1,38})?\Z")
_TRUTHS = {"true": True, "false": False}


def _read(attribute: Attribute, text: str, beside: Kind | None) -> Value:
    """The value an attribute's text means beside a column of this kind; text beside nothing."""
    try:
        return _read_as(text, beside)
    except (ValueError, KeyError):
        words = f"compares `{_spelled(attribute)}` with {_family_of(beside or Kind.VARCHAR)}"
        raise Unbound(f"{words}, which yours is not") from None


def _read_as(text: str, kind: Kind | None) -> Value:
    match kind:
        case None | Kind.VARCHAR:
            return text
        case Kind.BOOLEAN:
            return _TRUTHS[text.lower()]
        case Kind.DATE:
            return date.fromisoformat(text)
        case Kind.TIMESTAMP | Kind.INSTANT:
            return datetime.fromisoformat(text)
        case Kind.TIME:
            return time.fromisoformat(text).isoformat()
    if kind not in NUMBERS or _NUMBER.match(text) is None:
        raise ValueError(text)
    return Decimal(text) if "." in text else int(text)


def _kind(expression: Expression, reader: _Reader) -> Kind | None:
    """The kind of value beside an attribute, or None where nothing says it."""
    match expression:
        case ColumnRef(name=name) if name in reader.types:
            return reader.types[name].kind
        case Literal(value=bool()):
            return Kind.BOOLEAN
        case Literal(value=int() | Decimal()):
            return Kind.DECIMAL
        case Literal(value=datetime()):
            return Kind.TIMESTAMP
        case Literal(value=date()):
            return Kind.DATE
    return None


def columns_of(expression: Expression) -> frozenset[str]:
    """The columns an expression looks at."""
    match expression:
        case ColumnRef(name=name):
            return frozenset({name})
        case Literal() | Attribute():
            return frozenset()
        case Compare(left=left, right=right):
            return columns_of(left) | columns_of(right)
        case OneOf(item=item, options=options):
            return columns_of(item).union(*(columns_of(option) for option in options))
        case Absent(item=item) | Not(item=item):
            return columns_of(item)
    return frozenset().union(*(columns_of(part) for part in expression.parts))


def mistyped(expression: Expression, types: Mapping[str, Type]) -> tuple[str, ...]:
    """What does not fit together in a row rule, as sentences; empty when it can be evaluated."""
    match expression:
        case Compare(by=by, left=left, right=right):
            return _compared(by, left, right, types)
        case OneOf(item=item, options=options):
            pairs = (_compared(Comparison.EQUAL, item, option, types) for option in options)
            return tuple(words for pair in pairs for words in pair) or _unknown(item, types)
        case Absent(item=ColumnRef() | Literal() | Attribute() as item):
            return _unknown(item, types)
        case Absent(item=item):
            return _condition(item, types)
        case Not(item=item):
            return _condition(item, types)
        case All(parts=parts) | AnyOf(parts=parts):
            return tuple(words for part in parts for words in _condition(part, types))
    return _condition(expression, types)


def _condition(expression: Expression, types: Mapping[str, Type]) -> tuple[str, ...]:
    match expression:
        case ColumnRef(name=name):
            if name in types and types[name].kind is not Kind.BOOLEAN:
                return (f"`{name}` is no condition",)
            return _unknown(expression, types)
        case Literal(value=value):
            return () if isinstance(value, bool) else (f"`{value}` is no condition",)
        case Attribute(scope=scope, name=name):
            return (f"`${scope}.{name}` is no condition",)
    return mistyped(expression, types)


def _unknown(expression: Expression, types: Mapping[str, Type]) -> tuple[str, ...]:
    return tuple(
        f"there is no column `{n}`" for n in sorted(columns_of(expression)) if n not in types
    )


def _compared(
    by: Comparison, left: Expression, right: Expression, types: Mapping[str, Type]
) -> tuple[str, ...]:
    unknown = _unknown(left, types) + _unknown(right, types)
    if unknown:
        return unknown
    first, second = _family(left, types), _family(right, types)
    if first == "condition" or second == "condition":
        return ("a condition cannot be compared",)
    if "any" not in (first, second) and first != second:
        return (f"{first} cannot be compared with {second}",)
    orderless = sorted({first, second} - ORDERED)
    if orderless and by not in (Comparison.EQUAL, Comparison.UNEQUAL):
        return (f"{orderless[0]} has no order",)
    return ()


def _family(expression: Expression, types: Mapping[str, Type]) -> str:
    match expression:
        case ColumnRef(name=name):
            return _family_of(types[name].kind)
        case Attribute():
            return "any"
        case Literal(value=value):
            return _family_of_value(value)
    return "condition"


def _family_of(kind: Kind) -> str:
    if kind in NUMBERS:
        return "a number"
    if kind in MOMENTS:
        return "a moment"
    named = {Kind.VARCHAR: "text", Kind.BOOLEAN: "truth", Kind.TIME: "a time of day"}
    return named.get(kind, f"{kind.value}")


def _family_of_value(value: object) -> str:
    match value:
        case None:
            return "any"
        case bool():
            return "truth"
        case int() | Decimal():
            return "a number"
        case datetime() | date():
            return "a moment"
    return "text"
