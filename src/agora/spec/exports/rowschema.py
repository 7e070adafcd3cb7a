"""Row schemas: what one row of a port looks like, as JSON Schema (draft 2020-12).

It describes rows as `agora query --json` gives them: decimals as text, moments in ISO 8601.
"""

import re
from decimal import Decimal
from typing import Any

from agora.model.contract import (
    Column,
    Contract,
    Metric,
    Operator,
    QualityRule,
    RuleKind,
    Scalar,
    Severity,
)
from agora.model.product import OutputPort
from agora.model.types import Kind, Type
from agora.spec.exports.offers import Offer

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[Kind, dict[str, Any]] = {
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.INTEGER: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    Kind.BIGINT: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    Kind.REAL: {"type": ["number", "string"], "pattern": "^(nan|-?inf)$"},
    Kind.DOUBLE: {"type": ["number", "string"], "pattern": "^(nan|-?inf)$"},
    Kind.VARCHAR: {"type": "string"},
    Kind.BLOB: {"type": "string", "pattern": "^([0-9a-f]{2})*$"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.TIME: {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}"},
    Kind.TIMESTAMP: {"type": "string", "pattern": "^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
}
_NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.REAL, Kind.DOUBLE})
_LENGTHS = {"min_length": "minLength", "max_length": "maxLength"}
_BOUNDS = {
    "minimum": "minimum", "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum", "exclusive_maximum": "exclusiveMaximum",
}  # fmt: skip
_ITEMS = {"min_items": "minItems", "max_items": "maxItems"}


def document(offer: Offer, port: OutputPort) -> dict[str, Any]:
    """The schema of one row of this port."""
    contract = port.contract
    columns = {c.name: _column(c, _permitted(contract, c)) for c in contract.columns}
    found: dict[str, Any] = {
        "$schema": DRAFT,
        "$id": offer.iri("row", port.version),
        "title": contract.title or str(port.version),
        "description": contract.description,
        "type": "object",
        "properties": columns,
        "required": [c.name for c in contract.columns if c.required or c.key_position],
        "additionalProperties": False,
    }
    return {key: value for key, value in found.items() if value not in ("", [])}


def _column(column: Column, permitted: tuple[Scalar, ...]) -> dict[str, Any]:
    words = {"title": column.title, "description": column.description}
    found: dict[str, Any] = {key: value for key, value in words.items() if value}
    found |= _typed(column.type) | _limits(column)
    if permitted and column.type.kind in (Kind.VARCHAR, Kind.INTEGER, Kind.BIGINT):
        found["enum"] = list(permitted)
    return found if column.required or column.key_position else _or_nothing(found)


def _typed(of: Type) -> dict[str, Any]:
    match of.kind:
        case Kind.LIST:
            return {"type": "array", "items": _or_nothing(_typed(of.element)) if of.element else {}}
        case Kind.STRUCT:
            inner = {name: _or_nothing(_typed(each)) for name, each in of.fields}
            return {"type": "object", "properties": inner, "additionalProperties": False}
        case Kind.DECIMAL:
            whole, part = of.precision - of.scale, of.scale
            digits = rf"[0-9]{{1,{max(whole, 1)}}}" + (rf"(\.[0-9]{{1,{part}}})?" if part else "")
            small = r"|-?[0-9](\.[0-9]+)?E-[0-9]+" if part else ""
            return {"type": ["string", "integer"], "pattern": f"^(-?{digits}{small})$"}
    return dict(_PLAIN[of.kind])


def _or_nothing(found: dict[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    types = found["type"] if isinstance(found["type"], list) else [found["type"]]
    more = {"enum": [*found["enum"], None]} if "enum" in found else {}
    return found | {"type": [*types, "null"]} | more


def _limits(column: Column) -> dict[str, Any]:
    kind, limits = column.type.kind, column.limits
    found: dict[str, Any] = {}
    if kind is Kind.VARCHAR:
        found |= _given(limits, _LENGTHS)
        found |= {"pattern": limits.pattern} if limits.pattern and _sound(limits.pattern) else {}
        found |= {"format": limits.format} if limits.format else {}
    if kind in _NUMBERS:
        found |= _given(limits, _BOUNDS)
    if kind is Kind.LIST:
        found |= _given(limits, _ITEMS)
        found |= {"uniqueItems": True} if limits.unique_items else {}
    return found


def _given(limits: object, names: dict[str, str]) -> dict[str, Any]:
    values = {theirs: getattr(limits, ours) for ours, theirs in names.items()}
    return {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
    }


def _sound(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _permitted(contract: Contract, column: Column) -> tuple[Scalar, ...]:
    """The values a column may hold: of the column itself, or of a rule that allows no other."""
    if column.limits.options:
        return column.limits.options
    rules = (r for r in contract.rules if r.column == column.name and _allows_no_other(r))
    return next((rule.valid for rule in rules), ())


def _allows_no_other(rule: QualityRule) -> bool:
    nothing = rule.operator is Operator.MUST_BE and rule.threshold == (Decimal(0),)
    library = rule.kind is RuleKind.LIBRARY and rule.metric is Metric.INVALID_VALUES
    kept = rule.severity is not Severity.WARN
    return library and nothing and kept and bool(rule.valid) and not rule.pattern
