"""Related: what goes with a product, of all that one person may know of."""

from dataclasses import dataclass

from agora.model.people import Actor
from agora.model.related import Related
from agora.needs.house import House
from agora.passage.knowing import find_product
from agora.passage.related import joined, others
from agora.workshop.likeness import alike

MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The products often read in one statement with another, and those alike; best first."""

    joined: tuple[Related, ...]
    alike: tuple[Related, ...]


def related(house: House, who: Actor, product: str, *, most: int = MOST) -> Beside:
    """What is often joined with this product, and what is like it. Raises Missing."""
    found = find_product(house, who.principal, product)
    return Beside(
        joined=joined(house, who.principal, found.name, most),
        alike=alike(found, others(house, who.principal, found), most),
    )
