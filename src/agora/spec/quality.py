"""ODCS quality rules as nouns; what cannot be counted is said when it is read, not when it runs."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from agora.model.contract import Column, Metric, Operator, QualityRule, RuleKind, Severity
from agora.spec.texts import Path, Text, texts

SEVERITIES = {
    "error": Severity.BLOCK, "critical": Severity.BLOCK, "high": Severity.BLOCK, "block": Severity.BLOCK,
    "quarantine": Severity.QUARANTINE,
    "info": Severity.WARN, "warn": Severity.WARN, "warning": Severity.WARN, "low": Severity.WARN,
    "minor": Severity.WARN, "medium": Severity.WARN,
}  # fmt: skip


def rules(text: Text, columns: tuple[Column, ...]) -> Iterator[QualityRule]:
    """Every quality rule of the contract's table and its columns, each with an id of its own."""
    used: set[str] = set()
    for path, column in _places(text, columns):
        for place, node in enumerate(text.get(*path) or ()):
            rule = _rule(text, (*path, place), node, column, used)
            if rule is not None:
                yield rule


def _places(text: Text, columns: tuple[Column, ...]) -> Iterator[tuple[Path, str]]:
    yield ("schema", 0, "quality"), ""
    for place, column in enumerate(columns):
        yield ("schema", 0, "properties", place, "quality"), column.name


def _rule(
    text: Text, path: Path, node: dict[str, Any], column: str, used: set[str]
) -> QualityRule | None:
    kind = RuleKind(node.get("type") or ("sql" if "query" in node else "library"))
    metric = _metric(text, path, node) if kind is RuleKind.LIBRARY else None
    operator, threshold = _threshold(text, path, node)
    arguments = node.get("arguments") or {}
    rule = QualityRule(
        id=_id(node, column, metric, kind, used),
        kind=kind,
        column=column,
        metric=metric,
        operator=operator,
        threshold=threshold,
        percent=node.get("unit") == "percent",
        missing=tuple(arguments.get("missingValues") or ()),
        valid=tuple(arguments.get("validValues") or ()),
        pattern=str(arguments.get("pattern") or ""),
        properties=texts(arguments.get("properties")),
        query=str(node.get("query") or ""),
        engine=str(node.get("engine") or ""),
        severity=_severity(text, path, node),
        dimension=str(node.get("dimension") or ""),
        description=str(node.get("description") or node.get("name") or ""),
    )
    return rule if _countable(text, path, rule) else None


def _metric(text: Text, path: Path, node: dict[str, Any]) -> Metric | None:
    name = node.get("metric") or node.get("rule")
    try:
        return Metric(str(name))
    except ValueError:
        names = ", ".join(f"`{metric.value}`" for metric in Metric)
        text.report("E144", path, f"`{name}` is no metric", f"use one of {names}")
        return None


def _threshold(
    text: Text, path: Path, node: dict[str, Any]
) -> tuple[Operator | None, tuple[Decimal, ...]]:
    given = [operator for operator in Operator if operator.value in node]
    if len(given) > 1:
        text.report("E144", path, f"it has two operators, `{given[0].value}` and `{given[1].value}`")
    if not given:
        return None, ()
    value = node[given[0].value]
    try:
        numbers = tuple(_number(each) for each in (value if isinstance(value, list) else [value]))
    except InvalidOperation:
        text.report("E144", (*path, given[0].value), f"`{value}` is no number to compare with")
        return None, ()
    return given[0], numbers


def _number(value: Any) -> Decimal:
    return Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value))


def _severity(text: Text, path: Path, node: dict[str, Any]) -> Severity:
    word = node.get("severity")
    if word is None:
        return Severity.BLOCK
    if str(word).lower() not in SEVERITIES:
        text.report("E145", (*path, "severity"), f"`{word}` is no severity")
        return Severity.BLOCK
    return SEVERITIES[str(word).lower()]


def _id(
    node: dict[str, Any], column: str, metric: Metric | None, kind: RuleKind, used: set[str]
) -> str:
    word = metric.value if metric else kind.value
    wanted = str(node.get("id") or (f"{word}:{column}" if column else word))
    found, number = wanted, 2
    while found in used:
        found, number = f"{wanted}-{number}", number + 1
    used.add(found)
    return found


def _countable(text: Text, path: Path, rule: QualityRule) -> bool:
    problem = ""
    if rule.kind is RuleKind.LIBRARY:
        problem = _library_problem(rule)
    elif rule.kind is RuleKind.SQL and (not rule.query or rule.operator is None):
        problem = "an SQL rule has a `query` and an operator such as `mustBe`"
    if problem:
        text.report("E144", path, problem)
    return not problem


def _library_problem(rule: QualityRule) -> str:
    if rule.metric is None:
        return "a library rule names a metric"
    if rule.operator is None:
        return "it has no operator such as `mustBe`"
    at_table = rule.metric in (Metric.ROW_COUNT, Metric.DUPLICATE_VALUES)
    if not rule.column and not at_table:
        return f"`{rule.metric.value}` belongs to a column"
    if rule.metric is Metric.DUPLICATE_VALUES and not rule.column and not rule.properties:
        return "`duplicateValues` of a table names its columns in `arguments.properties`"
    if rule.metric is Metric.INVALID_VALUES and not rule.valid and not rule.pattern:
        return "`invalidValues` needs `arguments.validValues` or `arguments.pattern`"
    return ""
