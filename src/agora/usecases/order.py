"""Order: every product after those it reads."""

from graphlib import TopologicalSorter

from agora.model.names import ProductName
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.knowing import known


def in_order(house: House, who: Actor) -> tuple[ProductName, ...]:
    """The products this person may know of, inputs first."""
    products = {product.name: product for product in known(house, who.principal)}
    graph = {
        name: {each.port.port.of for each in product.inputs} for name, product in products.items()
    }
    return tuple(name for name in TopologicalSorter(graph).static_order() if name in products)
