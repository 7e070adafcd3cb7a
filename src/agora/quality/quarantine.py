"""Quarantine: rows that break a promise are put aside, every row ends up on exactly one side."""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.model.checks import CheckResult
from agora.model.contract import Severity
from agora.model.types import quoted
from agora.quality.checks import Check, CheckPlan
from agora.quality.sql import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Two SELECT texts over the same relation: rows that stay, and rows put aside with `_reason`."""

    good: str
    bad: str


def split(plan: CheckPlan, results: Sequence[CheckResult]) -> Split | None:
    """How to part the rows, or None when no quarantine rule points at any."""
    broken = {r.check for r in results if r.severity is Severity.QUARANTINE and r.blocks and r.failing}
    checks = [check for check in plan.checks if check.id in broken and check.broken]
    if not checks:
        return None
    names = listed([column.name for column in plan.contract.columns])
    flags = [f"coalesce({_condition(plan, c)}, FALSE) AS _bad{n}" for n, c in enumerate(checks)]
    marked = f"SELECT *, {', '.join(flags)} FROM {quoted(plan.relation)} AS source"
    any_bad = " OR ".join(f"_bad{n}" for n in range(len(checks)))
    return Split(
        good=f"SELECT {names} FROM ({marked}) WHERE NOT ({any_bad})",
        bad=f"SELECT {names}, {_reason(checks)} AS _reason FROM ({marked}) WHERE {any_bad}",
    )


def rows_where(plan: CheckPlan, broken: str) -> str:
    """The rows for which a check's condition is true, whether or not it needs a window."""
    names = listed([column.name for column in plan.contract.columns])
    condition = broken.replace("ALL_COLUMNS", names)
    marked = f"SELECT *, ({condition}) AS _bad FROM {quoted(plan.relation)} AS source"
    return f"SELECT {names} FROM ({marked}) WHERE _bad"


def _condition(plan: CheckPlan, check: Check) -> str:
    names = listed([column.name for column in plan.contract.columns])
    return f"({check.broken.replace('ALL_COLUMNS', names)})"


def _reason(checks: Sequence[Check]) -> str:
    cases = ", ".join(
        f"CASE WHEN _bad{n} THEN '{check.id.replace(chr(39), chr(39) * 2)}' END"
        for n, check in enumerate(checks)
    )
    return f"concat_ws(', ', {cases})"
