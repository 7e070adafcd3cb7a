"""Since: counting only what came since a release, where what was counted then still holds.

The rows a run keeps of the release it builds on lie in the same files. A promise that none of them
broke is counted on the new files alone; a key that held is looked up in the old files only where a
new row has it. Everything else (statements of a contract's own, promises that some row broke,
references to a table that moved too) is counted on the whole table again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agora.model.checks import CheckResult
from agora.model.contract import Metric
from agora.model.types import quoted
from agora.quality.checks import MOST_COUNTS, SHARED, Check, CheckPlan, Scan
from agora.quality.sql import names_of, present


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What a run builds on: the results of that release, and where old and new rows are.

    `fresh` is a plan over the relation of the new files, `kept` names the relation of the old ones,
    `rows` is how many rows both hold, and `moved` names relations that are not as they were.
    """

    results: tuple[CheckResult, ...]
    fresh: CheckPlan
    kept: str
    rows: int
    moved: frozenset[str] = frozenset()


def scans(plan: CheckPlan, since: Since) -> tuple[Scan, ...]:
    """As the plan's own scans, answers and all, but over as few rows as will do."""
    held = _held(plan, since)
    newer = {check.id: check for check in since.fresh.checks}
    asked: dict[str, list[Check]] = {}
    for check in plan.checks:
        if check.query:
            asked.setdefault(check.query, []).append(check)
    own = (
        Scan(
            id=same[0].id,
            sql=_own(same[0], newer[same[0].id], since) if held >= _ids(same) else query,
        )
        for query, same in asked.items()
    )
    return (_shared(plan, since, held), *own)


def _ids(checks: Sequence[Check]) -> frozenset[str]:
    return frozenset(check.id for check in checks)


def _held(plan: CheckPlan, since: Since) -> frozenset[str]:
    """The checks that no row of the release broke, and that look at nothing that moved."""
    unbroken = {r.check for r in since.results if r.value == 0 and r.port == plan.port}
    points = {check.id for check in plan.checks if check.points and check.target not in since.moved}
    return frozenset(unbroken & points)


def _own(check: Check, newer: Check, since: Since) -> str:
    return _repetitions(check.repeats, since) if check.repeats else newer.query


def _repetitions(columns: Sequence[str], since: Since) -> str:
    """How many rows repeat a key: among the new ones, and those old ones whose key a new one has."""
    keys = sorted(set(columns))
    names, fresh = names_of(keys), quoted(since.fresh.relation)
    old = f"SELECT {names} FROM {quoted(since.kept)} SEMI JOIN {fresh} USING ({names})"
    groups = (
        f"SELECT count(*) AS n FROM (SELECT {names} FROM {fresh} UNION ALL ({old})) AS rows "
        f"GROUP BY {names} HAVING count(*) > 1 AND {present(keys)}"
    )
    return f"SELECT coalesce(sum(n - 1), 0) AS value FROM ({groups}) AS repeated"


def _shared(plan: CheckPlan, since: Since, held: frozenset[str]) -> Scan:
    """One row: every count of the shared scan, each from the relation that tells it."""
    fields: dict[str, list[str]] = {since.fresh.relation: [], plan.relation: []}
    known = [f"{since.rows} AS rows"]
    newer = {check.id: check.value for check in since.fresh.checks}
    for place, check in enumerate(plan.shared):
        if check.rule is not None and check.rule.metric is Metric.ROW_COUNT:
            known.append(f"{since.rows} AS c{place}")
        elif check.id in held:
            fields[since.fresh.relation].append(f"{newer[check.id]} AS c{place}")
        else:
            fields[plan.relation].append(f"{check.value} AS c{place}")
    selects = [f"SELECT {', '.join(known)}", *_counts(fields)]
    joined = ", ".join(f"({select}) AS part{place}" for place, select in enumerate(selects))
    return Scan(id=SHARED, sql=f"SELECT * FROM {joined}")


def _counts(fields: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"SELECT {', '.join(listed[start : start + MOST_COUNTS])} FROM {quoted(name)} AS source"
        for name, listed in fields.items()
        for start in range(0, len(listed), MOST_COUNTS)
    ]
