"""Identity: who somebody is here, by the directory and by what a provider vouched for."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agora.model.account import Account, Claims
from agora.model.mesh import Mesh
from agora.model.people import Principal, PrincipalKind
from agora.model.reasons import Reason

TRUSTED = timedelta(days=30)
"""So long counts what a provider said of somebody; who signs in again renews it."""
FOREIGN = "sso:"
"""Ids of people whom only the provider knows begin like this, which no id of a directory does."""


def may_admit(mesh: Mesh, principal: Principal) -> bool:
    """True for who invites people, resets and blocks: the operator."""
    person = principal.kind is PrincipalKind.PERSON
    return principal.id == mesh.operator or (person and "operator" in principal.roles)


def called(mesh: Mesh, name: str) -> Principal | None:
    """The person of the directory somebody means by an id or a mail address, if it is exactly one."""
    wanted = name.strip().casefold()
    people = [p for p in mesh.principals if p.kind is PrincipalKind.PERSON]
    found = [p for p in people if p.id == wanted]
    found = found or [p for p in people if wanted and p.email.casefold() == wanted]
    return found[0] if len(found) == 1 else None


def identified(mesh: Mesh, name: str, account: Account | None, now: datetime) -> Principal | None:
    """Who this is today, with what their groups at the provider give them; None for who has left.

    Somebody the directory does not name is here while the provider's word is fresh, if the mesh
    lets the provider say who there is.
    """
    base = next((p for p in mesh.principals if p.id == name), None)
    oidc = mesh.sign_in.oidc
    fresh = _fresh(mesh, account, now)
    if base is None:
        if account is None or oidc is None or not (oidc.provision and fresh):
            return None
        if not name.startswith(FOREIGN):
            return None
        base = Principal(
            id=name, kind=PrincipalKind.PERSON, name=account.name or name, email=account.email
        )
    return _with_groups(mesh, base, account) if account is not None and fresh else base


def _fresh(mesh: Mesh, account: Account | None, now: datetime) -> bool:
    oidc = mesh.sign_in.oidc
    if account is None or oidc is None or account.vouched_at is None:
        return False
    return account.subject.startswith(f"{oidc.issuer} ") and now - account.vouched_at < TRUSTED


def _with_groups(mesh: Mesh, base: Principal, account: Account) -> Principal:
    oidc = mesh.sign_in.oidc
    rules = [rule for rule in oidc.groups if rule.group in account.groups] if oidc else []
    if not rules:
        return base
    teams = dict.fromkeys((*base.teams, *(team for rule in rules for team in rule.teams)))
    roles = dict.fromkeys((*base.roles, *(role for rule in rules for role in rule.roles)))
    domains = tuple(d.id for d in mesh.domains if d.team in teams)
    return replace(base, teams=tuple(teams), roles=tuple(roles), domains=domains)


def matched(mesh: Mesh, claims: Claims) -> tuple[str, tuple[Reason, ...]]:
    """The id of the person a provider speaks of, or why there is none.

    First the subject that the directory names, then a verified mail address, then, where the mesh
    lets it, a person only the provider knows.
    """
    oidc = mesh.sign_in.oidc
    assert oidc is not None, "only a mesh with a provider hears of claims"
    people = [p for p in mesh.principals if p.kind is PrincipalKind.PERSON]
    by_subject = [p for p in people if p.subject and p.subject == claims.subject]
    if by_subject:
        return by_subject[0].id, ()
    theirs = claims.verified is True or (claims.verified is None and oidc.trust_email)
    wanted = claims.email.casefold()
    by_email = [p for p in people if not p.subject and wanted and p.email.casefold() == wanted]
    if theirs and len(by_email) == 1:
        return by_email[0].id, ()
    if oidc.provision and not by_email:
        return foreign(claims), ()
    return "", tuple(_unknown(theirs=theirs))


def _unknown(*, theirs: bool) -> Iterator[Reason]:
    sentence = (
        "nobody here has the address you signed in with"
        if theirs
        else "your provider has not verified your mail address"
    )
    yield Reason(code="E625", sentence=sentence, hint="ask those who run this mesh to add you")


def foreign(claims: Claims) -> str:
    """The id of somebody only the provider knows: it stays the same whatever their name becomes."""
    whole = hashlib.sha256(f"{claims.issuer} {claims.subject}".encode()).hexdigest()
    return f"{FOREIGN}{whole[:16]}"


def vouched(mesh: Mesh, before: Account, claims: Claims, now: datetime) -> Account:
    """The account after a provider spoke for its person; only groups that mean something are kept."""
    oidc = mesh.sign_in.oidc
    known = {rule.group for rule in oidc.groups} if oidc else set()
    return replace(
        before,
        subject=f"{claims.issuer} {claims.subject}",
        name=claims.name,
        email=claims.email if claims.verified is not False else "",
        groups=tuple(sorted(known & set(claims.groups))),
        vouched_at=now,
    )


def tied_elsewhere(mesh: Mesh, account: Account, claims: Claims) -> bool:
    """True when this account belongs to another identity of the same provider.

    Mail addresses are given to others one day; only the directory or a reset ties anew.
    """
    named = next((p.subject for p in mesh.principals if p.id == account.principal), "")
    same = account.subject == f"{claims.issuer} {claims.subject}"
    return account.subject.startswith(f"{claims.issuer} ") and not same and named != claims.subject
