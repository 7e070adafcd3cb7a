"""Accounts: an operator invites people, resets and blocks them; who is invited sets a password."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from agora.governance import account as rules
from agora.governance.identity import identified, may_admit
from agora.model.account import Account, Attempts, SignedIn, Standing
from agora.model.errors import Conflict, Denied, Missing
from agora.model.ledger import Entry, Event
from agora.model.people import Actor, Principal, PrincipalKind
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import signing


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What an invited person is sent, shown this once; it can be accepted once, until then."""

    person: str
    secret: str
    until: datetime

    def __repr__(self) -> str:
        return f"Invitation({self.person})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One person and how they stand with us."""

    principal: Principal
    standing: Standing
    locked_until: datetime | None = None
    invited_until: datetime | None = None
    provider: bool = False


def people(house: House, who: Actor, now: datetime) -> tuple[Listed, ...]:
    """Everybody who may sign in, for the operator; raises Denied for everybody else."""
    _operator(house, who)
    accounts = {kept.key: kept.noun for kept in house.store.find(Account)}
    names = [p.id for p in house.mesh.principals if p.kind is PrincipalKind.PERSON]
    names += [name for name in accounts if name not in names]
    found = []
    for name in names:
        principal = identified(house.mesh, name, accounts.get(name), now)
        if principal is not None and principal.kind is PrincipalKind.PERSON:
            found.append(_listed(house, principal, accounts.get(name), now))
    return tuple(found)


def invite(house: House, who: Actor, person: str, now: datetime) -> Invitation:
    """The person can set their first password within a week; an earlier invitation counts no more.

    Raises Denied for all but the operator, Missing for who is nobody, Conflict for who has a password.
    """
    _operator(house, who)
    kept = signing.account(house, _person(house, person).id)
    if kept.noun.password:
        raise Conflict(
            f"`{person}` has a password already",
            code="E604",
            hint=f"`agora people --reset {person}` takes it away and invites anew",
        )
    return _invited(house, who, kept, kept.noun, now)


def reset(house: House, who: Actor, person: str, now: datetime) -> Invitation:
    """The password of this person opens nothing any more, nor do their sessions; they are invited anew.

    A tie to an identity at the provider is loosened as well.
    """
    _operator(house, who)
    kept = signing.account(house, _person(house, person).id)
    bare = replace(
        kept.noun, password="", subject="", groups=(), vouched_at=None, epoch=kept.noun.epoch + 1
    )
    return _invited(house, who, kept, bare, now)


