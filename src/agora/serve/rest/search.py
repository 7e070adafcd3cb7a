"""Search over REST: products as somebody types, the list of all, and domains."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from agora.model.search import Access, Fresh, Quality, Sort, Wish
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Line, Prose
from agora.serve.rest.paging import MOST, Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import domain as areas
from agora.usecases import search as verb
from agora.usecases.wish import wish

router = APIRouter(tags=["find"])
WISH = model_of(Wish)
Chosen = Annotated[list[Line], Query(max_length=20)]


class Listed(BaseModel):
    """A product in a list: whether it is open to the caller, and how it is doing."""

    name: str
    domain: str
    title: str
    summary: str
    kind: str
    status: str
    tags: list[str]
    access: Access
    quality: Quality
    fresh: Fresh
    matched: list[str]


class Area(BaseModel):
    """A domain: who answers for it, and how many of its products the caller may know of."""

    id: str
    title: str
    purpose: str
    goals: list[str]
    owners: list[str]
    products: int


class Whole(Area):
    """A domain with its people, how to reach them, and the names of its products."""

    publishers: list[str]
    contacts: dict[str, str]
    names: list[str]


class Found(BaseModel):
    """A page of what fits, best first, with what narrows it."""

    items: list[Listed]
    next: str | None = None
    total: int
    unfiltered: int
    did_you_mean: str = ""
    facets: list[dict[str, Any]] = Field(
        default=[], description="Of each facet its values and how many fit."
    )


class Wished(Body):
    """Data that nobody offers, and what it is needed for."""

    words: Line
    reason: Prose


@router.get("/search", responses=documented(), summary="Products that fit words and facets")
def search(
    house: Within,
    who: By,
    paged: Paged,
    q: Annotated[str, Query(max_length=MOST, examples=["weekly sales"])] = "",
    sort: Sort = Sort.MATCH,
    access: Chosen = [],  # noqa: B006 (FastAPI copies it)
    domain: Chosen = [],  # noqa: B006
    tag: Chosen = [],  # noqa: B006
    quality: Chosen = [],  # noqa: B006
    fresh: Chosen = [],  # noqa: B006
    kind: Chosen = [],  # noqa: B006
    state: Chosen = [],  # noqa: B006
    form: Annotated[list[Line], Query(alias="format", max_length=20)] = [],  # noqa: B006
) -> Found:
    """All words must fit, the last may be just begun; each facet may be chosen several times."""
    where = {
        "access": access, "domain": domain, "tag": tag, "quality": quality,
        "fresh": fresh, "kind": kind, "state": state, "format": form,
    }  # fmt: skip
    found = verb.search(
        house, who, q, where=where, sort=sort, limit=paged.limit, offset=paged.start
    )
    page = paged.of((), more=paged.start + len(found.hits) < found.total)
    return Found(
        items=[listed(hit) for hit in found.hits],
        next=page["next"],
        total=found.total,
        unfiltered=found.unfiltered,
        did_you_mean=found.did_you_mean,
        facets=wired(found.facets),
    )


def listed(hit: verb.Hit) -> Listed:
    """A hit as it goes over the wire."""
    product = hit.product
    return Listed(
        name=str(product.name),
        domain=product.name.domain,
        title=product.title,
        summary=product.summary,
        kind=product.kind.value,
        status=product.status.value,
        tags=list(product.tags),
        access=hit.access,
        quality=hit.quality,
        fresh=hit.fresh,
        matched=list(hit.matched),
    )


@router.get("/products", responses=documented(), summary="Every product the caller may know of")
def products(house: Within, who: By, paged: Paged) -> Found:
    """By name, a page at a time."""
    return search(house, who, paged, sort=Sort.NAME)


@router.get("/domains", response_model=listing(Area), responses=documented(), summary="Domains")
def domains(house: Within, who: By, paged: Paged) -> Any:
    """Every area of the business."""
    return paged.page(_area(each) for each in areas.domains(house, who))


@router.get("/domains/{domain}", responses=documented(404), summary="One domain")
def domain(house: Within, who: By, domain: Word) -> Whole:
    """Its purpose, its people, and its products as far as the caller may know of them."""
    found = areas.domain(house, who, domain)
    return Whole(
        **_area(found),
        publishers=list(found.domain.publishers),
        contacts={each.channel: each.address for each in found.domain.contacts},
        names=[str(each.name) for each in found.products],
    )


def _area(found: areas.Area) -> dict[str, Any]:
    of = found.domain
    words = {"id": of.id, "title": of.title, "purpose": of.purpose}
    return words | {"goals": of.goals, "owners": of.owners, "products": len(found.products)}


@router.post("/wishes", status_code=201, response_model=WISH, responses=documented(409), summary="Ask for data that nobody offers")  # fmt: skip
def wished(house: Within, who: By, body: Wished) -> Any:
    """Those who could offer it see the wish."""
    return wired(wish(house, who, body.words, body.reason))
