"""Plans: which checks a contract needs, over which relation."""

from collections.abc import Iterator, Mapping

from agora.model.contract import Contract
from agora.model.names import PortVersion
from agora.quality import promises, rules
from agora.quality.checks import Check, CheckPlan


def plan(
    contract: Contract,
    port: PortVersion,
    *,
    relation: str,
    others: Mapping[str, str],
    classified: frozenset[str],
) -> CheckPlan:
    """The checks of a contract; `others` names the relations that references may point at."""
    return CheckPlan(
        port=port,
        relation=relation,
        contract=contract,
        checks=tuple(_all(contract, relation, others)),
        classified=classified,
    )


def _all(contract: Contract, relation: str, others: Mapping[str, str]) -> Iterator[Check]:
    yield from promises.checks(contract, relation)
    for reference in contract.relationships:
        yield promises.reference(reference, relation, others)
    for rule in contract.rules:
        yield rules.check(rule, contract, relation, others)
