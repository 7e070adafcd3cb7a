"""Labels: who looks at a product, with the decisions that say how much of its label they may see."""

from collections.abc import Iterator
from datetime import datetime

from agora.governance.labels import Viewer
from agora.model.decision import Decision
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Release
from agora.needs.house import House
from agora.passage import keys
from agora.passage.knowing import may_know
from agora.passage.ruling import current_release, rule


def viewer(house: House, who: Actor, product: Product, made: Release | None) -> Viewer:
    """The reader before the labels of one release, and before the tables its references lead to.

    Decided is on exactly this release: whose agreement is on another one sees what is public.
    """
    own = (rule(house, who.principal, who.purpose, product, port, made) for port in product.ports)
    return Viewer(
        decisions=tuple(ruling.decision for ruling in own),
        others=tuple(_others(house, who, product, made)) if made else (),
        listed=product.listed,
    )


def _others(house: House, who: Actor, product: Product, made: Release) -> Iterator[Decision]:
    """Decisions on the inputs that references lead to, on the release that was read of each."""
    ports = {link.port for each in made.labels for link in each.references if link.port}
    for version in sorted(ports - {port.version for port in product.ports}):
        offering, port = house.mesh.product(version.port.of), house.mesh.port(version)
        if offering and port and may_know(house, who.principal, offering):
            read = _read(house, made, version)
            yield rule(house, who.principal, who.purpose, offering, port, read).decision


def _read(house: House, made: Release, version: PortVersion) -> Release | None:
    pin = next((pin for pin in made.inputs if pin.port == version), None)
    kept = house.store.get(Release, keys.release(version.port.of, pin.release)) if pin else None
    return kept.noun if kept else None


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
