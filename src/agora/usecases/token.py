"""Tokens: programs act for somebody without a password, as far and as long as they were let."""

import hmac
import itertools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agora.governance import token as rules
from agora.governance.identity import may_admit
from agora.model.errors import Conflict, Denied, Missing, Unusable
from agora.model.ledger import Entry, Event
from agora.model.people import Actor, Principal, PrincipalKind
from agora.model.token import Scope, Token
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import signing

PERSONAL, SERVICE = "agora_pat", "agora_svc"
USED_EVERY = timedelta(hours=1)
KEPT = timedelta(days=90)
"""So long after its end a token is still among those of its people."""
AT_ONCE = 200
"""Some at a time, so that nobody waits long who wants to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A token that was made, and its secret, shown this once."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"Made({self.token.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who acts through a token, and what it allows them."""

    actor: Actor
    scopes: tuple[Scope, ...]
    token: str


def make(
    house: House,
    who: Actor,
    *,
    name: str,
    scopes: Sequence[str],
    days: int,
    consumer: str = "",
    held: Sequence[Scope] = tuple(Scope),
    now: datetime,
) -> Made:
    """A token exists; its secret is in the answer and nowhere else.

    `consumer` is a service or agent it is for, `held` what the maker's own sign-in allows. Raises
    Unusable for a wish that means nothing, Denied with the reasons.
    """
    wanted = _scopes(scopes)
    if not name.strip():
        raise Unusable("a token has a name", code="E615", hint="say what will use it")
    if not 1 <= days <= rules.LONGEST_DAYS:
        raise Unusable(
            f"a token lasts between 1 and {rules.LONGEST_DAYS} days, not {days}", code="E615"
        )
    target = consumer or who.principal.id
    principal = signing.admitted(house, target, now)
    reasons = tuple(rules.judge_wish(house.mesh, who.principal, principal, wanted, held))
    if reasons:
        raise Denied.because(reasons)
    key, secret = _secret(personal=target == who.principal.id)
    made = Token(
        id=key,
        name=name.strip(),
        principal=target,
        made_by=who.principal.id,
        scopes=wanted,
        hash=signing.digest(secret),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    house.store.commit((Put(key=key, noun=made),), (_entry(house, who, Event.TOKEN_MADE, made),))
    return Made(token=_bare(made), secret=secret)


def holders(house: House, who: Actor) -> tuple[Principal, ...]:
    """Everybody this person may make tokens for."""
    mesh = house.mesh
    return tuple(
        each for each in mesh.principals if not any(rules.judge_maker(mesh, who.principal, each))
    )


def tokens(house: House, who: Actor) -> tuple[Token, ...]:
    """The tokens this person has to do with: their own and those they made; all for the operator."""
    every = (kept.noun for kept in house.store.find(Token))
    found = [_bare(each) for each in every if _concerned(house, who, each)]
    return tuple(sorted(found, key=lambda each: (each.made_at, each.id)))


def revoke(house: House, who: Actor, token: str, now: datetime) -> Token:
    """The token opens nothing any more. Raises Missing, the same for those of other people."""
    kept = house.store.get(Token, token)
    if kept is None or not _concerned(house, who, kept.noun):
        raise Missing(f"there is no token `{token}`", code="E612", hint="`agora token` lists yours")
    if kept.noun.revoked_at is not None:
        return _bare(kept.noun)
    revoked = replace(kept.noun, revoked_at=now, revoked_by=who.principal.id)
    put = Put(key=kept.key, noun=revoked, revision=kept.revision)
    try:
        house.store.commit((put,), (_entry(house, who, Event.TOKEN_REVOKED, revoked),))
    except Conflict:
        return revoke(house, who, token, now)
    return _bare(revoked)


def resolve(house: House, text: str, now: datetime) -> Bearer:
    """Who shows this token; asked on every request. Raises Denied for one that opens nothing.

    It works as long as it lasts, its principal is here, and its maker might make it today.
    """
    found = _shown(house, text)
    if found is None:
        raise Denied("this token opens nothing", code="E610", hint="`agora token --make` makes one")
    ended = rules.over(found, now)
    principal = signing.admitted(house, found.principal, now)
    maker = signing.admitted(house, found.made_by, now)
    if not ended and (principal is None or maker is None):
        ended = "this token's people are not here any more"
    elif maker is not None and principal is not None and not ended:
        reasons = rules.judge_wish(house.mesh, maker, principal, found.scopes, found.scopes)
        ended = "who made this token might not make it today" if any(reasons) else ""
    if ended or principal is None:
        raise Denied(ended, code="E611", hint="`agora token --make` makes a new one")
    _used(house, found, now)
    return Bearer(
        actor=Actor(principal=principal, operator=principal.acts_for),
        scopes=found.scopes,
        token=found.id,
    )


def sweep(house: House, now: datetime) -> int:
    """Tokens that ended long ago are gone from the store: how many. The ledger still tells of them."""
    found = (kept for kept in house.store.find(Token) if _ended(kept.noun) < now - KEPT)
    gone = 0
    while some := tuple(itertools.islice(found, AT_ONCE)):
        gone += house.store.forget(some)
    return gone


def _ended(token: Token) -> datetime:
    return min(token.revoked_at or token.expires_at, token.expires_at)


def demand(held: Sequence[Scope], wanted: Scope) -> None:
    """What was shown allows this; raises Denied when it does not."""
    reasons = rules.lacking(held, wanted)
    if reasons:
        raise Denied.because(reasons)


def _shown(house: House, text: str) -> Token | None:
    parts = text.split("_", 3)
    if len(parts) != 4:  # noqa: PLR2004 (agora, kind, id, secret)
        return None
    kept = house.store.get(Token, parts[2])
    if kept is None or not hmac.compare_digest(signing.digest(text), kept.noun.hash):
        return None
    return kept.noun


def _secret(*, personal: bool) -> tuple[str, str]:
    """A new token's id and the whole text a program shows."""
    key = secrets.token_hex(6)
    return key, f"{PERSONAL if personal else SERVICE}_{key}_{signing.fresh()}"


def _scopes(words: Sequence[str]) -> tuple[Scope, ...]:
    known = [scope.value for scope in Scope]
    wrong = [word for word in words if word not in known]
    if wrong or not words:
        sentence = f"`{wrong[0]}` is no scope" if wrong else "a token has at least one scope"
        raise Unusable(sentence, code="E615", hint=f"use {', '.join(known)}")
    return tuple(scope for scope in Scope if scope.value in words)


def _bare(token: Token) -> Token:
    """The token without what is kept of its secret."""
    return replace(token, hash="")


def _concerned(house: House, who: Actor, token: Token) -> bool:
    own = who.principal.id in (token.principal, token.made_by)
    person = who.principal.kind is PrincipalKind.PERSON
    return person and (own or may_admit(house.mesh, who.principal))


def _used(house: House, token: Token, now: datetime) -> None:
    """Once an hour it is noted that the token is used; who comes second lets the first note it."""
    kept = house.store.get(Token, token.id)
    last = kept.noun.last_used_at if kept else now
    if kept is None or (last is not None and now - last < USED_EVERY):
        return
    noted = replace(kept.noun, last_used_at=now)
    try:
        house.store.commit((Put(key=kept.key, noun=noted, revision=kept.revision),), ())
    except Conflict:
        return


def _entry(house: House, who: Actor, event: Event, token: Token) -> Entry:
    return house.entry(
        who,
        event,
        subject=token.principal,
        facts=(
            ("token", token.id),
            ("name", token.name),
            ("scopes", tuple(scope.value for scope in token.scopes)),
            ("until", token.expires_at.isoformat()),
        ),
    )
