"""Explain: what one person would see of a product, per column, and why."""

from agora.model.decision import Decision
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.knowing import find_product
from agora.passage.ruling import rule


def explain(house: House, who: Actor, name: str) -> tuple[Decision, ...]:
    """The decision for every port the name means; nothing is read. Raises Missing."""
    product = find_product(house, who.principal, name)
    wanted, _, major = name.partition("@")
    whole = wanted == str(product.name) and not major
    ports = [p for p in product.ports if whole or name in (str(p.name), str(p.version))]
    return tuple(rule(house, who.principal, who.purpose, product, port).decision for port in ports)
