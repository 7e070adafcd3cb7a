"""Piling: tellings become notices, counted and on their way out, all in one commit or not at all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from agora.governance.notice import OF_PRODUCTS, Telling
from agora.governance.reminders import digest
from agora.model.errors import Conflict
from agora.model.ledger import Entry
from agora.model.notice import (
    Dispatch,
    Heard,
    Hook,
    Inbox,
    Mailing,
    Matter,
    Notice,
    Preference,
)
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.knowing import may_know

HEARD = "ledger"
_COPIED = tuple(f.name for f in fields(Telling) if f.name not in ("to", "matter", "at"))


@dataclass(slots=True)
class Pile:
    """What one step of reading on found, and how far it came; `heard` is what it began from."""

    house: House
    kept: Kept[Heard] | None
    heard: Heard
    puts: list[Put] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def tell(self, tellings: Iterable[Telling], moment: datetime) -> None:
        """Everybody these are for has a notice, unless they may not know of it.

        `moment` is the machine's time, from which what is sent out is counted.
        """
        for telling in tellings:
            for to in telling.to:
                if self._meant(telling, to):
                    self._notice(telling, to, moment)

    def made(self) -> int:
        """How many notices are in the pile."""
        return sum(self.counts.values())

    def commit(self) -> bool:
        """All of it is kept, or nothing: somebody else read on from the same place (False)."""
        inboxes = [_counted(self.house, name, number) for name, number in self.counts.items()]
        place = Put(key=HEARD, noun=self.heard, revision=self.kept.revision if self.kept else 0)
        try:
            self.house.store.commit((place, *self.puts, *inboxes), self.entries)
        except Conflict:
            return False
        return True

    def _meant(self, telling: Telling, to: str) -> bool:
        principal = self.house.mesh.principal(to)
        if principal is None:
            return False
        if telling.matter not in OF_PRODUCTS or telling.product is None:
            return True
        product = self.house.mesh.product(telling.product)
        return product is not None and may_know(self.house, principal, product)

    def _notice(self, telling: Telling, to: str, moment: datetime) -> None:
        number = self.heard.notices + 1
        copied = {name: getattr(telling, name) for name in _COPIED}
        notice = Notice(number=number, to=to, matter=telling.matter, at=telling.at, **copied)
        self.puts.append(Put(key=keys.notice(to, number), noun=notice))
        self.counts[to] = self.counts.get(to, 0) + 1
        self.heard = replace(self.heard, notices=number)
        for hook, at in self._ways(notice, moment):
            self._dispatch(notice, hook, at)

    def _ways(self, notice: Notice, moment: datetime) -> Iterator[tuple[str, datetime]]:
        """By which ways this goes out besides the page, and when: mail, and each webhook."""
        principal = self.house.mesh.principal(notice.to)
        if principal and principal.email and self.house.mesh.post.smtp is not None:
            mailing = preference(self.house, notice.to).noun.mailing
            if mailing is not Mailing.NEVER:
                yield "", moment if mailing is Mailing.AT_ONCE else digest(moment)
        if notice.matter is Matter.UNDELIVERED:
            return
        for kept in self.house.store.find(Hook, keys.hook(notice.to)):
            if kept.noun.dropped_at is None:
                yield kept.noun.id, moment

    def _dispatch(self, notice: Notice, hook: str, at: datetime) -> None:
        number = self.heard.dispatches
        dispatch = Dispatch(
            number=number,
            notice=notice.number,
            to=notice.to,
            hook=hook,
            since=at,
            next_at=at,
        )
        self.puts.append(Put(key=keys.dispatch(number), noun=dispatch))
        shelves = tuple(dict.fromkeys((*self.heard.shelves, number // keys.SHELF)))
        self.heard = replace(self.heard, dispatches=number + 1, shelves=shelves)


def begun(house: House) -> Pile:
    """An empty pile that goes on from where the last one ended."""
    kept = house.store.get(Heard, HEARD)
    return Pile(house=house, kept=kept, heard=kept.noun if kept else Heard())


def piled(house: House, fill: Callable[[Pile], bool]) -> int:
    """What `fill` put on a pile is kept; it is asked again while others are faster.

    `fill` says whether there is anything to keep. Gives how many notices were made.
    """
    while True:
        pile = begun(house)
        if not fill(pile):
            return 0
        if pile.commit():
            return pile.made()


def preference(house: House, person: str) -> Kept[Preference]:
    """How somebody wants to be told; revision 0 when they never said."""
    found = house.store.get(Preference, person)
    return found or Kept(key=person, revision=0, noun=Preference(person=person))


def inbox(house: House, person: str) -> Kept[Inbox]:
    """How many notices somebody has; revision 0 before the first."""
    found = house.store.get(Inbox, person)
    return found or Kept(key=person, revision=0, noun=Inbox(person=person))


def _counted(house: House, person: str, more: int) -> Put:
    kept = inbox(house, person)
    noun = replace(kept.noun, notices=kept.noun.notices + more, unread=kept.noun.unread + more)
    return Put(key=person, noun=noun, revision=kept.revision)