def accept(house: House, secret: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """The invited person has this password and is signed in; the invitation opens nothing any more.

    Raises Denied for one that is used, over or invented, and for a password that will not do.
    """
    signing.slowly(house, address, now)
    name = secret.partition(".")[0]
    kept = signing.account(house, name)
    fits = hmac.compare_digest(signing.digest(secret), kept.noun.invitation or signing.digest(""))
    person = signing.admitted(house, name, now) if fits else None
    if person is None or not rules.invited(kept.noun, now):
        raise _stale()
    faults = rules.password_faults(password, person)
    if faults:
        raise Denied.because(faults)
    account = replace(
        kept.noun,
        password=house.people.passwords.hash(rules.prepared(password)),
        invitation="",
        invited_until=None,
        changed_at=now,
        epoch=kept.noun.epoch + 1,
    )
    signed, put = signing.begun(house, account, person, "invitation", now)
    facts = (("how", "invitation"), ("address", address))
    entries = tuple(
        signing.entry(house, event, person.id, *facts)
        for event in (Event.PASSWORD_SET, Event.SIGNED_IN)
    )
    try:
        house.store.commit((Put(key=kept.key, noun=account, revision=kept.revision), put), entries)
    except Conflict:
        raise _stale() from None
    return signed


def sign_out_person(house: House, who: Actor, person: str) -> None:
    """Every session of this person is over; their tokens are not (block them for that)."""
    _operator(house, who)
    kept = signing.account(house, _somebody(house, person))
    after = replace(kept.noun, epoch=kept.noun.epoch + 1)
    _changed(house, who, kept, after, Event.SIGNED_OUT)


def block(house: House, who: Actor, person: str) -> None:
    """Nothing this person has opens anything: no password, provider, session or token.

    Somebody who lets people in is always left: nobody blocks themselves, and of two who block each
    other at once one is too late. Raises Denied, and Conflict for that one.
    """
    _operator(house, who)
    if person in (who.principal.id, who.operator):
        raise Denied(
            "nobody blocks themselves: nobody might be left to let you in again",
            code="E807",
            hint="another operator can block you",
        )
    kept = signing.account(house, _somebody(house, person))
    after = replace(kept.noun, blocked=True, epoch=kept.noun.epoch + 1)
    _changed(house, who, kept, after, Event.BLOCKED, beside=_unblocked(house, who))


def unblock(house: House, who: Actor, person: str) -> None:
    """The person may sign in again, with what they had; sessions of before stay over."""
    _operator(house, who)
    kept = signing.account(house, _somebody(house, person))
    _changed(house, who, kept, replace(kept.noun, blocked=False), Event.UNBLOCKED)


def unlock(house: House, who: Actor, person: str, now: datetime) -> None:
    """The next password of this person is looked at, however many were wrong before."""
    _operator(house, who)
    keys = signing.attempts_keys(_person(house, person))
    kept = [found for key in keys if (found := house.store.get(Attempts, key))]
    puts = [Put(key=k.key, noun=Attempts(last_at=now), revision=k.revision) for k in kept]
    house.store.commit(puts, (_entry(house, who, Event.UNLOCKED, person),))


def _invited(
    house: House, who: Actor, kept: Kept[Account], account: Account, now: datetime
) -> Invitation:
    made = Invitation(
        person=kept.key, secret=f"{kept.key}.{signing.fresh()}", until=now + rules.INVITED
    )
    after = replace(account, invitation=signing.digest(made.secret), invited_until=made.until)
    _changed(house, who, kept, after, Event.INVITED)
    return made


def _unblocked(house: House, who: Actor) -> tuple[Put, ...]:
    """Whoever acts is not blocked, and is not until this is kept; raises Denied, the commit Conflict."""
    own = signing.account(house, who.principal.id)
    if own.noun.blocked and not who.operator:
        raise Denied("you are blocked", code="E607")
    return (Put(key=own.key, noun=own.noun, revision=own.revision),) if own.revision else ()


def _changed(
    house: House,
    who: Actor,
    kept: Kept[Account],
    after: Account,
    event: Event,
    *,
    beside: tuple[Put, ...] = (),
) -> None:
    put = Put(key=kept.key, noun=after, revision=kept.revision)
    house.store.commit((put, *beside), (_entry(house, who, event, kept.key),))


def _entry(house: House, who: Actor, event: Event, person: str) -> Entry:
    return signing.entry(house, event, who.principal.id, subject=person, operator=who.operator)


def _listed(house: House, principal: Principal, account: Account | None, now: datetime) -> Listed:
    tries = (house.store.get(Attempts, key) for key in signing.attempts_keys(principal))
    locked = [t.noun.locked_until for t in tries if t and rules.wait(t.noun, now)]
    invited = account is not None and rules.invited(account, now)
    return Listed(
        principal=principal,
        standing=rules.standing(account, now),
        locked_until=max((moment for moment in locked if moment), default=None),
        invited_until=account.invited_until if account and invited else None,
        provider=bool(account and account.subject),
    )


def admits(house: House, who: Actor) -> bool:
    """True for those who let people in and out."""
    return may_admit(house.mesh, who.principal)


def _operator(house: House, who: Actor) -> None:
    if not may_admit(house.mesh, who.principal):
        raise Denied(
            "only the operator lets people in and out",
            code="E605",
            hint=f"ask `{house.mesh.operator}`" if house.mesh.operator else "",
        )


def _person(house: House, name: str) -> Principal:
    """A person of the directory: services and agents do not sign in."""
    found = next((p for p in _people(house) if p.id == name), None)
    if found is None:
        raise _nobody(name)
    return found


def _somebody(house: House, name: str) -> str:
    """A person of the directory, or one only the provider knows, or who had an account once."""
    if all(p.id != name for p in _people(house)) and house.store.get(Account, name) is None:
        raise _nobody(name)
    return name


def _people(house: House) -> Iterator[Principal]:
    return (p for p in house.mesh.principals if p.kind is PrincipalKind.PERSON)


def _nobody(name: str) -> Missing:
    return Missing(
        f"there is no person `{name}`", code="E608", hint="people stand in `people.yaml`"
    )


def _stale() -> Denied:
    return Denied(
        "this invitation opens nothing",
        code="E602",
        hint="it is used or over; ask the operator for a new one",
    )
