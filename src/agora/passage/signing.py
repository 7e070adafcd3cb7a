"""Signing: who comes through the door, kept in sessions whose secrets only the visitor has."""

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from agora.governance import account as rules
from agora.governance.identity import identified
from agora.model.account import Account, Attempts, Session, SignedIn
from agora.model.errors import Conflict, Denied, Exhausted
from agora.model.ledger import Entry, Event
from agora.model.people import Principal
from agora.needs.house import House
from agora.needs.store import Kept, Put

ROUNDS = 32
NOBODY = "nobody"


def digest(secret: str) -> str:
    """What is kept of a secret; it is long and random, so that one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fresh() -> str:
    """A secret nobody can guess: 256 bits, fit for a cookie or an address."""
    return secrets.token_urlsafe(32)


def following(secret: str, salt: str) -> str:
    """The secret after this one: it follows from both, so that nobody with only one has it."""
    return hmac.new(salt.encode(), secret.encode(), hashlib.sha256).hexdigest()


def account(house: House, name: str) -> Kept[Account]:
    """The account of somebody; a blank one with revision 0 for who has none yet."""
    found = house.store.get(Account, name)
    return found or Kept(key=name, revision=0, noun=Account(principal=name))


def admitted(house: House, name: str, now: datetime) -> Principal | None:
    """Who this is today; None for who has left or is blocked, and for the agents of such people."""
    kept = account(house, name).noun
    found = None if kept.blocked else identified(house.mesh, name, kept, now)
    if found is None or not found.acts_for:
        return found
    return found if admitted(house, found.acts_for, now) is not None else None


def begun(
    house: House, kept: Account, principal: Principal, how: str, now: datetime
) -> tuple[SignedIn, Put]:
    """A new session, to be kept in the same commit as what it follows from.

    Its secret is new: whatever the browser had before opens nothing afterwards.
    """
    secret, csrf = fresh(), fresh()
    noun = Session(
        id=house.new_id("ses"),
        principal=kept.principal,
        epoch=kept.epoch,
        how=how,
        csrf=csrf,
        salt=fresh(),
        began_at=now,
        made_at=now,
        ends_at=now + rules.lasts(how),
    )
    signed = SignedIn(principal=principal, secret=secret, csrf=csrf, ends_at=noun.ends_at)
    return signed, Put(key=digest(secret), noun=noun)


def entry(
    house: House,
    event: Event,
    who: str,
    *facts: tuple[str, str | int | bool],
    subject: str = "",
    operator: str = "",
) -> Entry:
    """What the ledger hears of the door; never a secret, never a name that is nobody's."""
    return Entry(
        event=event, at=house.now(), who=who, operator=operator, subject=subject, facts=facts
    )


def slowly(house: House, address: str, now: datetime) -> None:
    """One more try from this address is counted; raises Exhausted when there were too many."""
    waits = house.people.turnstile.wait(address, now)
    if waits:
        raise too_many(waits)


def attempts_key(name: str) -> str:
    """Where the tries under one name are counted.

    It is a place for each name, not for each person: that two names share a lock would tell that
    somebody has both.
    """
    return digest(name.strip().casefold())


def attempts_keys(principal: Principal) -> tuple[str, ...]:
    """Where the tries under all names of a person are counted."""
    return tuple(attempts_key(name) for name in (principal.id, principal.email) if name)


def unlocked(house: House, key: str, now: datetime) -> Kept[Attempts] | None:
    """The tries under this name so far; raises Exhausted while none is looked at."""
    kept = house.store.get(Attempts, key)
    waits = rules.wait(kept.noun if kept else None, now)
    if waits:
        raise too_many(waits)
    return kept


def weigh(
    house: House,
    key: str,
    now: datetime,
    *,
    puts: tuple[Put, ...],
    entries: tuple[Entry, ...],
    failure: Entry | None,
) -> None:
    """A try is settled: with a `failure` it is counted, without one `puts` are kept.

    Tries that come at once are settled one after the other, each after looking whether those before
    have used up what there was; so nobody learns more by trying many at once. Raises Exhausted when
    they have, Denied when this one was wrong, Conflict when something else of `puts` has changed.
    """
    for _ in range(ROUNDS):
        kept = unlocked(house, key, now)
        before, revision = (kept.noun, kept.revision) if kept else (None, 0)
        after = rules.failed(before, now) if failure else Attempts(last_at=now)
        told = entries if failure is None else (_told(failure, after),)
        counted = Put(key=key, noun=after, revision=revision)
        try:
            house.store.commit((counted, *(() if failure else puts)), told)
        except Conflict:
            if _revision(house, key) == revision:
                raise
            continue
        if failure:
            raise wrong()
        return
    raise too_many(rules.FIRST_WAIT)


def _revision(house: House, key: str) -> int:
    kept = house.store.get(Attempts, key)
    return kept.revision if kept else 0


def _told(failure: Entry, after: Attempts) -> Entry:
    return replace(failure, facts=(*failure.facts, ("locked", after.locked_until is not None)))


def wrong() -> Denied:
    """The one answer to every sign-in that goes wrong, whoever it is."""
    return Denied(
        "this name and this password do not belong together",
        code="E600",
        hint="check both; the operator can send you a new invitation",
    )


def too_many(waits: timedelta) -> Exhausted:
    """The answer while nothing is looked at, the same for names that are nobody's."""
    seconds = max(int(waits.total_seconds() + 0.999), 1)
    minutes = -(-seconds // 60)
    span = f"{seconds} seconds" if seconds < 90 else f"{minutes} minutes"  # noqa: PLR2004 (easier to read)
    return Exhausted(
        "too many sign-ins went wrong here",
        code="E601",
        hint=f"try again in {span}; the operator can unlock you sooner",
    )
