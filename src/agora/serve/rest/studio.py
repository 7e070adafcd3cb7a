"""Studio over REST: the products one publishes and how each stands, a query made a product, schedules."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from agora.model.access import Request
from agora.model.schedule import BY_HAND
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Body, Line, Names, Prose, Purpose, Sql
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import make, schedule, studio

router = APIRouter(tags=["make"])
PRODUCT = "/products/{domain}/{product}"
DRAWN = model_of(make.Drawn)
SCHEDULED = model_of(schedule.Scheduled)
REQUEST: Any = model_of(Request)


class Lacking(BaseModel):
    """A table the product may not read yet, who decides, and the request that waits for them."""

    table: str
    deciders: list[str]
    request: REQUEST | None = None


class Standing(BaseModel):
    """How a product stands with those who publish it; `failing` when its newest run made no edition."""

    product: str
    title: str
    edition: int | None = None
    failing: bool
    lacks: list[Lacking]
    runs: list[str]
    file: str = ""
    files: list[str] = []


class Making(Body):
    """The query, what it is read for and why, and the words on the label."""

    name: Annotated[str, Field(max_length=130, examples=["sales.weekly-margins"])]
    sql: Sql
    title: Line
    summary: Line
    purpose: Purpose
    reason: Prose
    row: Line = ""
    terms: Prose = ""
    accept_terms: bool = False
    onward: Names = []

    def plan(self) -> make.Plan:
        """The same as a verb takes it."""
        return make.Plan(**self.model_dump() | {"onward": tuple(self.onward)})


class Made(BaseModel):
    """The product whose files are there now, and the requests that wait for an answer."""

    product: str
    files: list[str]
    commit: str = ""
    requests: list[str]


class Timing(Body):
    """A cron line with its time zone, `inputs`, or `by-hand`."""

    when: Annotated[str, Field(max_length=200, examples=["0 6 * * mon Europe/Berlin"])]


class Timed(BaseModel):
    """The schedule was written, and committed where there is version control."""

    commit: str = ""


@router.get("/studio", response_model=listing(Standing), responses=documented(), summary="What the caller publishes")  # fmt: skip
def mine(house: Within, who: By, paged: Paged) -> Any:
    """Every product of theirs, and what it still lacks."""
    return paged.page(standing(each).model_dump() for each in studio.mine(house, who))


@router.get("/studio/{domain}/{product}", responses=documented(404), summary="How one of them stands")  # fmt: skip
def one(house: Within, who: By, domain: Word, product: Word) -> Standing:
    """With its files and newest runs."""
    return standing(studio.one(house, who, f"{domain}.{product}"))


@router.post("/products/foresight", response_model=DRAWN, responses=documented(404, 409), summary="What making a query a product would write")  # fmt: skip
def foresee(house: Within, who: By, body: Making) -> Any:
    """Its columns and files, and whom it would ask; nothing is written."""
    return wired(make.foresee(house, who, body.plan()))


@router.post("/products", status_code=201, responses=documented(404, 409), summary="Make a query a product")  # fmt: skip
def made(house: Within, who: By, at: At, response: Response, body: Making) -> Made:
    """Its files are committed in the caller's name and its requests are sent; a run makes its edition."""
    found = make.make(house, who, body.plan())
    at.reread()
    response.headers["location"] = f"/api/v1/products/{found.name.domain}/{found.name.product}"
    return Made(
        product=str(found.name),
        files=list(found.files),
        commit=found.commit,
        requests=[each.request.id for each in found.asked],
    )


@router.get("/schedules", response_model=listing(SCHEDULED), responses=documented(), summary="What runs by itself")  # fmt: skip
def schedules(house: Within, who: By, paged: Paged) -> Any:
    """When next, and what came of the last turn; of products the caller may know of."""
    return paged.page(schedule.listed(house, who))


@router.get(f"{PRODUCT}/schedule", response_model=SCHEDULED | None, responses=documented(404), summary="When it runs by itself")  # fmt: skip
def of_product(house: Within, who: By, domain: Word, product: Word) -> Any:
    """Null where it runs by hand; `…/runs` tells what was run."""
    return wired(schedule.of(house, who, f"{domain}.{product}"))


@router.put(f"{PRODUCT}/schedule", responses=documented(404, 409), summary="Say when it runs by itself")  # fmt: skip
def put(house: Within, who: By, at: At, domain: Word, product: Word, body: Timing) -> Timed:
    """Its file says so, committed in the caller's name."""
    return _put(house, who, at, f"{domain}.{product}", body.when)


@router.delete(f"{PRODUCT}/schedule", responses=documented(404, 409), summary="It runs by hand")
def by_hand(house: Within, who: By, at: At, domain: Word, product: Word) -> Timed:
    """From now on."""
    return _put(house, who, at, f"{domain}.{product}", BY_HAND)


def _put(house: Within, who: By, at: At, name: str, when: str) -> Timed:
    commit = schedule.put(house, who, name, when)
    at.reread()
    return Timed(commit=commit)


def standing(found: studio.Standing) -> Standing:
    """How a product stands, as it goes over the wire."""
    return Standing(
        product=str(found.product.name),
        title=found.product.title,
        edition=found.release.number if found.release else None,
        failing=found.failing,
        lacks=[
            Lacking(table=str(each.port), deciders=list(each.deciders), request=wired(each.request))
            for each in found.lacks
        ],
        runs=[each.id for each in found.runs],
        file=found.file,
        files=[path for path, _ in found.files],
    )
