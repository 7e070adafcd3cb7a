"""Health: how the machines do, and what reading and storing costs, for those who oversee the mesh."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from agora.governance import rights
from agora.model.errors import Denied
from agora.model.lease import Lease
from agora.model.maintenance import Stored
from agora.model.names import ProductName
from agora.model.operating import Costs, Health, Room
from agora.model.people import Actor
from agora.model.release import Release, RunState
from agora.needs.house import House
from agora.passage.activity import top
from agora.passage.counting import book, journal
from agora.passage.knowing import find_domain
from agora.quality import costs as counting
from agora.quality.runs import lines


def health(house: House, who: Actor, now: datetime) -> Health:
    """The record, the index, the chores (by the machine's clock `now`) and the runs. Raises Denied."""
    _demand(house, who)
    last, seen = top(house), journal(house)
    sealed = max((batch.last for batch in house.store.batches()), default=0)
    lease = house.store.get(Lease, "chores")
    found = lines(seen)
    return Health(
        entries=last - 1,
        unsealed=last - 1 - sealed,
        index=house.index.standing().place,
        chores=lease.noun.until if lease and lease.noun.until > now else None,
        maintained=seen.maintained,
        failing=sum(line.standing for line in found),
        running=sum(line.state is RunState.RUNNING for line in found),
    )


def oversees(house: House, who: Actor) -> bool:
    """True for those who may ask how the machines do."""
    return rights.oversees(house.mesh, who.principal)


def storage(house: House, who: Actor) -> tuple[Room, ...]:
    """What each product takes of the lake, the largest first. Raises Denied.

    A landed file is of the product that was made of it; one that several were made of counts once.
    """
    _demand(house, who)
    return _rooms(house)


def costs(house: House, who: Actor, *, domain: str = "") -> Costs:
    """What reading and storing costs: of the mesh, or of one domain. Raises Denied, Missing."""
    _demand(house, who)
    if domain:
        find_domain(house, domain)
    return counting.costs(house.mesh, book(house), _rooms(house), domain=domain)


def _rooms(house: House) -> tuple[Room, ...]:
    landed = _landed(house)
    stored = tuple(
        replace(each, product=each.product or landed.get(each.path, ""))
        for each in house.lake.stored()
    )
    names = sorted({each.product for each in stored})
    rooms = (_room(name, [each for each in stored if each.product == name]) for name in names)
    return tuple(sorted(rooms, key=lambda room: -room.size))


def _landed(house: House) -> dict[str, str]:
    """Which product was made of each landed file that an edition still stands on."""
    made = (kept.noun for kept in house.store.find(Release) if kept.noun.expired_at is None)
    return {pin.path: str(release.product) for release in made for pin in release.sources}


def _room(name: str, stored: list[Stored]) -> Room:
    areas: Counter[str] = Counter()
    for each in stored:
        areas[each.area.value] += each.size
    return Room(
        product=ProductName.parse(name) if name else None,
        files=len(stored),
        size=sum(areas.values()),
        areas=tuple(areas.most_common()),
    )


def _demand(house: House, who: Actor) -> None:
    if not oversees(house, who):
        raise Denied(
            "how the machines do is for those who run them", code="E763", hint="ask the operator"
        )
