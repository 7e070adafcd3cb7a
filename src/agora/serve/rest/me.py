"""Me over REST: who the caller is here, their tokens, and what happened."""

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from agora.model.ledger import Record, Verdict
from agora.model.token import Scope, Token
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Body, Id, Line
from agora.serve.rest.paging import Paged, cursor_to
from agora.serve.rest.problems import documented
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import ledger, session
from agora.usecases import token as verbs

router = APIRouter(tags=["me"])
TOKEN = model_of(Token)
MADE = model_of(verbs.Made, name="MadeToken")


class Me(BaseModel):
    """Who calls, for whom, and what the token they showed allows."""

    id: str
    name: str
    kind: str
    teams: list[str]
    roles: list[str]
    domains: list[str]
    acts_for: str = ""
    mesh: str
    scopes: list[Scope]


class Making(Body):
    """What the token is for, what it allows, and how long."""

    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    days: Annotated[int, Field(ge=1, le=365)] = 30
    consumer: Line = ""


class Event(BaseModel):
    """One line of the ledger."""

    place: int
    at: str
    event: str
    who: str
    operator: str
    subject: str
    purpose: str
    facts: dict[str, Any]


EVENTS = listing(Event)


@router.get("/me", responses=documented(), summary="Who the caller is here")
def me(house: Within, who: By, request: Request) -> Me:
    """The principal whose rights count."""
    own = who.principal
    held = request.state.scopes if getattr(request.state, "bearer", False) else tuple(Scope)
    return Me(
        id=own.id,
        name=own.name,
        kind=own.kind.value,
        teams=list(own.teams),
        roles=list(own.roles),
        domains=list(own.domains),
        acts_for=own.acts_for,
        mesh=house.mesh.name,
        scopes=list(held),
    )


@router.get("/me/tokens", response_model=listing(TOKEN), responses=documented(), summary="The caller's tokens")  # fmt: skip
def tokens(house: Within, who: By, paged: Paged) -> Any:
    """Those they made; never their secrets."""
    return paged.page(verbs.tokens(house, who))


@router.post("/me/tokens", status_code=201, response_model=MADE, responses=documented(409), summary="Make a token")  # fmt: skip
def make(house: Within, who: By, at: At, request: Request, body: Making) -> Any:
    """It allows no more than what the caller showed; its secret is told once."""
    held = request.state.scopes if getattr(request.state, "bearer", False) else tuple(Scope)
    made = verbs.make(
        house,
        who,
        name=body.name,
        scopes=[each.value for each in body.scopes],
        days=body.days,
        consumer=body.consumer,
        held=held,
        now=at.now(),
    )
    return wired(made)


@router.delete("/me/tokens/{token}", response_model=TOKEN, responses=documented(404, 409), summary="End a token")  # fmt: skip
def revoke(house: Within, who: By, at: At, token: Id) -> Any:
    """It opens nothing any more."""
    return wired(verbs.revoke(house, who, token, at.now()))


@router.get("/ledger", response_model=EVENTS, responses=documented(), summary="What happened")  # fmt: skip
def happened(house: Within, who: By, paged: Paged) -> Any:
    """Oldest first: everything for operators and governance, one's own for everybody else."""
    found = list(islice(ledger.records(house, who, after=paged.start), paged.limit + 1))
    page = found[: paged.limit]
    return {
        "items": [event_of(each) for each in page],
        "next": cursor_to(page[-1].place) if len(found) > len(page) else None,
    }


def event_of(record: Record) -> Event:
    """A record as it goes over the wire."""
    entry = record.entry
    return Event(
        place=record.place,
        at=entry.at.isoformat(),
        event=entry.event.value,
        who=entry.who,
        operator=entry.operator,
        subject=entry.subject,
        purpose=entry.purpose,
        facts=wired(dict(entry.facts)),
    )


@router.post("/ledger/proof", response_model=model_of(Verdict), responses=documented(), summary="Prove the ledger")  # fmt: skip
def prove(house: Within, who: By) -> Any:
    """Every record is sealed, and the whole is proved."""
    return wired(ledger.verify(house, who))


@router.post(
    "/me/sign-out", status_code=204, responses=documented(), summary="End all of one's sessions"
)
def sign_out(house: Within, who: By) -> None:
    """In every browser; tokens go on."""
    session.sign_out_everywhere(house, who)
