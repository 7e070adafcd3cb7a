"""Quarantine: rows that break a promise are put aside, every row ends up on exactly one side.

When a rule with this severity fails, every row that breaks it is put aside, not only as many as
would bring the count below the rule's threshold: which ones to keep would be a guess. Of equal keys
the first row stays, in the order of all columns, before it those that no other rule puts aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.model.checks import CheckResult
from agora.model.contract import Severity
from agora.model.types import quoted
from agora.quality.checks import Check, CheckPlan
from agora.quality.sql import literal, names_of, present, spare

REASON = "_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Two SELECT texts over the same relation: rows that stay, and rows put aside with `_reason`."""

    good: str
    bad: str


def split(plan: CheckPlan, results: Sequence[CheckResult]) -> Split | None:
    """How to part the rows, or None when no quarantine rule points at any."""
    broken = {
        r.check for r in results if r.severity is Severity.QUARANTINE and r.blocks and r.failing
    }
    checks = [check for check in plan.checks if check.id in broken and check.points]
    if not checks:
        return None
    names = names_of(plan.names)
    flags = {check.id: _flag(plan, number) for number, check in enumerate(checks)}
    marked = _marked(plan, checks, flags)
    any_bad = " OR ".join(flags.values())
    reasons = ", ".join(f"CASE WHEN {flag} THEN {literal(id_)} END" for id_, flag in flags.items())
    return Split(
        good=f"SELECT {names} FROM ({marked}) AS marked WHERE NOT ({any_bad})",
        bad=f"SELECT {names}, concat_ws(', ', {reasons}) AS {quoted(REASON)} "
        f"FROM ({marked}) AS marked WHERE {any_bad}",
    )


def rows_where(plan: CheckPlan, check: Check) -> str:
    """The rows that break one check."""
    source = f"SELECT {names_of(plan.names)} FROM {quoted(plan.relation)} AS source"
    if not check.repeats:
        return f"{source} WHERE {check.broken}"
    keys = names_of(check.repeats)
    order = f"PARTITION BY {keys} ORDER BY {names_of(plan.names)}"
    again = f"SELECT {keys} FROM {quoted(plan.relation)} GROUP BY {keys} HAVING count(*) > 1"
    # the window sorts only rows of keys that repeat, and equality leaves out NULL
    repeated = f"{source} SEMI JOIN ({again}) AS again USING ({keys})"
    return f"{repeated} QUALIFY row_number() OVER ({order}) > 1"


def _marked(plan: CheckPlan, checks: Sequence[Check], flags: dict[str, str]) -> str:
    """All rows with one flag per check: conditions first, so that repetitions can look at them."""
    names = names_of(plan.names)
    alone = [f"coalesce({c.broken}, FALSE) AS {flags[c.id]}" for c in checks if c.broken]
    rows = f"SELECT {', '.join([names, *alone])} FROM {quoted(plan.relation)} AS source"
    bad = [flags[check.id] for check in checks if check.broken]
    order = ", ".join([*([f"({' OR '.join(bad)})"] if bad else []), names])
    repeated = [
        f"({present(c.repeats)} AND row_number() OVER (PARTITION BY {names_of(c.repeats)} "
        f"ORDER BY {order}) > 1) AS {flags[c.id]}"
        for c in checks
        if c.repeats
    ]
    return f"SELECT {', '.join(['*', *repeated])} FROM ({rows}) AS source" if repeated else rows


def _flag(plan: CheckPlan, number: int) -> str:
    return quoted(spare(f"_bad_{number}", plan.names))
