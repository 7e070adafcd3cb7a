"""Rules: the quality rules of a contract as checks."""

import re
from collections.abc import Mapping

from agora.model.contract import Contract, Metric, QualityRule, RuleKind, Severity
from agora.model.types import Kind, Type, quoted
from agora.quality import promises
from agora.quality.checks import Check
from agora.quality.sql import one_of

_PLACEHOLDER = re.compile(r"\{(object|table|property|column)\}")
WORDS = {
    "mustBe": "is {0}",
    "mustNotBe": "is not {0}",
    "mustBeGreaterThan": "is above {0}",
    "mustBeGreaterOrEqualTo": "is at least {0}",
    "mustBeLessThan": "is below {0}",
    "mustBeLessOrEqualTo": "is at most {0}",
    "mustBeBetween": "lies between {0} and {1}",
    "mustNotBeBetween": "does not lie between {0} and {1}",
}
_MEASURED = {
    Metric.NULL_VALUES: "the number of empty values",
    Metric.MISSING_VALUES: "the number of missing values",
    Metric.INVALID_VALUES: "the number of invalid values",
    Metric.DUPLICATE_VALUES: "the number of repeated values",
    Metric.ROW_COUNT: "the number of rows",
}


def check(rule: QualityRule, contract: Contract, relation: str, others: Mapping[str, str]) -> Check:
    """The check of one rule; a text is only recorded, and another engine's rule is refused."""
    match rule.kind:
        case RuleKind.TEXT:
            return _said(rule, skip="a sentence for people; nothing to count")
        case RuleKind.CUSTOM:
            words = f"rules of the engine `{rule.engine or 'unnamed'}` are not run here"
            return Check(
                id=rule.id, sentence=sentence(rule), severity=Severity.WARN, rule=rule, broke=words
            )
        case RuleKind.SQL:
            return _queried(rule, relation, others)
        case RuleKind.LIBRARY:
            return _measured(rule, contract, relation)


def sentence(rule: QualityRule) -> str:
    """The rule in words: its own description, or what it measures and promises."""
    if rule.description:
        return rule.description
    subject = f" of `{rule.column}`" if rule.column else ""
    if rule.metric is None:
        measured = f"the rule `{rule.id}`"
    else:
        measured = _MEASURED[rule.metric] + subject
    if rule.operator is None:
        return measured
    unit = " percent" if rule.percent else ""
    return f"{measured} {WORDS[rule.operator.value].format(*rule.threshold)}{unit}"


def _said(rule: QualityRule, *, skip: str) -> Check:
    return Check(id=rule.id, sentence=sentence(rule), severity=rule.severity, rule=rule, skip=skip)


def _queried(rule: QualityRule, relation: str, others: Mapping[str, str]) -> Check:
    names = {"object": relation, "table": relation, "property": rule.column, "column": rule.column}
    query = _PLACEHOLDER.sub(lambda found: quoted(names[found[1]]), rule.query)
    for name, other in sorted(others.items(), key=lambda pair: -len(pair[0])):
        query = query.replace(f"${{{name}}}", quoted(other))
    return Check(
        id=rule.id,
        sentence=sentence(rule),
        severity=rule.severity,
        columns=(rule.column,) if rule.column else (),
        query=query.strip().rstrip(";"),
        rule=rule,
    )


def _measured(rule: QualityRule, contract: Contract, relation: str) -> Check:
    match rule.metric:
        case Metric.ROW_COUNT:
            return _counted(rule, (), value="count(*)")
        case Metric.DUPLICATE_VALUES:
            return _repeated(rule, relation)
        case Metric.NULL_VALUES:
            return _rows(rule, f"{quoted(rule.column)} IS NULL")
        case Metric.MISSING_VALUES:
            return _rows(rule, _missing(rule, _type(rule, contract)))
        case Metric.INVALID_VALUES:
            return _rows(rule, _invalid(rule, _type(rule, contract)))
    return _said(rule, skip="it names no metric")


def _repeated(rule: QualityRule, relation: str) -> Check:
    columns = rule.properties or ((rule.column,) if rule.column else ())
    if not columns:
        return _said(rule, skip="it names no column")
    return Check(
        id=rule.id,
        sentence=sentence(rule),
        severity=rule.severity,
        columns=columns,
        broken=promises.repeated(columns),
        query=promises.repetitions(columns, relation),
        rule=rule,
    )


def _missing(rule: QualityRule, of: Type) -> str:
    name = quoted(rule.column)
    text = Type(kind=Kind.VARCHAR)
    listed = one_of(rule.column, rule.missing, text if of.kind is not Kind.VARCHAR else of)
    if of.kind is not Kind.VARCHAR:
        listed = listed.replace(name, f"CAST({name} AS VARCHAR)", 1)
    return f"{name} IS NULL OR {listed}"


def _invalid(rule: QualityRule, of: Type) -> str:
    parts = []
    if rule.valid:
        parts.append(f"NOT ({one_of(rule.column, rule.valid, of)})")
    if rule.pattern:
        parts.append(promises.unmatched(rule.column, rule.pattern))
    return f"{quoted(rule.column)} IS NOT NULL AND ({' OR '.join(parts) or 'FALSE'})"


def _rows(rule: QualityRule, broken: str) -> Check:
    return _counted(
        rule, (rule.column,), value=f"count(*) FILTER (WHERE {broken})", broken=broken
    )


def _counted(rule: QualityRule, columns: tuple[str, ...], *, value: str, broken: str = "") -> Check:
    return Check(
        id=rule.id,
        sentence=sentence(rule),
        severity=rule.severity,
        columns=columns,
        broken=broken,
        value=value,
        rule=rule,
    )


def _type(rule: QualityRule, contract: Contract) -> Type:
    column = contract.column(rule.column)
    return column.type if column else Type(kind=Kind.VARCHAR)
