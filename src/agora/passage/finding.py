"""Finding: what of the whole market one reader may know of and read, exactly as `rule` decides.

Deciding about every product for every letter somebody types would take too long. Only who has an
agreement, or whom a domain's policy permits, can be allowed anything; so only those products are
decided about, and a decision is remembered until something it was made from changes. What changes
is told by the ledger.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from agora.governance.matching import applies, permits, voices
from agora.model.access import Agreement, Request, RequestState
from agora.model.errors import Unavailable
from agora.model.ledger import Event, Record
from agora.model.mesh import Mesh
from agora.model.names import ProductName
from agora.model.people import Actor, Principal
from agora.model.product import Product
from agora.model.search import Answered, Question, Sight
from agora.needs.house import House
from agora.needs.index import Index
from agora.passage.indexing import RELEASES, indexed, named
from agora.passage.ruling import rule

_MOST = 200_000
_TRIES = 5
_UNMOVED = frozenset(
    {
        Event.CHECKED,
        Event.RUN_STARTED,
        Event.RUN_ENDED,
        Event.QUERY_OPENED,
        Event.QUERY_CLOSED,
        Event.QUERY_REFUSED,
        Event.BUILD_READ,
        Event.DENIED,
        Event.VERIFIED,
        Event.SEARCHED,
        Event.LABEL_READ,
    }
)
"""What happens all day and changes nobody's rights; whatever is not named here might."""


@dataclass(frozen=True, slots=True)
class _Rights:
    """Who has agreed what, and who waits for an answer, as the store says."""

    agreed: dict[str, tuple[Agreement, ...]]
    waiting: dict[str, frozenset[str]]
    own: "dict[Principal, _Own]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Own:
    """One reader's agreements by product, with every moment at which one begins or ends."""

    voices: tuple[Principal, ...]
    agreed: dict[ProductName, tuple[Agreement, ...]]
    moments: tuple[datetime, ...]


class _Memory:
    """What is remembered of one mesh; made anew when the files say something else."""

    def __init__(self, mesh: Mesh) -> None:
        """Look once at what does not change while the files do not."""
        self.mesh = mesh
        self.place: int | None = None
        self.moved = 0
        self.releases: Counter[ProductName] = Counter()
        self.rights: _Rights | None = None
        self.verdicts: dict[tuple[Principal, str, ProductName], tuple[object, bool]] = {}
        self.sights: dict[tuple[Principal, str], tuple[object, Sight]] = {}
        self.unlisted = tuple(p for p in mesh.products if not p.listed)
        self.within: dict[str, list[Product]] = {}
        for product in mesh.products:
            self.within.setdefault(product.name.domain, []).append(product)
        ends = [rule.effect.expires for rule in mesh.policies]
        ends += [port.contract.ends for _, port in mesh.ports()]
        self.moments = sorted(end for end in ends if end is not None)

    def of(self, mesh: Mesh) -> bool:
        """True for this mesh, whoever has joined it: that changes nothing of what it offers."""
        mine = self.mesh
        same = mesh.products is mine.products and mesh.policies is mine.policies
        return same and mesh.hash == mine.hash

    def hear(self, record: Record) -> None:
        """What was made from something that changed is forgotten."""
        self.place = record.place
        event = record.entry.event
        if event in _UNMOVED:
            return
        self.moved += 1
        if event in RELEASES:
            self.releases.update(named(record.entry.subject))
        else:
            self.rights = None


_MEMORIES: "WeakKeyDictionary[Index, _Memory]" = WeakKeyDictionary()
_GUARD = Lock()


def answered(house: House, who: Actor, question: Question) -> Answered:
    """What the index answers to this reader, of this very mesh. Raises Unavailable."""
    for _ in range(_TRIES):
        place = indexed(house)
        seen = sight(house, who, place)
        found = house.index.find(house.mesh.hash, question, seen, house.now())
        if found is not None:
            return found
    raise Unavailable("the search index is busy", code="E670", hint="try again in a moment")


def sight(house: House, who: Actor, place: int) -> Sight:
    """What this reader may know of and read now, for the purpose they named.

    The ledger is known to go at least to this place.
    """
    with _GUARD:
        memory = _followed(house, place)
        moved = memory.moved
        rights = memory.rights = memory.rights or _rights(house)
    looker = _Looker(house, memory, rights, who.principal)
    key, stamp = (who.principal, who.purpose), (moved, looker.era)
    before = memory.sights.get(key)
    if before is not None and before[0] == stamp:
        return before[1]
    found = looker.sight(who.purpose)
    if len(memory.sights) + len(memory.verdicts) > _MOST:
        memory.sights.clear()
        memory.verdicts.clear()
    memory.sights[key] = (stamp, found)
    return found


