"""People over REST: whom the operator lets in, and out."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from agora.model.account import Standing
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Id
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.wire import listing
from agora.usecases import account

router = APIRouter(tags=["people"])
PERSON = "/people/{person}"


class Listed(BaseModel):
    """Somebody of the directory, and whether they can sign in."""

    id: str
    name: str
    kind: str
    teams: list[str]
    roles: list[str]
    domains: list[str]
    standing: Standing
    invited_until: datetime | None = None
    locked_until: datetime | None = None
    provider: bool = False


class Invitation(BaseModel):
    """The secret by which somebody chooses a password; shown here and never again."""

    person: str
    secret: str
    until: datetime


@router.get("/people", response_model=listing(Listed), responses=documented(), summary="Who may sign in")  # fmt: skip
def people(house: Within, who: By, at: At, paged: Paged) -> Any:
    """Everybody of the directory, how they stand, and whose invitation is open; for operators."""
    return paged.page(listed(each).model_dump() for each in account.people(house, who, at.now()))


@router.post(f"{PERSON}/invite", status_code=201, responses=documented(404, 409), summary="Invite somebody")  # fmt: skip
def invite(house: Within, who: By, at: At, person: Id) -> Invitation:
    """They choose a password with the secret."""
    return _invitation(account.invite(house, who, person, at.now()))


@router.post(f"{PERSON}/reset", status_code=201, responses=documented(404), summary="Take a password away, and invite anew")  # fmt: skip
def reset(house: Within, who: By, at: At, person: Id) -> Invitation:
    """Their password and sessions open nothing any more."""
    return _invitation(account.reset(house, who, person, at.now()))


@router.post(f"{PERSON}/unlock", status_code=204, responses=documented(404), summary="Forget wrong passwords")  # fmt: skip
def unlock(house: Within, who: By, at: At, person: Id) -> None:
    """Their next password is looked at."""
    account.unlock(house, who, person, at.now())


@router.post(f"{PERSON}/sign-out", status_code=204, responses=documented(404), summary="End somebody's sessions")  # fmt: skip
def sign_out(house: Within, who: By, person: Id) -> None:
    """Their tokens go on; block them to end these too."""
    account.sign_out_person(house, who, person)


@router.post(f"{PERSON}/block", status_code=204, responses=documented(404, 409), summary="Shut somebody out")  # fmt: skip
def block(house: Within, who: By, person: Id) -> None:
    """Their sessions and tokens open nothing."""
    account.block(house, who, person)


@router.post(f"{PERSON}/unblock", status_code=204, responses=documented(404, 409), summary="Let them in again")  # fmt: skip
def unblock(house: Within, who: By, person: Id) -> None:
    """They sign in as before."""
    account.unblock(house, who, person)


def listed(found: account.Listed) -> Listed:
    """Somebody as they go over the wire."""
    own = found.principal
    return Listed(
        id=own.id,
        name=own.name,
        kind=own.kind.value,
        teams=list(own.teams),
        roles=list(own.roles),
        domains=list(own.domains),
        standing=found.standing,
        invited_until=found.invited_until,
        locked_until=found.locked_until,
        provider=found.provider,
    )


def _invitation(made: account.Invitation) -> Invitation:
    return Invitation(person=made.person, secret=made.secret, until=made.until)
