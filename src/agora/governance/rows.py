"""Row rules: attributes of the reader become values, and types are checked before anything runs."""

from collections.abc import Mapping
from datetime import date, datetime
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
)
from agora.model.people import Principal
from agora.model.types import Kind, Type

NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.REAL, Kind.DOUBLE})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT})
ORDERED = NUMBERS | MOMENTS | {Kind.TIME, Kind.VARCHAR}


class Unbound(Exception):
    """A row rule asks for something this reader does not have."""


def bind(expression: Expression, principal: Principal, agreement: Agreement | None) -> Expression:
    """The expression with every attribute replaced by its values; raises Unbound when one is missing."""
    match expression:
        case Literal() | ColumnRef():
            return expression
        case Attribute():
            return _single(expression, principal, agreement)
        case Compare(by=by, left=left, right=right):
            return Compare(
                by=by,
                left=bind(left, principal, agreement),
                right=bind(right, principal, agreement),
            )
        case OneOf(item=item, options=options):
            values = tuple(v for o in options for v in _several(o, principal, agreement))
            return OneOf(item=bind(item, principal, agreement), options=values)
        case Absent(item=item):
            return Absent(item=bind(item, principal, agreement))
        case Not(item=item):
            return Not(item=bind(item, principal, agreement))
        case All(parts=parts):
            return All(parts=tuple(bind(part, principal, agreement) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(parts=tuple(bind(part, principal, agreement) for part in parts))


def _values(
    attribute: Attribute, principal: Principal, agreement: Agreement | None
) -> tuple[str, ...]:
    if attribute.scope == "user":
        known = {"id": (principal.id,), "teams": principal.teams, "roles": principal.roles}
        values = principal.attribute(attribute.name) or known.get(attribute.name)
    else:
        granted = (
            {"purpose": agreement.purpose, "consumer": agreement.consumer} if agreement else {}
        )
        values = (granted[attribute.name],) if attribute.name in granted else None
    if values is None:
        raise Unbound(f"${attribute.scope}.{attribute.name}")
    return values


def _single(attribute: Attribute, principal: Principal, agreement: Agreement | None) -> Expression:
    values = _values(attribute, principal, agreement)
    if len(values) != 1:
        raise Unbound(f"${attribute.scope}.{attribute.name}")
    return Literal(value=values[0])


def _several(
    option: Expression, principal: Principal, agreement: Agreement | None
) -> tuple[Expression, ...]:
    if isinstance(option, Attribute):
        values = _values(option, principal, agreement)
        return tuple(Literal(value=value) for value in values)
    return (bind(option, principal, agreement),)


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
        case All(parts=parts) | AnyOf(parts=parts):
            return frozenset().union(*(columns_of(part) for part in parts))


def mistyped(expression: Expression, types: Mapping[str, Type]) -> tuple[str, ...]:
    """What does not fit together in a row rule, as sentences; empty when it can be evaluated."""
    match expression:
        case Compare(by=by, left=left, right=right):
            return _compared(by, left, right, types)
        case OneOf(item=item, options=options):
            return tuple(
                words
                for option in options
                for words in _compared(Comparison.EQUAL, item, option, types)
            )
        case Absent(item=item):
            return _unknown(item, types)
        case Not(item=item):
            return _condition(item, types)
        case All(parts=parts) | AnyOf(parts=parts):
            return tuple(words for part in parts for words in _condition(part, types))
        case ColumnRef() | Literal() | Attribute():
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
    if by not in (Comparison.EQUAL, Comparison.UNEQUAL) and "truth" in (first, second):
        return ("true and false have no order",)
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
