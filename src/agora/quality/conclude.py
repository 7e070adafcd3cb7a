"""Concluding: from what was counted to whether each promise holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from agora.model.checks import CheckResult, Outcome
from agora.model.contract import Metric, Operator, QualityRule, RuleKind, Severity
from agora.quality.checks import SHARED, Check, CheckPlan

Rows = tuple[Mapping[str, object], ...]
NO_NUMBER = "it gave no number"
_HOLDS: Mapping[Operator, Callable[[Decimal, Decimal, Decimal], bool]] = {
    Operator.MUST_BE: lambda value, first, _: value == first,
    Operator.MUST_NOT_BE: lambda value, first, _: value != first,
    Operator.GREATER_THAN: lambda value, first, _: value > first,
    Operator.GREATER_OR_EQUAL_TO: lambda value, first, _: value >= first,
    Operator.LESS_THAN: lambda value, first, _: value < first,
    Operator.LESS_OR_EQUAL_TO: lambda value, first, _: value <= first,
    Operator.BETWEEN: lambda value, first, last: first < value < last,
    Operator.NOT_BETWEEN: lambda value, first, last: not first < value < last,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What a check's scan said: a number, or why there is none."""

    number: Decimal | None = None
    problem: str = NO_NUMBER


def conclude(
    plan: CheckPlan, answers: Mapping[str, Rows], errors: Mapping[str, str]
) -> tuple[CheckResult, ...]:
    """One result per check; what could not be counted is an error, which is no failure of the data."""
    counted = _shared(plan, answers, errors)
    own = plan.own
    for check in plan.checks:
        if check.query:
            asked = own[check.query]
            problem = errors.get(check.id) or errors.get(asked, "")
            counted[check.id] = _Counted(problem=problem) if problem else _cell(answers.get(asked))
    rows = _rows(answers.get(SHARED))
    return tuple(
        _result(plan, check, counted.get(check.id, _Counted()), rows) for check in plan.checks
    )


def _shared(
    plan: CheckPlan, answers: Mapping[str, Rows], errors: Mapping[str, str]
) -> dict[str, _Counted]:
    """The numbers of the shared scan, or of each check's single scan where that one did not run."""
    together = next(iter(answers.get(SHARED, ())), {})
    counted = {}
    for place, check in enumerate(plan.shared):
        field = f"c{place}"
        if field in together:
            counted[check.id] = _Counted(number=_number(together[field]))
        elif check.id in answers:
            counted[check.id] = _cell(answers[check.id])
        else:
            counted[check.id] = _Counted(
                problem=errors.get(check.id) or errors.get(SHARED, NO_NUMBER)
            )
    return counted


def _cell(rows: Rows | None) -> _Counted:
    if not rows:
        return _Counted()
    if len(rows) != 1 or len(rows[0]) != 1:
        return _Counted(problem="it did not give one row with one number")
    return _Counted(number=_number(next(iter(rows[0].values()))))


def _rows(shared: Rows | None) -> int | None:
    return int(str(shared[0]["rows"])) if shared else None


def _result(plan: CheckPlan, check: Check, counted: _Counted, rows: int | None) -> CheckResult:
    outcome, value, detail = _judged(check, counted, rows)
    # rows are pointed at only when the promise would hold without them
    points = check.points and (check.rule is None or holds(check.rule, Decimal(0)))
    number = counted.number if value is not None else None
    return CheckResult(
        check=check.id,
        port=plan.port,
        outcome=outcome,
        severity=check.severity,
        sentence=check.sentence,
        column=check.columns[0] if len(check.columns) == 1 else "",
        value=value,
        failing=int(number) if points and number is not None else None,
        rows=rows,
        detail=detail,
    )


def _judged(
    check: Check, counted: _Counted, rows: int | None
) -> tuple[Outcome, Decimal | None, str]:
    if check.skip:
        return Outcome.SKIP, None, check.skip
    if check.broke:
        return Outcome.ERROR, None, check.broke
    if counted.number is None:
        return Outcome.ERROR, None, counted.problem
    measured = counted.number
    if _in_percent(check.rule):
        if rows is None:
            return Outcome.ERROR, None, "the rows could not be counted"
        measured = share(measured, rows)
    good = measured == 0 if check.rule is None else holds(check.rule, measured)
    if good:
        return Outcome.PASS, measured, ""
    return Outcome.WARN if check.severity is Severity.WARN else Outcome.FAIL, measured, ""


def _in_percent(rule: QualityRule | None) -> bool:
    """True for rules that count rows of the table; what a query answers is compared as it is."""
    if rule is None or rule.kind is not RuleKind.LIBRARY:
        return False
    return rule.percent and rule.metric is not Metric.ROW_COUNT


def share(number: Decimal, rows: int) -> Decimal:
    """The number as percent of all rows; of no rows it is 0."""
    return Decimal(100) * number / Decimal(rows) if rows else Decimal(0)


def holds(rule: QualityRule, value: Decimal) -> bool:
    """True when the measured value keeps the rule; both bounds of between are outside it."""
    first = rule.threshold[0] if rule.threshold else Decimal(0)
    last = rule.threshold[-1] if rule.threshold else Decimal(0)
    return _HOLDS[rule.operator or Operator.MUST_BE](value, first, last)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal(int(value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
