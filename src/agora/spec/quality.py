"""ODCS quality rules as nouns; what cannot be counted is said when it is read, not when it runs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from agora.model.contract import Column, Metric, Operator, QualityRule, RuleKind, Severity
from agora.spec.texts import Path, Text

_LOOKS = re.compile(r"\(\?[=!<]|\\[1-9]")
SEVERITIES = {
    "error": Severity.BLOCK, "critical": Severity.BLOCK, "high": Severity.BLOCK, "block": Severity.BLOCK,
    "quarantine": Severity.QUARANTINE,
    "info": Severity.WARN, "warn": Severity.WARN, "warning": Severity.WARN, "low": Severity.WARN,
    "minor": Severity.WARN, "medium": Severity.WARN,
}  # fmt: skip


def rules(text: Text, columns: tuple[Column, ...]) -> Iterator[QualityRule]:
    """Every quality rule of the contract's table and its columns, each with an id of its own."""
    used: set[str] = set()
    names = aliases(text)
    for path, column in _places(columns):
        for place, node in enumerate(text.get(*path) or ()):
            _once(text, (*path, place), node, used)
            rule = _rule(text, (*path, place), node, column, used)
            if rule is not None and _known_columns(text, (*path, place), rule, names):
                yield replace(rule, properties=tuple(names[name] for name in rule.properties))


def _once(text: Text, path: Path, node: dict[str, Any], used: set[str]) -> None:
    if node.get("id") in used:
        text.report(
            "E124", (*path, "id"), f"another rule of this contract is called `{node['id']}`"
        )


def _known_columns(text: Text, path: Path, rule: QualityRule, names: Mapping[str, str]) -> bool:
    strange = [name for name in rule.properties if name not in names]
    if strange:
        text.report(
            "E146", (*path, "arguments", "properties"), f"there is no column `{strange[0]}`"
        )
    return not strange


def aliases(text: Text) -> dict[str, str]:
    """Every word a column of the contract's table goes by, and its name in the table."""
    found: dict[str, str] = {}
    for node in text.get("schema", 0, "properties") or ():
        effective = str(node.get("physicalName") or node.get("name"))
        for word in (node.get("id"), node.get("name"), effective):
            if word:
                found.setdefault(str(word), effective)
    return found


def _places(columns: tuple[Column, ...]) -> Iterator[tuple[Path, str]]:
    yield ("schema", 0, "quality"), ""
    for place, column in enumerate(columns):
        yield ("schema", 0, "properties", place, "quality"), column.name


def _rule(
    text: Text, path: Path, node: dict[str, Any], column: str, used: set[str]
) -> QualityRule | None:
    kind = RuleKind(node.get("type") or ("sql" if "query" in node else "library"))
    metric = _metric(text, path, node) if kind is RuleKind.LIBRARY else None
    if kind is RuleKind.LIBRARY and metric is None:
        return None
    operator, threshold = _threshold(text, path, node)
    if operator is None and any(each.value in node for each in Operator):
        return None
    arguments = _arguments(text, path, node)
    rule = QualityRule(
        id=_id(node, column, metric, kind, used),
        kind=kind,
        column=column,
        metric=metric,
        operator=operator,
        threshold=threshold,
        percent=node.get("unit") == "percent",
        missing=tuple(arguments.get("missingValues", ())),
        valid=tuple(arguments.get("validValues", ())),
        pattern=str(arguments.get("pattern", "")),
        properties=tuple(str(name) for name in arguments.get("properties", ())),
        query=str(node.get("query") or ""),
        engine=str(node.get("engine") or ""),
        severity=_severity(text, path, node),
        dimension=str(node.get("dimension") or ""),
        description=str(node.get("description") or node.get("name") or ""),
    )
    return rule if _countable(text, path, rule) else None


def _arguments(text: Text, path: Path, node: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a library rule that can be used; lists of plain values and one pattern."""
    found = dict(node.get("arguments") or {})
    for name in ("missingValues", "validValues", "properties"):
        if name in found and not _plain(found[name]):
            words = f"`{name}` is a list of plain values"
            text.report("E144", (*path, "arguments", name), words)
            found.pop(name)
    if "pattern" in found and not (
        isinstance(found["pattern"], str) and readable(found["pattern"])
    ):
        text.report("E157", (*path, "arguments", "pattern"), f"`{found['pattern']}` cannot be read")
    if node.get("unit") not in (None, "rows", "percent"):
        text.report(
            "E144", (*path, "unit"), f"`{node['unit']}` is no unit", "use `rows` or `percent`"
        )
    return found


def _plain(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(each, list | dict) for each in value)


def readable(pattern: str) -> bool:
    """True for a regular expression without look-around and back-references, which engines lack."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return _LOOKS.search(pattern) is None


def _metric(text: Text, path: Path, node: dict[str, Any]) -> Metric | None:
    name = node.get("metric") or node.get("rule")
    if name is None:
        text.report("E144", path, "it names no `metric` and has no `query`")
        return None
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
        text.report(
            "E144", path, f"it has two operators, `{given[0].value}` and `{given[1].value}`"
        )
    if not given:
        return None, ()
    value = node[given[0].value]
    try:
        numbers = tuple(_number(each) for each in (value if isinstance(value, list) else [value]))
    except (InvalidOperation, ValueError):
        text.report("E144", (*path, given[0].value), f"`{value}` is no number to compare with")
        return None, ()
    if len(numbers) == 2 and numbers[0] > numbers[1]:  # noqa: PLR2004 (the two ends of a range)
        words = f"nothing lies between {numbers[0]} and {numbers[1]}"
        text.report("E158", (*path, given[0].value), words)
    return given[0], numbers


def _number(value: Any) -> Decimal:
    found = Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value))
    if not found.is_finite():
        raise ValueError(value)
    return found


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
    if rule.percent and rule.metric is Metric.ROW_COUNT:
        return "`rowCount` counts rows, not percent"
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
