"""Concluding: from what was counted to whether each promise holds."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from agora.model.checks import CheckResult, Outcome
from agora.model.contract import Operator, QualityRule, Severity
from agora.quality.checks import SHARED, Check, CheckPlan

Rows = tuple[Mapping[str, object], ...]


def conclude(
    plan: CheckPlan, answers: Mapping[str, Rows], errors: Mapping[str, str]
) -> tuple[CheckResult, ...]:
    """One result per check; what could not be counted is an error, which is no failure of the data."""
    rows = _rows(answers)
    places = {check.id: place for place, check in enumerate(c for c in plan.checks if c.shared)}
    return tuple(
        _result(plan, check, _value(check, places, answers), errors, rows) for check in plan.checks
    )


def _rows(answers: Mapping[str, Rows]) -> int | None:
    shared = answers.get(SHARED)
    return int(str(shared[0]["rows"])) if shared else None


def _value(check: Check, places: Mapping[str, int], answers: Mapping[str, Rows]) -> object:
    """The measured value: from the shared scan, or from the check's own first cell."""
    shared = answers.get(SHARED)
    field = f"c{places.get(check.id)}"
    if check.shared and shared and field in shared[0]:
        return shared[0][field]
    own = answers.get(check.id)
    return next(iter(own[0].values()), None) if own else None


def _result(
    plan: CheckPlan, check: Check, value: object, errors: Mapping[str, str], rows: int | None
) -> CheckResult:
    outcome, number, detail = _judged(check, value, errors, rows)
    counts = number is not None and bool(check.broken)
    percent = check.rule is not None and check.rule.percent
    return CheckResult(
        check=check.id,
        port=plan.port,
        outcome=outcome,
        severity=check.severity,
        sentence=check.sentence,
        column=check.columns[0] if len(check.columns) == 1 else "",
        value=share(number, rows) if percent and number is not None else number,
        failing=int(number) if counts and number is not None else None,
        rows=rows,
        detail=detail,
    )


def _judged(
    check: Check, value: object, errors: Mapping[str, str], rows: int | None
) -> tuple[Outcome, Decimal | None, str]:
    if check.skip:
        return Outcome.SKIP, None, check.skip
    if check.broke:
        return Outcome.ERROR, None, check.broke
    number = _number(value)
    if check.id in errors or number is None:
        return Outcome.ERROR, None, errors.get(check.id, "it gave no number")
    if check.rule is None:
        good = number == 0
    else:
        measured = share(number, rows) if check.rule.percent else number
        good = holds(check.rule, measured)
    if good:
        return Outcome.PASS, number, ""
    return Outcome.WARN if check.severity is Severity.WARN else Outcome.FAIL, number, ""


def share(number: Decimal, rows: int | None) -> Decimal:
    """The number as percent of all rows; of no rows it is 0."""
    return Decimal(100) * number / Decimal(rows) if rows else Decimal(0)


def holds(rule: QualityRule, value: Decimal) -> bool:
    """True when the measured value keeps the rule; both bounds of between are outside it."""
    first = rule.threshold[0] if rule.threshold else Decimal(0)
    last = rule.threshold[-1] if rule.threshold else Decimal(0)
    match rule.operator:
        case Operator.MUST_BE | None:
            return value == first
        case Operator.MUST_NOT_BE:
            return value != first
        case Operator.GREATER_THAN:
            return value > first
        case Operator.GREATER_OR_EQUAL_TO:
            return value >= first
        case Operator.LESS_THAN:
            return value < first
        case Operator.LESS_OR_EQUAL_TO:
            return value <= first
        case Operator.BETWEEN:
            return first < value < last
        case Operator.NOT_BETWEEN:
            return not first < value < last


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal(int(value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
