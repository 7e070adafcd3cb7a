"""Counting: every promise of a contract counted in a bench, without examples of what breaks it."""

import re
from collections.abc import Iterable, Mapping

from agora.governance.sql import judge_step, judge_text
from agora.model.checks import CheckResult
from agora.model.contract import Contract, QualityRule, RuleKind
from agora.model.errors import AgoraError
from agora.model.names import fold
from agora.model.product import OutputPort, Product
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.quality.checks import SHARED, CheckPlan, Scan
from agora.quality.conclude import conclude

_PLACEHOLDER = re.compile(r"\{\w+\}")
Answers = dict[str, tuple[Mapping[str, object], ...]]


def results(
    bench: Bench, contract: Contract, made: CheckPlan, scans: Iterable[Scan]
) -> tuple[CheckResult, ...]:
    """Every promise of the plan counted by these scans; examples of broken ones are not fetched."""
    refused = {rule.id: words for rule in contract.rules if (words := _refused(bench, rule))}
    answers, errors = ask(bench, [scan for scan in scans if scan.id not in refused])
    if SHARED in errors:
        singles, problems = ask(bench, made.singles)
        answers, errors = answers | singles, errors | problems
    return conclude(made, answers, errors | refused)


def _refused(bench: Bench, rule: QualityRule) -> str:
    """Why the SQL of a contract's rule may not run: it is text from a file, judged like any other."""
    if rule.kind is not RuleKind.SQL:
        return ""
    text = _PLACEHOLDER.sub("placeholder", rule.query)
    reasons = judge_text(text) or judge_step(bench.facts(text))
    return reasons[0].sentence if reasons else ""


def ask(bench: Bench, scans: Iterable[Scan]) -> tuple[Answers, dict[str, str]]:
    """What each scan found, and in words why one could not be counted."""
    answers: Answers = {}
    errors: dict[str, str] = {}
    for scan in scans:
        try:
            answers[scan.id] = bench.rows(scan.sql)
        except AgoraError as problem:
            errors[scan.id] = problem.sentence
    return answers, errors


def others(house: House, product: Product) -> dict[str, str]:
    """What references may point at: the product's own ports, and its inputs."""
    found: dict[str, str] = {}
    for port in product.ports:
        found |= {port.contract.table: relation(port), port.contract.id: relation(port)}
    for each in product.inputs:
        promised = house.mesh.port(each.port)
        if promised is not None:
            found |= {promised.contract.id: fold(each.alias)}
    return found


def relation(port: OutputPort) -> str:
    """What the bench calls a port's rows while they are counted."""
    return f"checked_{port.version.table}"
