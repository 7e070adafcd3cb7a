"""Filing: requests and agreements are found by whose they are, without looking at everybody's.

What is filed is kept in the same commit as the noun itself. A store from before anything was filed
is filed once, when somebody first looks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from weakref import WeakSet

from agora.model.access import Agreement, Desk, Filed, Request, RequestState
from agora.model.errors import Conflict
from agora.model.names import PortName
from agora.needs.house import House
from agora.needs.store import Kept, Put, Store
from agora.passage import keys

T = TypeVar("T")
TRIES = 60
LAST_ANSWERED = 50
MARK = "filed/on"
_FILED: "WeakSet[Store]" = WeakSet()


def again(attempt: Callable[[], T]) -> T:
    """What the attempt gives, made anew on what is there now whenever somebody else was faster."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except Conflict as conflict:
            if conflict.code_shown != "E409":
                raise
    return attempt()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The desk of a port as it was before anything else was looked at."""

    desk: Desk
    revision: int

    def lay(self, *requests: Request) -> Put:
        """The desk with these requests lying where their state puts them.

        Kept with whatever else is kept about the port's requests and agreements, also when nothing
        new lies on it: of two who looked at the same desk, the second looks again.
        """
        desk = self.desk
        for request in requests:
            desk = _with(desk, request)
        return Put(key=keys.desk(desk.port), noun=desk, revision=self.revision)


def hold(house: House, port: PortName) -> Hold:
    """The desk of the port, looked at before its requests and agreements are judged."""
    kept = house.store.get(Desk, keys.desk(port))
    return Hold(desk=kept.noun if kept else Desk(port=port), revision=kept.revision if kept else 0)


def _with(desk: Desk, request: Request) -> Desk:
    waits = request.state is RequestState.PENDING
    others = tuple(each for each in desk.open if each != request.id)
    past = tuple(each for each in desk.answered if each != request.id)
    return replace(
        desk,
        open=(*others, request.id) if waits else others,
        answered=past if waits else (*past, request.id)[-LAST_ANSWERED:],
    )


def filing(noun: Request | Agreement) -> tuple[Put, ...]:
    """A new request or agreement is kept, and filed under everybody whose it is."""
    key = keys.agreement(noun) if isinstance(noun, Agreement) else noun.id
    return (Put(key=key, noun=noun), *_filing(noun))


def _filing(noun: Request | Agreement) -> tuple[Put, ...]:
    if isinstance(noun, Agreement):
        key, named = keys.agreement(noun), [keys.filed_by(noun.id), keys.filed(noun.consumer, noun)]
        named.append(keys.filed_on(noun.port.port, noun.consumer, noun.id))
        if noun.expires:
            named.append(keys.filed_ending(noun.expires.astimezone(UTC).date(), noun.id))
    else:
        key, named = noun.id, [keys.filed(name, noun) for name in {noun.consumer, noun.asked_by}]
    filed = Filed(kind=type(noun).__name__, key=key)
    return tuple(Put(key=name, noun=filed) for name in sorted(named))


def ready(house: House) -> None:
    """Everything in the store is filed; a store is asked once, for it stays so."""
    if house.store in _FILED:
        return
    if house.store.get(Filed, MARK) is None:
        again(lambda: _file_all(house))
    _FILED.add(house.store)


def requests_of(house: House, names: Iterable[str], newest: int) -> tuple[Request, ...]:
    """The newest requests by or for any of these names, oldest first."""
    keyed = sorted(set(_keys(house, names, Request)))[-newest:]
    found = (house.store.get(Request, key) for key in keyed)
    return tuple(kept.noun for kept in found if kept is not None)


def agreements_of(house: House, names: Iterable[str]) -> tuple[Agreement, ...]:
    """Every agreement with any of these consumers, ended ones too, oldest first."""
    found = (house.store.get(Agreement, key) for key in set(_keys(house, names, Agreement)))
    return tuple(sorted((kept.noun for kept in found if kept), key=lambda each: each.id))


def agreements_with(house: House, port: PortName, names: Iterable[str]) -> tuple[Agreement, ...]:
    """Every agreement of these consumers on any version of a port, ended ones too."""
    ready(house)
    filed = (each for name in names for each in house.store.find(Filed, keys.filed_on(port, name)))
    found = (house.store.get(Agreement, each.noun.key) for each in filed)
    return tuple(kept.noun for kept in found if kept is not None)


def expiring(house: House, until: datetime) -> Iterator[Agreement]:
    """Every agreement that expires from today to that day, ended ones too."""
    ready(house)
    day = house.now().astimezone(UTC).date()
    while day <= until.astimezone(UTC).date():
        for filed in house.store.find(Filed, keys.filed_ending(day)):
            kept = house.store.get(Agreement, filed.noun.key)
            if kept is not None:
                yield kept.noun
        day += timedelta(days=1)


def agreement(house: House, name: str) -> Kept[Agreement] | None:
    """The agreement with this id, or None."""
    ready(house)
    filed = house.store.get(Filed, keys.filed_by(name))
    return house.store.get(Agreement, filed.noun.key) if filed else None


def desks(house: House, domains: Iterable[str]) -> Iterator[Desk]:
    """The desk of every port of these domains on which something lies."""
    ready(house)
    return (k.noun for name in domains for k in house.store.find(Desk, keys.desks_of(name)))


def waiting(house: House, port: PortName) -> tuple[Request, ...]:
    """The requests for any version of a port that wait for an answer."""
    ready(house)
    kept = house.store.get(Desk, keys.desk(port))
    return requests(house, kept.noun.open) if kept else ()


def requests(house: House, names: Iterable[str]) -> tuple[Request, ...]:
    """The requests with these ids."""
    found = (house.store.get(Request, name) for name in names)
    return tuple(kept.noun for kept in found if kept is not None)


def _keys(house: House, names: Iterable[str], kind: type) -> Iterator[str]:
    ready(house)
    for name in names:
        for kept in house.store.find(Filed, keys.filed_of(name)):
            if kept.noun.kind == kind.__name__:
                yield kept.noun.key


def _file_all(house: House) -> None:
    """What was kept before there were files is filed, all at once."""
    if house.store.get(Filed, MARK) is not None:
        return
    asked = [kept.noun for kept in house.store.find(Request)]
    agreed = [kept.noun for kept in house.store.find(Agreement)]
    ports: dict[PortName, list[Request]] = defaultdict(list)
    for each in asked:
        ports[each.port.port].append(each)
    nouns: tuple[Request | Agreement, ...] = (*asked, *agreed)
    every = (put for noun in nouns for put in _filing(noun))
    puts = [put for put in every if house.store.get(Filed, put.key) is None]
    puts += [hold(house, port).lay(*found) for port, found in ports.items()]
    house.store.commit((Put(key=MARK, noun=Filed(kind="", key="")), *puts), ())
