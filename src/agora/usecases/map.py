"""Map: every product somebody may know of, and which of them feeds which."""

from dataclasses import dataclass

from agora.model.mesh import Domain
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.needs.house import House
from agora.passage.knowing import known


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One product reads another."""

    source: ProductName
    reader: ProductName


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """The domains, the products somebody may know of, and what flows between these."""

    domains: tuple[Domain, ...]
    products: tuple[Product, ...]
    feeds: tuple[Feed, ...]


def mesh_map(house: House, who: Actor) -> Map:
    """The whole mesh as far as this person may know; a feed shows only between known products."""
    products = known(house, who.principal)
    names = {each.name for each in products}
    feeds = tuple(
        Feed(source=feed.port.port.of, reader=each.name)
        for each in products
        for feed in each.inputs
        if feed.port.port.of in names
    )
    return Map(domains=house.mesh.domains, products=products, feeds=feeds)
