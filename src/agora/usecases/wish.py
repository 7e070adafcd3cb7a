"""Wish: somebody asks for data that nobody offers, and those who could offer it hear of it."""

from dataclasses import replace

from agora.governance.rights import oversees
from agora.model.errors import Conflict, Missing, Unusable
from agora.model.ledger import Entry, Event
from agora.model.people import Actor
from agora.model.search import Wish, WishState
from agora.model.words import words as plain
from agora.needs.house import House
from agora.needs.store import Put

FEW = 3


def wish(house: House, who: Actor, words: str, reason: str) -> Wish:
    """What nobody offers is wished for. Raises Unusable without words or reason, Conflict for a twin."""
    if not plain(words):
        raise Unusable("a wish says what you look for", code="E674", hint="name the data in words")
    if not reason.strip():
        raise Unusable("a wish says why", code="E675", hint="add `--reason`")
    for kept in house.store.find(Wish):
        other = kept.noun
        own = other.wished_by == who.principal.id and other.state is WishState.OPEN
        if own and plain(other.words) == plain(words):
            raise Conflict(f"you wish for the same in `{other.id}` already", code="E676")
    made = Wish(
        id=house.new_id("wish"),
        words=words.strip(),
        reason=reason.strip(),
        wished_by=who.principal.id,
        wished_at=house.now(),
    )
    house.store.commit((Put(key=made.id, noun=made),), (_entry(house, who, Event.WISHED, made),))
    return made


def wishes(house: House, who: Actor) -> tuple[Wish, ...]:
    """The open wishes this person may know of: their own; all of them for owners and overseers."""
    every = tuple(kept.noun for kept in house.store.find(Wish))
    return tuple(w for w in every if w.state is WishState.OPEN and _may_know(house, who, w))


def fulfilled(house: House, who: Actor) -> tuple[Wish, ...]:
    """The newest of this person's own wishes that somebody else has answered."""
    own = (kept.noun for kept in house.store.find(Wish) if kept.noun.wished_by == who.principal.id)
    done = [w for w in own if w.state is WishState.SETTLED and w.answered_by != w.wished_by]
    return tuple(done[-FEW:][::-1])


def settle(house: House, who: Actor, wish_id: str, words: str) -> Wish:
    """The wish is answered or taken back, and stands open no more. Raises Missing."""
    kept = house.store.get(Wish, wish_id)
    if (
        kept is None
        or kept.noun.state is not WishState.OPEN
        or not _may_know(house, who, kept.noun)
    ):
        raise Missing(
            f"there is no wish `{wish_id}`", code="E677", hint="`agora search --wishes` lists them"
        )
    done = replace(
        kept.noun, state=WishState.SETTLED, answered_by=who.principal.id, answer=words.strip()
    )
    put = Put(key=done.id, noun=done, revision=kept.revision)
    house.store.commit((put,), (_entry(house, who, Event.WISH_SETTLED, done),))
    return done


def _may_know(house: House, who: Actor, found: Wish) -> bool:
    owns = any(who.principal.id in domain.owners for domain in house.mesh.domains)
    return found.wished_by == who.principal.id or owns or oversees(house.mesh, who.principal)


def _entry(house: House, who: Actor, event: Event, found: Wish) -> Entry:
    return house.entry(
        who,
        event,
        subject=found.id,
        facts=(("words", found.words), ("reason", found.reason), ("answer", found.answer)),
    )
