"""Masking: the strictest mask wins; two masks of one level that differ meet at null."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from agora.governance.matching import touches
from agora.model.decision import ColumnView
from agora.model.policy import Mask, MaskKind, Policy
from agora.model.reasons import Reason
from agora.model.release import ReleasedColumn
from agora.model.types import Kind, Type

NULL = Mask(kind=MaskKind.NULL)
HIDDEN = Mask(kind=MaskKind.HIDDEN)


def masked_by(
    rules: Sequence[Policy], columns: Mapping[str, frozenset[str]]
) -> dict[str, tuple[Policy, ...]]:
    """The masking rules that touch each of these columns (by name, with their labels)."""
    found: dict[str, tuple[Policy, ...]] = defaultdict(tuple)
    for rule in rules:
        if rule.effect.mask is None:
            continue
        for name, labels in columns.items():
            if touches(rule.applies_to, name, labels):
                found[name] = (*found[name], rule)
    return found


def view(
    column: ReleasedColumn,
    touching: Sequence[Policy],
    owners: Mapping[str, str],
    left_out: tuple[Reason, ...] = (),
) -> ColumnView:
    """How a column is seen under the masking rules that touch it, every one of them named.

    `left_out` are the reasons why an agreement does not cover it, which hide it.
    """
    masks = [fitting(p.effect.mask, column.type) for p in touching if p.effect.mask is not None]
    reasons = tuple(
        Reason(code="E400", sentence=p.title or p.id, rule=p.name, owner=owners.get(p.domain, ""))
        for p in touching
    )
    return ColumnView(
        name=column.name,
        type=column.type,
        mask=strictest([*masks, *(HIDDEN for _ in left_out)]),
        reasons=reasons + left_out,
    )


def strictest(masks: Iterable[Mask]) -> Mask:
    """What is left under all masks together, in any order; more masks never show more.

    The highest level wins. Where two masks of one level differ, at least null is the answer: what
    both leave to see, put side by side, could be more than either of them meant to show.
    """
    found = {mask for mask in masks if mask.kind is not MaskKind.CLEAR}
    top = max((mask.kind for mask in found), default=MaskKind.CLEAR)
    disagreeing = len({mask.kind for mask in found}) < len(found)
    if top is MaskKind.HIDDEN:
        return HIDDEN
    if top is MaskKind.NULL or disagreeing:
        return NULL
    return next((mask for mask in found if mask.kind is top), Mask())


def fitting(mask: Mask, of: Type) -> Mask:
    """The mask as it can be applied to a type; what does not fit becomes null."""
    if mask.kind is MaskKind.PARTIAL and (
        of.kind is not Kind.VARCHAR or min(mask.first, mask.last) < 0
    ):
        return NULL
    if mask.kind is MaskKind.CONSTANT and not spells(mask.constant, of):
        return NULL
    return mask


_WHOLE = re.compile(r"-?[0-9]{1,19}\Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
_DAY = re.compile(_DATE + r"\Z")
_CLOCK = re.compile(_TIME + r"\Z")
_MOMENT = re.compile(rf"{_DATE}([ T]{_TIME})?\Z")
_INSTANT = re.compile(rf"{_DATE}([ T]{_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?\Z")
_BITS = {Kind.INTEGER: 31, Kind.BIGINT: 63}


def spells(text: str, of: Type) -> bool:
    """True when a text is a value of the type, in the plain spelling every engine reads alike."""
    try:
        return _read(text, of)
    except ValueError:
        return False


def _read(text: str, of: Type) -> bool:
    match of.kind:
        case Kind.VARCHAR:
            return True
        case Kind.BOOLEAN:
            return text in ("true", "false")
        case Kind.INTEGER | Kind.BIGINT:
            bound = 1 << _BITS[of.kind]
            return bool(_WHOLE.match(text)) and -bound <= int(text) < bound
        case Kind.DECIMAL:
            return bool(_NUMBER.match(text)) and _fits(text, of)
        case Kind.REAL | Kind.DOUBLE:
            return bool(_NUMBER.match(text)) and len(text) <= _LONGEST_FLOAT
        case Kind.DATE:
            return bool(_DAY.match(text) and date.fromisoformat(text))
        case Kind.TIME:
            return bool(_CLOCK.match(text)) and time.fromisoformat(text) is not None
        case Kind.TIMESTAMP:
            return bool(_MOMENT.match(text) and datetime.fromisoformat(text))
        case Kind.INSTANT:
            return bool(_INSTANT.match(text) and datetime.fromisoformat(text))
    return False


_LONGEST_FLOAT = 30


def _fits(text: str, of: Type) -> bool:
    whole, _, fraction = text.lstrip("-").partition(".")
    return len(fraction) <= of.scale and len(whole.lstrip("0")) <= of.precision - of.scale
