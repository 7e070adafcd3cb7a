"""Samples: a few rows that break a promise, without any classified value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agora.model.checks import CheckResult, Outcome, Sample
from agora.model.contract import Column
from agora.model.types import quoted
from agora.quality.checks import Check, CheckPlan, Scan
from agora.quality.quarantine import REASON, rows_where
from agora.quality.sql import as_text, literal, names_of

MOST = 5
BROKEN = (Outcome.FAIL, Outcome.WARN)


def scans(plan: CheckPlan, results: Sequence[CheckResult]) -> tuple[Scan, ...]:
    """One statement per broken check that points at rows: its key and the tested columns, as text."""
    found = []
    for check in _broken(plan, results):
        names = _shown(plan, check)
        if names:
            texts = ", ".join(f"{as_text(name)} AS {quoted(name)}" for name in names)
            order = names_of(names, "failing.")
            rows = f"({rows_where(plan, check)}) AS failing ORDER BY {order} LIMIT {MOST}"
            found.append(Scan(id=check.id, sql=f"SELECT {texts} FROM {rows}"))
    return tuple(found)


def attach(
    results: Sequence[CheckResult], answers: Mapping[str, tuple[Mapping[str, object], ...]]
) -> tuple[CheckResult, ...]:
    """The results with the sampled rows of each."""
    return tuple(
        replace(result, samples=tuple(_sample(row) for row in answers[result.check]))
        if result.check in answers
        else result
        for result in results
    )


def examples(plan: CheckPlan, results: Sequence[CheckResult]) -> str:
    """One SELECT of whole rows that break a promise, a few for each, with `_reason`; empty for none.

    These rows never leave but through a reader's own decision.
    """
    parts = [
        f"(SELECT *, {literal(check.id)} AS {quoted(REASON)} FROM ({rows_where(plan, check)}) "
        f"AS failing LIMIT {MOST})"
        for check in _broken(plan, results)
    ]
    return " UNION ALL ".join(parts)


def _broken(plan: CheckPlan, results: Sequence[CheckResult]) -> list[Check]:
    broken = {result.check for result in results if result.outcome in BROKEN and result.failing}
    return [check for check in plan.checks if check.id in broken and check.points]


def _shown(plan: CheckPlan, check: Check) -> tuple[str, ...]:
    """Key and tested columns in the contract's order, less those that are classified."""
    wanted = {*plan.contract.key, *check.columns}
    return tuple(
        column.name
        for column in plan.contract.columns
        if column.name in wanted and not _labels(column) & plan.classified
    )


def _labels(column: Column) -> frozenset[str]:
    """The labels of a column and of everything inside it."""
    return column.labels.union(*map(_labels, column.properties))


def _sample(row: Mapping[str, object]) -> Sample:
    return Sample(values=tuple((name, "" if v is None else str(v)) for name, v in row.items()))
