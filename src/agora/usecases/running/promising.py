"""Promising: what each release promised is kept, so that the next one can be compared with it."""

from agora.model.changes import PromisedText
from agora.model.contract import Contract
from agora.model.product import Product
from agora.model.verifying import BuildText
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.spec import rebuilds
from agora.spec.promises import read


def words(house: House, product: Product) -> tuple[Put, ...]:
    """The words of the product's contracts and of its build that are not kept yet."""
    found = (house.mesh.promise(port.contract.hash) for port in product.ports)
    new = (each for each in found if each and house.store.get(PromisedText, each.hash) is None)
    key = keys.build(product.name, product.build.hash)
    build = () if house.store.get(BuildText, key) else (Put(key=key, noun=rebuilds.kept(product)),)
    return (*(Put(key=each.hash, noun=each) for each in new), *build)


def promised(house: House, contract: str) -> Contract | None:
    """The contract with this hash as it was promised once, or None when its words are not kept."""
    kept = house.store.get(PromisedText, contract)
    return read(kept.noun) if kept else None
