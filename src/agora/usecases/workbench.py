"""Workbench: what somebody who writes a query is told: names they may use, mistakes, decisions."""

from collections.abc import Iterator
from dataclasses import dataclass

from agora.governance.sql import judge, judge_text
from agora.model.decision import Decision
from agora.model.errors import Refused
from agora.model.people import Actor, Principal
from agora.model.policy import MaskKind
from agora.model.product import OutputPort, Product
from agora.model.result import Failure, Result
from agora.needs.house import House
from agora.passage.knowing import find_product, find_table, known
from agora.passage.ruling import rule, rule_version
from agora.passage.saved import stated
from agora.workshop.places import Place, at, named

UNREAD = "E210"
_MANY = "E410"
_SHOWN = frozenset({"E230", "E403", "E404"})
"""Failures whose sentence quotes what the text names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column somebody may see, and whether they see it masked."""

    name: str
    type: str
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table somebody may read, by its SQL name."""

    name: str
    product: Product
    columns: tuple[Column, ...] = ()


def vocabulary(house: House, who: Actor) -> tuple[Table, ...]:
    """Every table this person may read now, for the purpose they name or any they have."""
    found = (
        (port.name.schema, port.name.table, product, port)
        for product in known(house, who.principal)
        for port in product.ports
    )
    tables: dict[str, Table] = {}
    for schema, name, product, port in found:
        decision = _any(house, who, product, port)
        if decision.allowed:
            own = f"{schema}.{name}"
            tables[own] = Table(name=own, product=product, columns=tuple(_columns(decision)))
    return tuple(tables[name] for name in sorted(tables))


def parameters(house: House, who: Actor, sql: str) -> tuple[str, ...]:
    """The names of the `$parameters` of a text, in order; nothing is read."""
    if judge_text(sql):
        return ()
    return tuple(dict.fromkeys(use.name for use in stated(house, who, sql).parameters))


def mistake(house: House, who: Actor, sql: str, failure: Failure) -> Place | None:
    """Where in the text the failure lies, as far as that can be told."""
    if failure.code == UNREAD:
        facts = stated(house, who, sql)
        return at(sql, facts.position) if facts.position >= 0 else None
    return named(sql, failure.sentence) if failure.code in _SHOWN else None


def explain(house: House, who: Actor, sql: str) -> tuple[Decision, ...]:
    """The decision for every table of a text; nothing is read. Raises Refused or Missing."""
    for reason in judge_text(sql):
        raise Refused(reason.sentence, code=reason.code, hint=reason.hint)
    facts = stated(house, who, sql)
    for reason in judge(facts):
        raise Refused(reason.sentence, code=reason.code, hint=reason.hint)
    found = {}
    for use in facts.tables:
        product, ports = find_table(house, who.principal, use)
        decision = rule_version(house, who.principal, who.purpose, product, ports).decision
        found[decision.port] = decision
    return tuple(found.values())


def explained(house: House, who: Actor, result: Result) -> tuple[Decision, ...]:
    """The decision of today for every table a result came from. Raises Missing."""
    return tuple(_ruled(house, who.principal, result))


def _ruled(house: House, principal: Principal, result: Result) -> Iterator[Decision]:
    for source in result.sources:
        product = find_product(house, principal, str(source.port.port.of))
        port = next(each for each in product.ports if each.version == source.port)
        yield rule(house, principal, result.purpose, product, port).decision


def _any(house: House, who: Actor, product: Product, port: OutputPort) -> Decision:
    """The decision for the purpose of this person; of several possible ones, the first that allows."""
    found = rule(house, who.principal, who.purpose, product, port).decision
    if found.allowed or who.purpose or _MANY not in {each.code for each in found.reasons}:
        return found
    others = (
        rule(house, who.principal, purpose.id, product, port).decision
        for purpose in house.mesh.purposes
    )
    return next((each for each in others if each.allowed), found)


def _columns(decision: Decision) -> Iterator[Column]:
    for view in decision.visible:
        masked = view.mask.kind is not MaskKind.CLEAR
        yield Column(name=view.name, type=view.type.sql, masked=masked)
