"""Onward: what a product was given, found in what its edition was made of, all the way up."""

from collections.abc import Iterator

from agora.model.access import Agreement
from agora.model.names import PortVersion, ProductName
from agora.model.onward import Given
from agora.model.product import Product
from agora.model.release import Current, Release
from agora.needs.house import House
from agora.passage import filing, keys


def given(house: House, product: Product, release: Release | None) -> tuple[Given, ...]:
    """Everything other domains gave for this edition; before the first, for what it will read."""
    return tuple(dict.fromkeys(_given(house, product, release, frozenset())))


def _given(
    house: House, product: Product, release: Release | None, above: frozenset[ProductName]
) -> Iterator[Given]:
    own = product.name
    for port, number, agreement in _read(house, product, release):
        offering = house.mesh.product(port.port.of)
        if port.port.domain != own.domain:
            yield _one(house, product, port, agreement, listed=bool(offering and offering.listed))
        if offering is None or offering.name in above:
            continue
        kept = house.store.get(Release, keys.release(offering.name, number)) if number else None
        if number == 0 or kept is not None:
            yield from _given(house, offering, kept.noun if kept else None, above | {own})


def _read(
    house: House, product: Product, release: Release | None
) -> Iterator[tuple[PortVersion, int, str]]:
    """What was read: the port, its edition, and the agreement it was read under."""
    if release is not None:
        yield from ((pin.port, pin.release, pin.agreement) for pin in release.inputs)
        return
    for each in product.inputs:
        current = house.store.get(Current, str(each.port.port.of))
        yield each.port, current.noun.number if current else 0, ""


def _one(
    house: House, product: Product, port: PortVersion, agreement: str, *, listed: bool
) -> Given:
    """What one input was given for, and what its owners accept at this moment."""
    agreed = house.store.get(Agreement, keys.agreement_on(port, agreement)) if agreement else None
    service = product.name.service
    if agreed is not None:
        purpose, takers = agreed.noun.purpose, {agreed.noun.consumer, service}
    else:
        declared = (each.purpose for each in product.inputs if each.port == port)
        purpose, takers = next(declared, ""), {service}
    now = house.now()
    accepted = (
        each.onward
        for each in filing.agreements_with(house, port.port, sorted(takers))
        if each.purpose == purpose and each.active(now)
    )
    onward = tuple(sorted({each for some in accepted for each in some}))
    return Given(
        port=port,
        to=product.name,
        purpose=purpose,
        onward=onward,
        agreement=agreement,
        listed=listed,
    )
