"""Reasons: why a decision is as it is, whose rule it was, and how to ask."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a decision; `rule` names the policy or agreement, `owner` whose it is."""

    code: str
    sentence: str
    rule: str = ""
    owner: str = ""
    hint: str = ""
