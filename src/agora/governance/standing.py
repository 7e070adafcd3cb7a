"""Standing: whether what somebody was shown is still what they may see."""

import hashlib

from agora.model.decision import Decision


def seen(decision: Decision, release: int) -> str:
    """A key that stays as long as the decision leaves the same of this release for the same purpose.

    Empty for a denial. It covers rows, columns and masks with everything bound; which rules and
    agreements led there does not matter.
    """
    if not decision.allowed:
        return ""
    columns = tuple((each.name, each.type.sql, each.mask) for each in decision.visible)
    rows = tuple(rule.condition for rule in decision.rows)
    words = (str(decision.port), release, decision.purpose, columns, rows)
    # the words of a frozen noun tell types apart: the number 1 is not the text `1`
    return hashlib.sha256(repr(words).encode()).hexdigest()
