"""Labels: who looks at a product, with the decisions that say how much of its label they may see."""

from collections.abc import Iterator
from datetime import datetime

from agora.governance.labels import Viewer
from agora.model.decision import Decision
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Release
from agora.needs.house import House
from agora.passage import keys
from agora.passage.knowing import may_know
from agora.passage.ruling import current_release, rule


def viewer(
    house: House,
    who: Actor,
    product: Product,
    *releases: Release,
    edition: Release | None = None,
) -> Viewer:
    """The reader before the product's labels, and before the tables its references lead to."""
    own = (
        rule(house, who.principal, who.purpose, product, port, edition) for port in product.ports
    )
    return Viewer(
        decisions=tuple(ruling.decision for ruling in own),
        others=tuple(_others(house, who, product, releases)),
        listed=product.listed,
    )


def _others(
    house: House, who: Actor, product: Product, releases: tuple[Release, ...]
) -> Iterator[Decision]:
    links = (link for made in releases for each in made.labels for link in each.references)
    ports = {link.port for link in links if link.port} - {port.version for port in product.ports}
    for version in sorted(ports):
        offering, port = house.mesh.product(version.port.of), house.mesh.port(version)
        if offering and port and may_know(house, who.principal, offering):
            yield rule(house, who.principal, who.purpose, offering, port).decision


def editions(house: House, product: Product, since: datetime | None = None) -> tuple[Release, ...]:
    """The releases of a product, oldest first; with `since`, those readers had from then on."""
    found: list[Release] = []
    made = current_release(house, product)
    while made is not None:
        found.append(made)
        if since is not None and made.released_at <= since:
            break
        kept = house.store.get(Release, keys.release(product.name, made.parent))
        made = kept.noun if kept else None
    return tuple(reversed(found))
