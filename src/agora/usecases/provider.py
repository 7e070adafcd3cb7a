"""Provider: people sign in where they sign in everywhere else (OpenID Connect)."""

from collections.abc import Mapping
from datetime import datetime

from agora.governance.identity import identified, matched, tied_elsewhere, vouched
from agora.model.account import Account, Claims, SignedIn
from agora.model.errors import AgoraError, Conflict, Denied
from agora.model.ledger import Event
from agora.model.people import Principal
from agora.needs.house import House
from agora.needs.people import Departure
from agora.needs.store import Kept, Put
from agora.passage import signing


def depart(house: House, back: str) -> Departure:
    """Somebody is on their way to the provider; their browser keeps `keep`, and comes to `back`.

    Raises Unavailable when the mesh has none or it does not answer.
    """
    return house.people.provider.start(back)


def arrive(
    house: House,
    params: Mapping[str, str],
    *,
    keep: str,
    back: str,
    address: str,
    now: datetime,
) -> SignedIn:
    """Who comes back from the provider is signed in under a new secret.

    Raises Denied when the answer does not fit the question, when nobody here is meant, or when the
    person belongs to another identity there.
    """
    signing.slowly(house, address, now)
    facts = (("how", "provider"), ("address", address))
    try:
        claims = house.people.provider.finish(params, keep, back, now)
        kept, account, who = _found(house, claims, now)
    except Denied as problem:
        _refused(house, problem, facts)
        raise
    signed, put = signing.begun(house, account, who, "provider", now)
    entry = signing.entry(house, Event.SIGNED_IN, who.id, *facts)
    try:
        house.store.commit((Put(key=kept.key, noun=account, revision=kept.revision), put), (entry,))
    except Conflict:
        raise Conflict(
            "you are signing in somewhere else at this moment", code="E409", hint="try again"
        ) from None
    return signed


def _found(house: House, claims: Claims, now: datetime) -> tuple[Kept[Account], Account, Principal]:
    name, reasons = matched(house.mesh, claims)
    if reasons:
        raise Denied.because(reasons)
    kept = signing.account(house, name)
    account = vouched(house.mesh, kept.noun, claims, now)
    if tied_elsewhere(house.mesh, kept.noun, claims):
        raise Denied(
            "this address belonged to somebody else before",
            code="E626",
            hint="the operator decides: `agora people --reset PERSON`",
        )
    who = None if account.blocked else identified(house.mesh, name, account, now)
    if who is None:
        raise Denied("you may not sign in here", code="E625", hint="ask those who run this mesh")
    return kept, account, who


def _refused(house: House, problem: AgoraError, facts: tuple[tuple[str, str], ...]) -> None:
    entry = signing.entry(
        house, Event.SIGN_IN_FAILED, signing.NOBODY, *facts, ("code", problem.code_shown)
    )
    house.store.commit((), (entry,))
