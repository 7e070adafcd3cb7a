"""Owning: who uses a product, for those who answer for it."""

from agora.governance.rights import answers_for
from agora.model.errors import Denied
from agora.model.owning import Owned
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.activity import backwards, top
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
        product=product.name, consumers=users.found(), first=first, refusals=refused.found()
    )


def owns(house: House, who: Actor, domain: str) -> bool:
    """True for the owners of the domain and for those who oversee the mesh."""
    return answers_for(house.mesh, who.principal, domain)
