"""Carrying: an agreement on one version of a port holds for a later one that breaks nothing of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agora.governance.lasting import carries
from agora.model.access import Agreement
from agora.model.changes import Change
from agora.model.contract import Contract
from agora.model.ledger import Event
from agora.model.people import Actor
from agora.model.product import Lifecycle, OutputPort, Product
from agora.needs.house import House
from agora.passage.filing import again, filing, hold, ready
from agora.passage.ruling import agreements_on
from agora.quality.compatibility.contracts import compare
from agora.spec.promises import read
from agora.usecases.agreeing.entries import of_agreement


def carry(house: House, who: Actor, product: Product) -> tuple[Agreement, ...]:
    """Every agreement on an earlier version that holds for the newest one too is kept for it too.

    Once: what was carried over and ended is not carried over again.
    """
    if len({port.name for port in product.ports}) == len(product.ports):
        return ()
    ready(house)
    return again(lambda: _carry(house, who, product))


def _carry(house: House, who: Actor, product: Product) -> tuple[Agreement, ...]:
    desks = [hold(house, name) for name in dict.fromkeys(port.name for port in product.ports)]
    made = tuple(
        each
        for port in product.ports
        if port.contract.status == Lifecycle.ACTIVE
        for each in held(house, port)
    )
    if made:
        puts = [put for each in made for put in filing(each)]
        puts += [desk.lay() for desk in desks]
        entries = [of_agreement(house, who, Event.CARRIED, each) for each in made]
        house.store.commit(puts, entries)
    return made


def held(house: House, port: OutputPort) -> Iterator[Agreement]:
    """The agreements of this version that those on earlier ones come to, not kept yet."""
    there = list(agreements_on(house, port.name))
    for earlier in house.mesh.versions(port.name):
        on = [a for a in there if a.port == earlier.version and a.active(house.now())]
        if earlier.contract.major >= port.contract.major or not on:
            continue
        changes = _changes(house, earlier, port)
        for agreement in on:
            if carries(agreement, changes, port.contract) and not _known(agreement, port, there):
                new = _new(house, agreement, port)
                there.append(new)
                yield new


def _new(house: House, agreement: Agreement, port: OutputPort) -> Agreement:
    """The agreement for the later version; its id says what it came from, so that there is one."""
    return replace(
        agreement,
        id=f"{agreement.id}-v{port.contract.major}",
        port=port.version,
        starts=house.now(),
        renews="",
        carried_from=agreement.id,
    )


def _known(agreement: Agreement, port: OutputPort, there: Sequence[Agreement]) -> bool:
    """True when this was carried over before, or the consumer has an agreement of its own there."""
    return any(
        each.port == port.version
        and (each.consumer, each.purpose) == (agreement.consumer, agreement.purpose)
        and not each.edition
        for each in there
    )


def _changes(house: House, old: OutputPort, new: OutputPort) -> tuple[Change, ...]:
    return compare(_meant(house, old.contract), _meant(house, new.contract))


def _meant(house: House, contract: Contract) -> Contract:
    """The contract as its words stand, its references too."""
    words = house.mesh.promise(contract.hash)
    return (read(words) if words else None) or contract
