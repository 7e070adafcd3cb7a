"""Operations over REST: how the machines do, who takes how much room, and whether the mesh works."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from agora.model.activity import Sought
from agora.model.operating import Health, Room, Spent
from agora.model.owning import Owned
from agora.model.scorecard import Cost, Figure, Goal
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.me import EVENTS, event_of
from agora.serve.rest.paging import Paged, cursor_to
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import health as machines
from agora.usecases.activity import activity
from agora.usecases.owning import owning
from agora.usecases.scorecard import scorecard as counted

router = APIRouter(tags=["operations"])
COST = model_of(Cost)
FIGURE: Any = model_of(Figure)
GOAL: Any = model_of(Goal)
SPENT = model_of(Spent)
Looked = Annotated[str, Query(max_length=200)]


class Way(StrEnum):
    """What costs are told by."""

    DOMAIN = "domain"
    PRODUCT = "product"
    READER = "reader"


class Lit(FIGURE):  # type: ignore[misc]
    """A figure, and where its entries are found: an address of this API."""

    entries: str


class Works(BaseModel):
    """How the mesh works, over the products the caller may know of."""

    figures: list[Lit]
    goals: list[GOAL]
    unused: list[str]
    alike: list[list[str]]
    deprecated: list[str]


@router.get("/operations/health", response_model=model_of(Health), responses=documented(), summary="How the machines do")  # fmt: skip
def health(house: Within, who: By, at: At) -> Any:
    """The record, the index, chores and runs; for those who oversee the mesh."""
    return wired(machines.health(house, who, at.now()))


@router.get("/operations/storage", response_model=listing(model_of(Room)), responses=documented(), summary="Who takes how much room")  # fmt: skip
def storage(house: Within, who: By, paged: Paged) -> Any:
    """The largest first; for those who oversee the mesh."""
    return paged.page(machines.storage(house, who))


@router.get("/operations/costs", response_model=listing(SPENT), responses=documented(404), summary="What reading and storing costs")  # fmt: skip
def spent(house: Within, who: By, paged: Paged, by: Way = Way.DOMAIN, domain: Looked = "") -> Any:
    """By domain, product or reader, each way adding up to the same; for those who oversee the mesh."""
    found = machines.costs(house, who, domain=domain)
    lists = {Way.DOMAIN: found.domains, Way.PRODUCT: found.products, Way.READER: found.readers}
    return paged.page(lists[by])


@router.get("/scorecard", responses=documented(404), summary="Whether the mesh works")
def scorecard(house: Within, who: By, domain: Looked = "") -> Works:
    """Counted in the record, of the mesh or of one domain; each figure says where its entries are."""
    found = counted(house, who, domain=domain)
    return Works(
        figures=[Lit(**wired(each), entries=_entries(each, domain)) for each in found.figures],
        goals=wired(found.goals),
        unused=list(found.unused),
        alike=wired(found.alike),
        deprecated=list(found.deprecated),
    )


@router.get("/scorecard/costs", response_model=listing(COST), responses=documented(404), summary="What use costs")  # fmt: skip
def costs(house: Within, who: By, paged: Paged, domain: Looked = "") -> Any:
    """Machine time and rows of each product's readers, the dearest first."""
    return paged.page(counted(house, who, domain=domain).costs)


@router.get("/activity", response_model=EVENTS, responses=documented(), summary="What happened, looked for")  # fmt: skip
def looked(
    house: Within,
    who: By,
    paged: Paged,
    person: Looked = "",
    product: Looked = "",
    events: Annotated[str, Query(max_length=500, examples=["approved,requested"])] = "",
    purpose: Looked = "",
    since: Annotated[str, Query(max_length=10, examples=["2018-01-01"])] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    text: Looked = "",
    kind: Annotated[str, Query(max_length=20, examples=["service"])] = "",
    across: Annotated[str, Query(max_length=3, examples=["yes"])] = "",
) -> Any:
    """Newest first, as far as the caller may know."""
    words = {
        "person": person, "product": product, "events": events, "purpose": purpose, "since": since,
        "until": until, "text": text, "kind": kind, "across": across,
    }  # fmt: skip
    found = activity(house, who, Sought.of(words), before=paged.start, limit=paged.limit)
    return {
        "items": [event_of(each) for each in found.records],
        "next": cursor_to(found.first) if found.first > 1 else None,
    }


@router.get("/products/{domain}/{product}/consumers", response_model=model_of(Owned), responses=documented(404), summary="Who uses it, for what and until when")  # fmt: skip
def consumers(house: Within, who: By, domain: Word, product: Word) -> Any:
    """With the columns their statements named; for its owners."""
    return wired(owning(house, who, f"{domain}.{product}"))


def _entries(figure: Figure, domain: str) -> str:
    """Where the entries of a figure are looked for, as the page does it."""
    return "/activity?" + "&".join(f"{k}={v}" for k, v in figure.sought(domain).items())
