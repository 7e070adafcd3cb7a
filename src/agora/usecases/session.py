"""Sessions: people sign in with a password, stay signed in for a while, and sign out."""

import contextlib
import hmac
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from agora.governance import account as rules
from agora.governance.identity import called, identified
from agora.model.account import Account, Attempts, Session, SignedIn
from agora.model.errors import Conflict, Denied, Missing
from agora.model.ledger import Event
from agora.model.people import Actor, Principal
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import signing

N = TypeVar("N")
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Who is signed in; with a `rotated` secret the cookie is to hold that one from now on."""

    actor: Actor
    id: str
    csrf: str
    how: str
    ends_at: datetime
    rotated: str = ""

    def __repr__(self) -> str:
        return f"Sitting({self.id})"


def sign_in(house: House, name: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """Somebody is signed in under a new secret. Raises Denied or Exhausted, the same for all names.

    `now` is the machine's time. `address` is where the try comes from; each has only so many.
    """
    if not house.mesh.sign_in.passwords:
        raise Denied(
            "nobody signs in with a password here",
            code="E609",
            hint="sign in with your organisation's account",
        )
    signing.slowly(house, address, now)
    person = called(house.mesh, name)
    key = signing.attempts_key(name)
    signing.unlocked(house, key, now)
    kept = signing.account(house, person.id).noun if person else Account(principal="")
    right = _right(house, kept, password)
    who = signing.admitted(house, person.id, now) if person and right else None
    facts = (("how", "password"), ("address", address))
    if who is None:
        named = person.id if person else signing.NOBODY
        failure = signing.entry(house, Event.SIGN_IN_FAILED, named, *facts)
        signing.weigh(house, key, now, puts=(), entries=(), failure=failure)
    assert who is not None
    signed, put = signing.begun(house, kept, who, "password", now)
    entry = signing.entry(house, Event.SIGNED_IN, who.id, *facts)
    signing.weigh(house, key, now, puts=(put,), entries=(entry,), failure=None)
    _harder(house, kept, password)
    return signed


def change_password(
    house: House, secret: str, old: str, new: str, *, address: str, now: datetime
) -> SignedIn:
    """The password is another one, every other session of this person is over, this one is anew.

    Raises Denied when nobody is signed in, the old one is wrong, or the new one will not do.
    """
    signing.slowly(house, address, now)
    sitting = session(house, secret, now)
    if sitting is None:
        raise signing.wrong()
    who = sitting.actor.principal
    key = signing.attempts_key(who.id)
    signing.unlocked(house, key, now)
    kept = signing.account(house, who.id)
    facts = (("how", "password"), ("address", address))
    if not _right(house, kept.noun, old):
        failure = signing.entry(house, Event.SIGN_IN_FAILED, who.id, *facts)
        signing.weigh(house, key, now, puts=(), entries=(), failure=failure)
    faults = rules.password_faults(new, who)
    if faults:
        raise Denied.because(faults)
    changed = replace(
        kept.noun,
        password=house.people.passwords.hash(rules.prepared(new)),
        changed_at=now,
        epoch=kept.noun.epoch + 1,
    )
    signed, put = signing.begun(house, changed, who, "password", now)
    entry = signing.entry(house, Event.PASSWORD_SET, who.id, *facts)
    puts = (Put(key=kept.key, noun=changed, revision=kept.revision), put)
    signing.weigh(house, key, now, puts=puts, entries=(entry,), failure=None)
    return signed


def session(house: House, secret: str, now: datetime) -> Sitting | None:
    """Who is signed in with this secret; None when it opens nothing (any more).

    Asked on every request: who left the directory or is blocked is signed in no longer. From time to
    time the session goes on under another secret, and the old one opens the same for a little while.
    """
    kept = house.store.get(Session, signing.digest(secret)) if secret else None
    if kept is None:
        return None
    account = signing.account(house, kept.noun.principal).noun
    who = identified(house.mesh, account.principal, account, now)
    if who is None or not rules.live(kept.noun, account, now):
        return None
    if rules.rotates(kept.noun, now):
        return _rotated(house, kept, secret, who, now)
    if kept.noun.replaced_at is not None:
        return _replaced(house, kept.noun, secret, who)
    return _sitting(kept.noun, who)


def sign_out(house: House, secret: str, now: datetime) -> None:
    """The session is over; harmless when it was already."""
    kept = house.store.get(Session, signing.digest(secret))
    if kept is not None and kept.noun.replaced_at is not None:
        sign_out(house, signing.following(secret, kept.noun.salt), now)
        return
    if kept is None or kept.noun.ended_at is not None:
        return
    ended = replace(kept.noun, ended_at=now)
    entry = signing.entry(house, Event.SIGNED_OUT, ended.principal, ("session", ended.id))
    try:
        house.store.commit((Put(key=kept.key, noun=ended, revision=kept.revision),), (entry,))
    except Conflict:
        sign_out(house, secret, now)


def sign_out_everywhere(house: House, who: Actor) -> None:
    """Every session of this person is over, wherever they are signed in."""
    kept = signing.account(house, who.principal.id)
    ended = replace(kept.noun, epoch=kept.noun.epoch + 1)
    entry = signing.entry(
        house, Event.SIGNED_OUT, who.principal.id, ("everywhere", True), operator=who.operator
    )
    house.store.commit((Put(key=kept.key, noun=ended, revision=kept.revision),), (entry,))


def sweep(house: House, now: datetime) -> int:
    """What is kept of sessions and of wrong sign-ins is gone where it can matter no more: how many.

    The ledger still tells who signed in and out, and when.
    """
    ended = (kept for kept in house.store.find(Session) if rules.over(kept.noun, now))
    forgiven = (kept for kept in house.store.find(Attempts) if rules.forgiven(kept.noun, now))
    return _forgotten(house, ended) + _forgotten(house, forgiven)


def _forgotten(house: House, found: Iterator[Kept[N]]) -> int:
    """Some at a time, so that nobody waits long who wants to write."""
    gone = 0
    while some := tuple(itertools.islice(found, AT_ONCE)):
        gone += house.store.forget(some)
    return gone


def choose(house: House, secret: str, purpose: str, now: datetime) -> None:
    """What is asked in this session from now on is asked for this purpose; none with no text.

    Raises Missing for a purpose nobody has defined, Denied when nobody is signed in.
    """
    known = [each.id for each in house.mesh.purposes]
    if purpose and purpose not in known:
        names = ", ".join(f"`{each}`" for each in known)
        raise Missing(f"there is no purpose `{purpose}`", code="E411", hint=f"use one of {names}")
    sitting = session(house, secret, now)
    if sitting is None:
        raise Denied("you are not signed in", code="E607", hint="sign in again")
    kept = house.store.get(Session, signing.digest(sitting.rotated or secret))
    assert kept is not None
    chosen = replace(kept.noun, purpose=purpose)
    house.store.commit((Put(key=kept.key, noun=chosen, revision=kept.revision),), ())


def demand_csrf(sitting: Sitting, given: str) -> None:
    """A form that changes something comes from a page of this very sign-in; raises Denied."""
    if not hmac.compare_digest(sitting.csrf.encode(), given.encode()):
        raise Denied(
            "this form is not from a page you have open here",
            code="E606",
            hint="load the page again and send it once more",
        )


def _right(house: House, kept: Account, password: str) -> bool:
    """As much work for everybody: who has no password is compared with one nobody has."""
    return house.people.passwords.verify(kept.password, rules.prepared(password))


def _harder(house: House, kept: Account, password: str) -> None:
    """The hash of a password that was right is made anew where it was made with less work."""
    passwords = house.people.passwords
    if not passwords.outdated(kept.password):
        return
    now_kept = signing.account(house, kept.principal)
    if now_kept.noun.password != kept.password:
        return
    anew = replace(now_kept.noun, password=passwords.hash(rules.prepared(password)))
    with contextlib.suppress(Conflict):
        house.store.commit((Put(key=now_kept.key, noun=anew, revision=now_kept.revision),), ())


def _rotated(
    house: House, kept: Kept[Session], secret: str, who: Principal, now: datetime
) -> Sitting | None:
    after = signing.following(secret, kept.noun.salt)
    noun = replace(kept.noun, salt=signing.fresh(), made_at=now)
    puts = (
        Put(key=kept.key, noun=replace(kept.noun, replaced_at=now), revision=kept.revision),
        Put(key=signing.digest(after), noun=noun),
    )
    try:
        house.store.commit(puts, ())
    except Conflict:
        return session(house, secret, now)
    return _sitting(noun, who, rotated=after)


def _replaced(house: House, before: Session, secret: str, who: Principal) -> Sitting | None:
    """What a request hears that was under way while the secret changed: the same new secret."""
    after = signing.following(secret, before.salt)
    kept = house.store.get(Session, signing.digest(after))
    if kept is None or kept.noun.ended_at is not None:
        return None
    return _sitting(kept.noun, who, rotated=after)


def _sitting(noun: Session, who: Principal, rotated: str = "") -> Sitting:
    return Sitting(
        actor=Actor(principal=who, purpose=noun.purpose),
        id=noun.id,
        csrf=noun.csrf,
        how=noun.how,
        ends_at=noun.ends_at,
        rotated=rotated,
    )
