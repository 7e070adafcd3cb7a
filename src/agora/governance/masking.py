"""Masking: the strictest mask wins; two masks of one level that differ meet at null."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from agora.governance.matching import touches
from agora.model.decision import ColumnView
from agora.model.policy import Mask, MaskKind, Policy
from agora.model.reasons import Reason
from agora.model.release import ReleasedColumn
from agora.model.types import Kind, Type

NULL = Mask(kind=MaskKind.NULL)


def view(
    column: ReleasedColumn,
    labels: frozenset[str],
    rules: Sequence[Policy],
    owners: Mapping[str, str],
) -> ColumnView:
    """How a column is seen under these masking rules, with every rule that masks it named."""
    touching = [p for p in rules if p.effect.mask and touches(p.applies_to, column.name, labels)]
    mask = Mask()
    for policy in touching:
        if policy.effect.mask is not None:
            mask = stricter(mask, fitting(policy.effect.mask, column.type))
    reasons = tuple(
        Reason(code="E400", sentence=p.title or p.id, rule=p.name, owner=owners.get(p.name, ""))
        for p in touching
    )
    return ColumnView(name=column.name, type=column.type, mask=mask, reasons=reasons)


def stricter(one: Mask, other: Mask) -> Mask:
    """The mask that shows less; at one level with different parameters, null."""
    if one.kind is other.kind:
        return one if one == other else NULL
    return max(one, other, key=lambda mask: mask.kind)


def fitting(mask: Mask, of: Type) -> Mask:
    """The mask as it can be applied to a type; what does not fit becomes null."""
    if mask.kind is MaskKind.PARTIAL and of.kind is not Kind.VARCHAR:
        return NULL
    if mask.kind is MaskKind.CONSTANT and not spells(mask.constant, of):
        return NULL
    return mask


def spells(text: str, of: Type) -> bool:
    """True when a text is a value of the type."""
    try:
        return _read(text, of)
    except (ValueError, InvalidOperation):
        return False


def _read(text: str, of: Type) -> bool:
    match of.kind:
        case Kind.VARCHAR:
            return True
        case Kind.BOOLEAN:
            return text.lower() in ("true", "false")
        case Kind.INTEGER:
            return -(2**31) <= int(text) < 2**31
        case Kind.BIGINT:
            return -(2**63) <= int(text) < 2**63
        case Kind.DECIMAL:
            return abs(Decimal(text)) < Decimal(10) ** (of.precision - of.scale)
        case Kind.REAL | Kind.DOUBLE:
            return Decimal(text).is_finite()
        case Kind.DATE:
            return bool(date.fromisoformat(text))
        case Kind.TIME:
            return time.fromisoformat(text) is not None
        case Kind.TIMESTAMP | Kind.INSTANT:
            return bool(datetime.fromisoformat(text))
    return False
