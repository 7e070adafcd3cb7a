"""Rules: the quality rules of a contract as checks."""

import re
from collections.abc import Mapping
from dataclasses import replace

from agora.model.contract import Contract, Metric, Operator, QualityRule, RuleKind, Severity
from agora.model.types import Type, quoted
from agora.quality import promises
from agora.quality.checks import Check
from agora.quality.patterns import problem, unmatched
from agora.quality.sql import constants, count_of, one_of

_TEXT = re.compile(
    r"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
    r"|(?P<quote>\"?)\{(?P<name>[^{}\"']+)\}(?P=quote)|\"(?:[^\"]|\"\")*\"",
    re.DOTALL,
)
WORDS = {
    Operator.MUST_BE: "is {0}",
    Operator.MUST_NOT_BE: "is not {0}",
    Operator.GREATER_THAN: "is above {0}",
    Operator.GREATER_OR_EQUAL_TO: "is at least {0}",
    Operator.LESS_THAN: "is below {0}",
    Operator.LESS_OR_EQUAL_TO: "is at most {0}",
    Operator.BETWEEN: "lies between {0} and {1}",
    Operator.NOT_BETWEEN: "does not lie between {0} and {1}",
}
_MEASURED = {
    Metric.NULL_VALUES: "the number of empty values",
    Metric.MISSING_VALUES: "the number of missing values",
    Metric.INVALID_VALUES: "the number of invalid values",
    Metric.DUPLICATE_VALUES: "the number of repeated values",
    Metric.ROW_COUNT: "the number of rows",
}


def check(rule: QualityRule, contract: Contract, relation: str, others: Mapping[str, str]) -> Check:
    """The check of one rule; a text is only recorded, and another engine's rule is refused.

    A refused rule warns: it is seen, does not pretend to hold, and keeps nobody from releasing.
    """
    made = Check(
        id=rule.id,
        sentence=sentence(rule),
        severity=rule.severity,
        columns=(rule.column,) if rule.column else rule.properties,
        rule=rule,
    )
    unknown = [name for name in made.columns if contract.column(name) is None]
    if unknown:
        return replace(made, broke=f"the table has no column `{unknown[0]}`")
    match rule.kind:
        case RuleKind.TEXT:
            return replace(made, skip="a sentence for people; nothing to count")
        case RuleKind.CUSTOM:
            words = f"rules of the engine `{rule.engine or 'unnamed'}` are not run here"
            return replace(made, severity=Severity.WARN, broke=words)
        case RuleKind.SQL:
            if _nested(rule.query):
                return replace(made, broke="a comment stands inside a comment")
            return replace(made, query=_query(rule, relation, others))
    return _measured(made, rule, contract, relation)


def sentence(rule: QualityRule) -> str:
    """The rule in words: its own description, or what it measures and promises."""
    if rule.description:
        return rule.description
    columns = (rule.column,) if rule.column else rule.properties
    subject = f" of {', '.join(f'`{name}`' for name in columns)}" if columns else ""
    measured = _MEASURED[rule.metric] + subject if rule.metric else f"the rule `{rule.id}`"
    if rule.operator is None:
        return measured
    percent = rule.percent and rule.metric is not None
    measured = measured.replace("the number of", "the share of", 1) if percent else measured
    unit = " percent" if percent else ""
    words = WORDS[rule.operator].format(*(f"{n:,f}" for n in rule.threshold))
    return f"{measured} {words}{unit}"


def _query(rule: QualityRule, relation: str, others: Mapping[str, str]) -> str:
    """The rule's own statement over this relation; two rows of its answer are enough to judge it.

    Placeholders are names: they are filled in quoted, and never inside a text or a comment.
    """
    names = dict(others)
    names |= dict.fromkeys(("object", "table"), relation)
    if rule.column:
        names |= dict.fromkeys(("property", "column"), rule.column)

    def told(found: re.Match[str]) -> str:
        name = found["name"]
        return quoted(names[name]) if name in names else found[0]

    query = _TEXT.sub(told, rule.query).strip().rstrip("; \n\t")
    return f"SELECT * FROM (\n{query}\n) AS answer LIMIT 2"


def _nested(query: str) -> bool:
    """Whether comments nest: where they end, and so what is text, would be a guess."""
    return any(text[0].startswith("/*") and "/*" in text[0][2:] for text in _TEXT.finditer(query))


def _measured(made: Check, rule: QualityRule, contract: Contract, relation: str) -> Check:
    if rule.metric is Metric.ROW_COUNT:
        return replace(made, value="count(*)")
    if not made.columns or rule.metric is None:
        return replace(made, broke="the rule names no column or no metric")
    if rule.metric is Metric.DUPLICATE_VALUES:
        query = promises.repetitions(made.columns, relation)
        return replace(made, repeats=made.columns, query=query)
    column = contract.column(rule.column)
    if column is None:
        return replace(made, broke="the rule belongs to one column")
    if rule.metric is Metric.NULL_VALUES:
        broken = f"{quoted(rule.column)} IS NULL"
        return replace(made, broken=broken, value=promises.empty(rule.column))
    missing = rule.metric is Metric.MISSING_VALUES
    broken = _missing(rule, column.type) if missing else _invalid(rule, column.type)
    broke = "" if missing else problem(rule.pattern)
    return replace(made, broke=broke, broken=broken, value="" if broke else count_of(broken))


def _missing(rule: QualityRule, of: Type) -> str:
    """NULL, or one of the values that stand for it; those the type cannot hold do not occur."""
    listed = one_of(quoted(rule.column), constants(rule.missing, of))
    return f"{quoted(rule.column)} IS NULL OR {listed}"


def _invalid(rule: QualityRule, of: Type) -> str:
    """Neither NULL nor one of the valid values, or without the pattern."""
    parts = []
    if rule.valid:
        parts.append(f"NOT ({one_of(quoted(rule.column), constants(rule.valid, of))})")
    if rule.pattern:
        parts.append(unmatched(quoted(rule.column), rule.pattern, of))
    return f"{quoted(rule.column)} IS NOT NULL AND ({' OR '.join(parts) or 'FALSE'})"
