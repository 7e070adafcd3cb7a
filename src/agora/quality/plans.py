"""Plans: which checks a contract needs, over which relation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from agora.model.contract import Contract
from agora.model.names import PortVersion
from agora.quality import promises, references, rules
from agora.quality.checks import Check, CheckPlan


def plan(
    contract: Contract,
    port: PortVersion,
    *,
    relation: str,
    others: Mapping[str, str],
    classified: frozenset[str],
) -> CheckPlan:
    """The checks of a contract; `others` names the relations that references may point at.

    Its keys are table names and contract ids; SQL rules name them in braces, as in `{coupons}`.
    """
    return CheckPlan(
        port=port,
        relation=relation,
        contract=contract,
        checks=tuple(_distinct(contract, _promised(contract, relation, others), relation, others)),
        classified=classified,
    )


def _promised(contract: Contract, relation: str, others: Mapping[str, str]) -> Iterator[Check]:
    yield from promises.checks(contract, relation)
    for reference in contract.relationships:
        yield references.reference(reference, contract, relation, others)


def _distinct(
    contract: Contract, promised: Iterable[Check], relation: str, others: Mapping[str, str]
) -> Iterator[Check]:
    """Every check under an id of its own; a rule keeps the one it was given."""
    used = {rule.id for rule in contract.rules}
    for check in promised:
        found, number = check.id, 2
        while found in used:
            found, number = f"{check.id}-{number}", number + 1
        used.add(found)
        yield replace(check, id=found)
    for rule in contract.rules:
        yield rules.check(rule, contract, relation, others)
