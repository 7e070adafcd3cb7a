"""History: every edition of a product, how it was doing, and how its promises were kept."""

from dataclasses import dataclass

from agora.governance import labels
from agora.model.people import Actor
from agora.model.product import Product
from agora.needs.house import House
from agora.passage.knowing import find_product
from agora.passage.labels import editions, viewer
from agora.quality.labels.editions import EditionHealth, health


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A product's editions for one person, oldest first, one entry for each of its ports."""

    product: Product
    editions: tuple[EditionHealth, ...]


def history(house: House, who: Actor, name: str) -> History:
    """What became of the product, edition by edition. Raises Missing."""
    product = find_product(house, who.principal, name)
    releases = editions(house, product)
    seen = (labels.release(made, viewer(house, who, product, made)) for made in releases)
    told = (each for made in seen for each in health(made))
    return History(product=product, editions=tuple(told))
