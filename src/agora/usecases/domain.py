"""Domain: the areas of the business, who answers for them, and what of them somebody may know."""

from collections.abc import Iterable
from dataclasses import dataclass

from agora.model.mesh import Domain
from agora.model.people import Actor, Principal
from agora.model.product import Product
from agora.needs.house import House
from agora.passage.knowing import find_domain, known


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A domain with its people, and those of its products that somebody may know of."""

    domain: Domain
    owners: tuple[Principal, ...] = ()
    team: tuple[Principal, ...] = ()
    products: tuple[Product, ...] = ()


def domains(house: House, who: Actor) -> tuple[Area, ...]:
    """Every domain; that there is one is no secret."""
    products = known(house, who.principal)
    return tuple(_area(house, each, products) for each in house.mesh.domains)


def domain(house: House, who: Actor, name: str) -> Area:
    """One domain. Raises Missing."""
    return _area(house, find_domain(house, name), known(house, who.principal))


def _area(house: House, found: Domain, products: Iterable[Product]) -> Area:
    mesh = house.mesh
    owners = (mesh.principal(name) for name in found.owners)
    return Area(
        domain=found,
        owners=tuple(each for each in owners if each is not None),
        team=tuple(p for p in mesh.principals if found.team and found.team in p.teams),
        products=tuple(each for each in products if each.name.domain == found.id),
    )
