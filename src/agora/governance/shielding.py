"""Shields: what a decision becomes for the reader's engine."""

from collections.abc import Iterator

from agora.model.decision import Decision, Shield
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    ColumnRef,
    Compare,
    Expression,
    Not,
    OneOf,
)
from agora.model.policy import MaskKind
from agora.model.release import ReleasedColumn

_TELLING = frozenset({MaskKind.CLEAR, MaskKind.PARTIAL})


def shield(decision: Decision) -> Shield:
    """The visible columns with their masks and one row condition; raises ValueError for a denial.

    The barrier is left out only when nothing at all is hidden from this reader.
    """
    if not decision.allowed:
        raise ValueError("a denial shows nothing")
    conditions = tuple(rule.condition for rule in decision.rows)
    return Shield(
        columns=decision.visible,
        rows=All(parts=conditions) if conditions else None,
        barrier=not decision.hides_nothing,
    )


def shown(shield: Shield, columns: tuple[ReleasedColumn, ...]) -> tuple[ReleasedColumn, ...]:
    """The columns without whose values nothing can be shown: seen ones, and those rows depend on.

    What is hidden, null or a constant for this reader is not among them.
    """
    needed = {column.name for column in shield.columns if column.mask.kind in _TELLING}
    needed |= set(_named(shield.rows)) if shield.rows else set()
    return tuple(column for column in columns if column.name in needed)


def _named(of: Expression) -> Iterator[str]:
    """Every column a condition names."""
    match of:
        case ColumnRef(name=name):
            yield name
        case Compare(left=left, right=right):
            yield from _named(left)
            yield from _named(right)
        case OneOf(item=item, options=options):
            for each in (item, *options):
                yield from _named(each)
        case Absent(item=item) | Not(item=item):
            yield from _named(item)
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _named(part)
