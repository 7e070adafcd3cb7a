"""Accounts and sessions: how somebody signs in; who they are stands in `people.yaml`."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agora.model.people import Principal


class Standing(StrEnum):
    """How somebody stands with us: may they sign in with a password, and why not."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one person signs in; keys are their ids, secrets are kept as hashes only.

    `epoch` counts how often everything they had was ended: a session of an earlier one is over.
    `subject` is who they are at the provider ("issuer subject"); `name`, `email` and `groups` are what
    it last said of them, at `vouched_at`.
    """

    principal: str
    password: str = ""
    changed_at: datetime | None = None
    invitation: str = ""
    invited_until: datetime | None = None
    blocked: bool = False
    epoch: int = 0
    subject: str = ""
    name: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()
    vouched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How often a sign-in under one name went wrong since it last went right, known or not.

    Its key is a hash of the name, so that what somebody typed in the wrong field is not kept.
    """

    failures: int = 0
    last_at: datetime
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody is signed in; the key is a hash of the secret in their cookie.

    `id` stays the same when the secret changes. The secret after this one follows from this one and
    `salt`, so that requests that come at once get the same. `csrf` is what forms of this sign-in carry.
    """

    id: str
    principal: str
    epoch: int
    how: str
    csrf: str = field(repr=False)
    salt: str = field(repr=False)
    began_at: datetime
    made_at: datetime
    ends_at: datetime
    purpose: str = ""
    replaced_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody has signed in: the secret of their cookie, and what their forms carry."""

    principal: Principal
    secret: str
    csrf: str
    ends_at: datetime

    def __repr__(self) -> str:
        return f"SignedIn({self.principal.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """Whoever is in this group at the provider is in these teams and has these roles."""

    group: str
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """A provider people sign in with (OpenID Connect), as `agora.yaml` names it.

    With `provision` people exist whom only the provider knows. With `trust_email` an address counts
    as theirs even where the provider does not say that it has verified it.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    groups_claim: str = "groups"
    groups: tuple[GroupRule, ...] = ()
    provision: bool = False
    trust_email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people of this mesh sign in."""

    passwords: bool = True
    oidc: Oidc | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a provider vouched for: who this is there, and what it says of them.

    `verified` is None where it does not say whether the address is theirs.
    """

    issuer: str
    subject: str
    email: str = ""
    verified: bool | None = None
    name: str = ""
    groups: tuple[str, ...] = ()