def _followed(house: House, place: int) -> _Memory:
    """The memory of this house, with everything the ledger has told since."""
    memory = _MEMORIES.get(house.index)
    if memory is None or not memory.of(house.mesh) or memory.place is None:
        memory = _MEMORIES[house.index] = _Memory(house.mesh)
        memory.place = place
    if memory.place < place:
        for record in house.store.records(after=memory.place):
            memory.hear(record)
    return memory


def _rights(house: House) -> _Rights:
    agreed: dict[str, list[Agreement]] = {}
    for kept in house.store.find(Agreement):
        agreed.setdefault(kept.noun.consumer, []).append(kept.noun)
    waiting: dict[str, set[str]] = {}
    for asked in house.store.find(Request):
        if asked.noun.state is RequestState.PENDING:
            for name in (asked.noun.asked_by, asked.noun.consumer):
                waiting.setdefault(name, set()).add(str(asked.noun.port.port.of))
    return _Rights(
        agreed={name: tuple(each) for name, each in agreed.items()},
        waiting={name: frozenset(each) for name, each in waiting.items()},
    )


def _own(mesh: Mesh, rights: _Rights, principal: Principal) -> _Own:
    """What this reader, and whom they speak for, have agreed, alone or as one of a team."""
    heard = voices(mesh, principal)
    names = {each.id for each in heard} | {f"team:{team}" for each in heard for team in each.teams}
    found: dict[ProductName, tuple[Agreement, ...]] = {}
    for name in sorted(names):
        for agreed in rights.agreed.get(name, ()):
            found[agreed.port.port.of] = (*found.get(agreed.port.port.of, ()), agreed)
    every = [agreed for each in found.values() for agreed in each]
    ends = [at for a in every for at in (a.starts, a.expires, a.ended_at) if at is not None]
    return _Own(voices=heard, agreed=found, moments=tuple(sorted(ends)))


class _Looker:
    """One reader, looking at the whole market."""

    def __init__(
        self, house: House, memory: _Memory, rights: _Rights, principal: Principal
    ) -> None:
        self._house, self._memory, self._principal = house, memory, principal
        own = rights.own.get(principal)
        if own is None:
            own = rights.own[principal] = _own(house.mesh, rights, principal)
        self._voices, self._own = own.voices, own.agreed
        self._pending = rights.waiting.get(principal.id, frozenset())
        now = house.now()
        self.era = (bisect_right(memory.moments, now), bisect_right(own.moments, now))

    def sight(self, purpose: str) -> Sight:
        """What they may know of, and what is open to them for this purpose."""
        return Sight(
            open=frozenset(str(product.name) for product in self._readable(purpose)),
            pending=self._pending,
            unlisted=frozenset(str(product.name) for product in self._unlisted()),
        )

    def _unlisted(self) -> Iterator[Product]:
        """The unlisted products they may know of: their domains', their own, and those they read."""
        principal, hidden = self._principal, self._memory.unlisted
        if not hidden:
            return
        readable = {product.name for product in self._readable("", hidden)}
        for product in hidden:
            own = product.name.domain in principal.domains or product.name.service == principal.id
            if own or product.name in readable:
                yield product

    def _readable(self, purpose: str, among: Iterable[Product] | None = None) -> list[Product]:
        chosen = None if among is None else {product.name for product in among}
        return [
            product
            for product in self._candidates(purpose)
            if (chosen is None or product.name in chosen) and self._verdict(product, purpose)
        ]

    def _candidates(self, purpose: str) -> Iterable[Product]:
        """Every product they could be allowed to read: agreed on, or permitted by its domain."""
        if not self._voices:
            return ()
        mesh = self._house.mesh
        found = {name: mesh.product(name) for name in self._own}
        for policy in mesh.policies:
            if permits(policy, self._voices, purpose, policy.domain):
                for product in self._memory.within.get(policy.domain, ()):
                    ports = (port.name for port in product.ports)
                    if any(applies(policy.applies_to, policy.domain, name) for name in ports):
                        found[product.name] = product
        return [product for product in found.values() if product is not None]

    def _verdict(self, product: Product, purpose: str) -> bool:
        """Whether they may read any of its ports, as `rule` says or has said on the same grounds."""
        memory, name = self._memory, product.name
        key = (self._principal, purpose, name)
        stamp = (memory.releases[name], self.era, self._own.get(name))
        before = memory.verdicts.get(key)
        if before is not None and before[0] == stamp:
            return before[1]
        allowed = any(
            rule(self._house, self._principal, purpose, product, port).decision.allowed
            for port in product.ports
        )
        memory.verdicts[key] = (stamp, allowed)
        return allowed
