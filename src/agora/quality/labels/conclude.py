"""Concluding a label: what the answers of its scans mean."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from agora.model.checks import CheckResult
from agora.model.contract import Column, Relationship
from agora.model.label import ColumnFacts, GroupFacts, KeyFacts, Label, ReferenceFacts
from agora.model.types import Kind
from agora.quality.checks import SHARED
from agora.quality.labels import periods
from agora.quality.labels.plans import LabelPlan, Rows, declared, whole

_ALMOST = 100  # a key almost holds when at most one row in so many breaks it


def conclude(
    plan: LabelPlan,
    answers: Mapping[str, Rows],
    errors: Mapping[str, str],
    results: Sequence[CheckResult],
    now: datetime,
) -> Label:
    """The label these answers tell; declared keys were counted by the checks already."""
    overview = next(iter(answers.get(SHARED, ())), {})
    keys = (*_checked(plan, overview, results), *_found(plan, overview, answers))
    return Label(
        port=plan.port,
        counted_at=now,
        rows=whole(overview.get("rows")),
        columns=tuple(
            _column(plan, column, place, overview, keys)
            for place, column in enumerate(plan.contract.columns)
        ),
        keys=keys,
        references=tuple(
            _reference(plan, link, answers.get(f"reference {place}"))
            for place, link in enumerate(plan.contract.relationships)
        ),
        periods=periods.conclude(plan.moments(), plan.periods(), answers),
        group=_group(plan, answers.get("group")),
        problems=tuple(sorted(f"{scan or 'columns'}: {words}" for scan, words in errors.items())),
    )


def _checked(
    plan: LabelPlan, overview: Mapping[str, object], results: Sequence[CheckResult]
) -> Iterator[KeyFacts]:
    counted = {r.check: r for r in results if r.port == plan.port}
    told = set()
    for check, columns in declared(plan.contract):
        result = counted.get(check)
        if result is None or result.failing is None or result.rows is None or columns in told:
            continue
        told.add(columns)
        yield KeyFacts(
            columns=columns,
            declared=True,
            rows=result.rows,
            repeats=result.failing,
            empty=max(_nulls(plan, overview, name) or 0 for name in columns),
        )


def _found(
    plan: LabelPlan, overview: Mapping[str, object], answers: Mapping[str, Rows]
) -> Iterator[KeyFacts]:
    rows = whole(overview.get("rows")) or 0
    for column in plan.contract.columns:
        answer = answers.get(f"key {column.name}")
        if not answer:
            continue
        repeats = whole(answer[0].get("value")) or 0
        empty = _nulls(plan, overview, column.name) or 0
        if _ALMOST * (repeats + empty) <= rows:
            yield KeyFacts(
                columns=(column.name,), declared=False, rows=rows, repeats=repeats, empty=empty
            )


def _nulls(plan: LabelPlan, overview: Mapping[str, object], name: str) -> int | None:
    place = next((n for n, c in enumerate(plan.contract.columns) if c.name == name), None)
    rows, filled = whole(overview.get("rows")), whole(overview.get(f"f{place}"))
    return None if rows is None or filled is None else rows - filled


def _column(
    plan: LabelPlan,
    column: Column,
    place: int,
    overview: Mapping[str, object],
    keys: Sequence[KeyFacts],
) -> ColumnFacts:
    nulls, filled = _nulls(plan, overview, column.name), whole(overview.get(f"f{place}"))
    key = next((k for k in keys if k.columns == (column.name,)), None)
    distinct = whole(overview.get(f"d{place}"))
    if distinct is not None and filled is not None:
        distinct = filled - key.repeats if key else min(distinct, filled)
    return ColumnFacts(
        name=column.name,
        nulls=nulls,
        distinct=distinct,
        exact=key is not None or filled == 0,
        least=_text(overview.get(f"l{place}")),
        most=_text(overview.get(f"m{place}")),
        unit=column.unit,
        zone=_zone(column),
        withheld="its values are classified" if plan.secret(column) else "",
    )


def _zone(column: Column) -> str:
    if column.type.kind is Kind.INSTANT:
        return "UTC"
    if column.type.kind is Kind.TIMESTAMP:
        return column.zone or "local time, zone not stated"
    return ""


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _reference(plan: LabelPlan, link: Relationship, answer: Rows | None) -> ReferenceFacts:
    itself = link.contract in ("", plan.contract.id) and link.to == plan.contract.table
    made = ReferenceFacts(
        columns=link.columns,
        to=link.to,
        to_columns=link.to_columns,
        port=plan.port if itself else plan.ports.get(link.contract or link.to),
        skipped="" if answer else "it could not be counted",
    )
    if plan.target(link) is None:
        words = "it is not an input of this product, so it is not looked at"
        return ReferenceFacts(
            columns=made.columns,
            to=made.to,
            to_columns=made.to_columns,
            port=made.port,
            skipped=words,
        )
    return _met(made, answer[0]) if answer else made


def _met(made: ReferenceFacts, told: Mapping[str, object]) -> ReferenceFacts:
    rows, missing = whole(told["rows"]) or 0, whole(told["missing"]) or 0
    found, pairs = whole(told["found"]) or 0, whole(told["pairs"])
    meeting = rows - missing
    return ReferenceFacts(
        columns=made.columns,
        to=made.to,
        to_columns=made.to_columns,
        port=made.port,
        rows=rows,
        missing=missing,
        values=whole(told["values"]),
        found=found,
        targets=whole(told["targets"]),
        most=whole(told["most"]),
        mean=_mean(pairs, meeting),
        met=whole(told["met"]),
        met_mean=_mean(meeting, found),
    )


def _mean(total: int | None, of: int) -> Decimal | None:
    return round(Decimal(total) / of, 2) if total is not None and of else None


def _group(plan: LabelPlan, answer: Rows | None) -> GroupFacts | None:
    smallest = whole(answer[0]["smallest"]) if answer else None
    if answer is None or smallest is None:
        return None
    return GroupFacts(
        columns=plan.quasi,
        groups=whole(answer[0]["groups"]) or 0,
        smallest=smallest,
        alone=whole(answer[0]["alone"]) or 0,
    )
