"""Owning: who uses a product, for those who answer for it."""

from collections.abc import Callable
from datetime import datetime

from agora.governance.agreeing import consumers
from agora.governance.rights import answers_for
from agora.model.errors import Denied
from agora.model.owning import Owned
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.activity import backwards, top
from agora.passage.counting import book
from agora.passage.knowing import find_product
from agora.passage.ruling import agreements_on
from agora.workshop.consumers import Consumers
from agora.workshop.refusals import Refusals

LOOKED = 20_000


def owning(house: House, who: Actor, name: str) -> Owned:
    """Everybody who may use it, did, or was refused it, and what of it. Raises Missing, Denied."""
    product = find_product(house, who.principal, name)
    if not owns(house, who, product.name.domain):
        raise Denied(
            f"who uses `{product.name}` is for its owners",
            code="E764",
            hint="ask them on the product's page",
        )
    ports = dict.fromkeys(port.name for port in product.ports)
    agreed = tuple(each for port in ports for each in agreements_on(house, port))
    last = top(house)
    first = max(last - LOOKED, 1)
    users, refused = Consumers(product, agreed, house.now()), Refusals(product.name)
    for record in backwards(house, last, first):
        users.hear(record.entry)
        refused.hear(record.entry)
    return Owned(
        product=product.name,
        consumers=users.found(_before(house, str(product.name))),
        first=first,
        refusals=refused.found(),
    )


def _before(house: House, product: str) -> Callable[[str], datetime | None]:
    """When a person, a service or anybody of a team read the product last, of all the ledger."""
    uses = [use for use in book(house).uses if product in use.products]

    def last(name: str) -> datetime | None:
        people = {each.id for each in house.mesh.principals if name in consumers(each)}
        read = (use.last for use in uses if use.last and use.reader in {name, *people})
        return max(read, default=None)

    return last


def owns(house: House, who: Actor, domain: str) -> bool:
    """True for the owners of the domain and for those who oversee the mesh."""
    return answers_for(house.mesh, who.principal, domain)
