"""Shields: what a decision becomes for the reader's engine."""

from agora.model.decision import Decision, Shield
from agora.model.expressions import All


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
