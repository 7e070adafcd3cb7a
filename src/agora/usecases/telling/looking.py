"""Looking: what no ledger entry says: last days that come near, and what the files offer anew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agora.governance import notice as telling
from agora.governance import reminders
from agora.governance.notice import Telling, behind
from agora.model.access import Agreement, Request
from agora.model.errors import AgoraError
from agora.model.names import PortVersion
from agora.model.notice import Matter, Offered, Watched
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage.ruling import agreements_on, current_release
from agora.usecases.running.depending import publications
from agora.usecases.telling.hearing import followers
from agora.usecases.telling.piling import Pile, piled

EVERY = timedelta(minutes=15)
FILES = "files"


def remind(house: House, moment: datetime) -> int:
    """Whose last day came near, or whose answer is late, has been told; looked at every 15 minutes."""
    now = house.now()

    def fill(pile: Pile) -> bool:
        since = pile.heard.reminded_at
        if since is not None and now - since < EVERY:
            return False
        agreements = tuple(kept.noun for kept in house.store.find(Agreement))
        requests = tuple(kept.noun for kept in house.store.find(Request))
        pile.tell(reminders.last_days(house.mesh, agreements, since, now), moment)
        pile.tell(reminders.last_versions(house.mesh, agreements, since, now), moment)
        pile.tell(reminders.waiting(house.mesh, requests, since, now), moment)
        pile.heard = replace(pile.heard, reminded_at=now)
        return True

    return piled(house, fill)


def compare(house: House, moment: datetime) -> int:
    """What changed in the files since they were last compared has been told to whom it concerns."""

    def fill(pile: Pile) -> bool:
        kept = house.store.get(Watched, FILES)
        if kept is not None and kept.noun.files == house.mesh.hash:
            return False
        after = telling.offered(house.mesh)
        if kept is not None:
            pile.tell(_changed(house, kept.noun.ports, after), moment)
        noun = Watched(files=house.mesh.hash, ports=after)
        pile.puts.append(Put(key=FILES, noun=noun, revision=kept.revision if kept else 0))
        return True

    return piled(house, fill)


def _changed(
    house: House, before: tuple[Offered, ...], after: tuple[Offered, ...]
) -> Iterator[Telling]:
    for matter, each in telling.changed(before, after):
        port = PortVersion.parse(each.port)
        to = (*followers(house, port.port.of), *_users(house, port))
        yield telling.about_offer(matter, each, to, house.now())
    words = {each.port: each.contract for each in before}
    for each in after:
        if words.get(each.port, each.contract) != each.contract:
            yield from _breaking(house, each)


def _breaking(house: House, each: Offered) -> Iterator[Telling]:
    """A change that would break somebody: those who may consent for them hear of it."""
    port = PortVersion.parse(each.port)
    product = house.mesh.product(port.port.of)
    standing = current_release(house, product) if product else None
    if product is None or standing is None:
        return
    try:
        found = publications(house, product, standing)
    except AgoraError:
        return
    for change in found:
        if change.port == port and change.broken:
            to = [who for d in change.dependents if d.stands_against for who in d.speakers]
            yield telling.about_offer(Matter.BREAKING, each, to, house.now())


def _users(house: House, port: PortVersion) -> tuple[str, ...]:
    """Who may use a port now by an agreement, on any of its versions."""
    now = house.now()
    active = (each for each in agreements_on(house, port.port) if each.active(now))
    return tuple(who for each in active for who in behind(house.mesh, each.consumer))
