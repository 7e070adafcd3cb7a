"""Notices: what somebody was told, the newest first, and how they want to be told besides."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from agora.governance.access import speaks
from agora.governance.letters import Worded, worded
from agora.governance.notice import OF_PRODUCTS
from agora.model.errors import Conflict, Denied, Exhausted, Missing
from agora.model.ledger import Entry, Event
from agora.model.notice import Hook, Inbox, Mailing, Notice, Preference
from agora.model.people import Actor, Principal
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.knowing import may_know
from agora.usecases.telling.piling import inbox, preference

HOOKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice with its words; of a product that may not be known any more it says nothing."""

    notice: Notice
    sentence: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """The newest notices of somebody, and how many they have not read."""

    told: tuple[Told, ...]
    unread: int
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooked:
    """A webhook as it was made: `secret` is shown here and never again."""

    hook: Hook
    secret: str


def notices(house: House, who: Actor, *, limit: int = 50, before: int = 0) -> Notices:
    """The newest notices of this reader; with `before` those older than the one of that number."""
    own = who.principal.id
    found = house.store.find(Notice, keys.notice(own))
    older = (kept.noun for kept in found if not before or kept.noun.number < before)
    page = list(islice(older, limit + 1))
    return Notices(
        told=tuple(_told(house, who.principal, each) for each in page[:limit]),
        unread=unread(house, who),
        more=len(page) > limit,
    )


def unread(house: House, who: Actor) -> int:
    """How many notices this reader has not read: one look, however many there are."""
    return inbox(house, who.principal.id).noun.unread


def mark(house: House, who: Actor, numbers: Sequence[int] = ()) -> Inbox:
    """These notices have been read; without numbers, all there are now."""
    own = who.principal.id
    while True:
        kept = inbox(house, own)
        found = _unread(house, own, numbers, kept.noun.unread)
        if not found:
            return kept.noun
        now = house.now()
        left = replace(kept.noun, unread=kept.noun.unread - len(found))
        puts = [
            Put(key=each.key, noun=replace(each.noun, read_at=now), revision=each.revision)
            for each in found
        ]
        try:
            house.store.commit((*puts, Put(key=own, noun=left, revision=kept.revision)), ())
        except Conflict:
            continue
        return left


def prefer(house: House, who: Actor, mailing: Mailing) -> Preference:
    """From now on this reader is mailed at once, once a day, or never."""
    while True:
        kept = preference(house, who.principal.id)
        noun = replace(kept.noun, mailing=mailing)
        try:
            house.store.commit((Put(key=kept.key, noun=noun, revision=kept.revision),), ())
        except Conflict:
            continue
        return noun


def preferred(house: House, who: Actor) -> Preference:
    """How this reader wants to be told."""
    return preference(house, who.principal.id).noun


def hook(house: House, who: Actor, url: str, *, owner: str = "", now: datetime) -> Hooked:
    """From now on the address is called with everything its owner is told, signed with the secret.

    The `owner` is this reader, or a service of their team. Raises Denied, Invalid, Exhausted.
    """
    own = _spoken_for(house, who, owner)
    if len(hooks(house, who, owner=own)) >= HOOKS:
        raise Exhausted(
            f"nobody has more than {HOOKS} webhooks", code="E665", hint="drop one of them first"
        )
    house.post.judge(url)
    secret = f"agora_whs_{secrets.token_urlsafe(32)}"
    made = Hook(
        id=house.new_id("hook"),
        owner=own,
        url=url,
        secret=secret,
        made_by=who.principal.id,
        made_at=now,
    )
    entry = _entry(house, who, Event.HOOKED, made)
    house.store.commit((Put(key=keys.hook(own, made.id), noun=made),), (entry,))
    return Hooked(hook=replace(made, secret=""), secret=secret)


def drop(house: House, who: Actor, name: str, *, owner: str = "", now: datetime) -> Hook:
    """The webhook is called no more."""
    own = _spoken_for(house, who, owner)
    kept = house.store.get(Hook, keys.hook(own, name))
    if kept is None or kept.noun.dropped_at is not None:
        raise Missing(
            f"there is no webhook `{name}`",
            code="E666",
            hint="`agora notices --hooks` lists those there are",
        )
    noun = replace(kept.noun, dropped_at=now)
    entry = _entry(house, who, Event.UNHOOKED, noun)
    house.store.commit((Put(key=kept.key, noun=noun, revision=kept.revision),), (entry,))
    return replace(noun, secret="")


def hooks(house: House, who: Actor, *, owner: str = "") -> tuple[Hook, ...]:
    """The webhooks of this reader or of a service of their team, without their secrets."""
    own = _spoken_for(house, who, owner)
    found = (kept.noun for kept in house.store.find(Hook, keys.hook(own)))
    return tuple(replace(each, secret="") for each in found if each.dropped_at is None)


def _spoken_for(house: House, who: Actor, owner: str) -> str:
    own = owner or who.principal.id
    if own.startswith("team:") or not speaks(house.mesh, who.principal, own):
        raise Denied(
            f"`{who.principal.id}` does not speak for `{own}`",
            code="E667",
            hint="name yourself, or a service of your team",
        )
    return own


def _told(house: House, reader: Principal, notice: Notice) -> Told:
    known = _known(house, reader, notice)
    words: Worded = worded(house.mesh, notice, known=known)
    if not known:
        notice = replace(notice, product=None, port="", about="", by="", edition=0, purpose="")
    return Told(notice=notice, sentence=words.sentence, page=words.page)


def _known(house: House, reader: Principal, notice: Notice) -> bool:
    if notice.matter not in OF_PRODUCTS or notice.product is None:
        return True
    product = house.mesh.product(notice.product)
    return product is not None and may_know(house, reader, product)


def _unread(house: House, own: str, numbers: Sequence[int], most: int) -> list[Kept[Notice]]:
    """The notices that are meant and unread; the newest are, so few others are looked at."""
    if numbers:
        named = (house.store.get(Notice, keys.notice(own, n)) for n in dict.fromkeys(numbers))
        return [kept for kept in named if kept is not None and kept.noun.read_at is None]
    found = house.store.find(Notice, keys.notice(own))
    return list(islice((kept for kept in found if kept.noun.read_at is None), most))


def _entry(house: House, who: Actor, event: Event, made: Hook) -> Entry:
    return house.entry(
        who,
        event,
        subject=made.owner,
        facts=(("hook", made.id),),
    )
