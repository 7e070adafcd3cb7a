"""Saved queries over REST."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import StreamingResponse

from agora.model.saved import Audience, Parameter, ParameterKind
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Id, Line, Names, Prose, Purpose, Sql, Values
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.query import FORMATS, ROWS
from agora.serve.rest.streaming import streamed
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import saved

router = APIRouter(tags=["saved"])
SAVED = model_of(saved.Saved)
Revision = Annotated[int, Query(ge=0, le=10**9, description="Which one was looked at; 0 for any.")]


class Asked(Body):
    """A value that is asked for each time, written `$name` in the text."""

    name: Annotated[str, Field(max_length=63)]
    kind: ParameterKind = ParameterKind.TEXT
    title: Line = ""
    default: Line | None = None
    choices: Names = []


class Sharing(Body):
    """Who may see it, and who may change it."""

    audience: Audience = Audience.NOBODY
    named: Names = []
    editors: Names = []


class Keeping(Sharing):
    """A query to keep."""

    title: Line
    sql: Sql
    description: Prose = ""
    parameters: Annotated[list[Asked], Field(max_length=50)] = []
    purpose: Purpose = ""


class Editing(Body):
    """What is different; what is left out stays."""

    title: Line | None = None
    sql: Sql | None = None
    description: Prose | None = None
    parameters: Annotated[list[Asked], Field(max_length=50)] | None = None
    purpose: Purpose | None = None


class Running(Body):
    """The values of its parameters, and how rows are written."""

    values: Values = {}
    format: Annotated[str, Field(pattern=FORMATS)] = "arrow"


def asked(given: list[Asked]) -> tuple[Parameter, ...]:
    """Parameters as verbs take them."""
    return tuple(
        Parameter(
            name=each.name,
            kind=each.kind,
            title=each.title,
            default=each.default,
            choices=tuple(each.choices),
        )
        for each in given
    )


@router.get("/saved", response_model=listing(SAVED), responses=documented(), summary="Queries of the caller")  # fmt: skip
def mine(house: Within, who: By, paged: Paged, shared: bool = False) -> Any:  # noqa: FBT001, FBT002 (a switch in an address)
    """Their own, or those `shared` with them."""
    return paged.page(saved.shared(house, who) if shared else saved.mine(house, who))


@router.post("/saved", status_code=201, response_model=SAVED, responses=documented(404, 409), summary="Keep a query")  # fmt: skip
def keep(house: Within, who: By, body: Keeping) -> Any:
    """It is the caller's own."""
    return wired(
        saved.save(
            house,
            who,
            title=body.title,
            sql=body.sql,
            description=body.description,
            parameters=asked(body.parameters),
            purpose=body.purpose,
            audience=body.audience,
            named=body.named,
            editors=body.editors,
        )
    )


@router.get("/saved/{query}", response_model=SAVED, responses=documented(404), summary="One of them")  # fmt: skip
def one(house: Within, who: By, query: Id) -> Any:
    """Its words; whoever runs it sees what they may."""
    return wired(saved.find(house, who, query))


@router.patch("/saved/{query}", response_model=SAVED, responses=documented(404, 409), summary="Change it")  # fmt: skip
def edit(house: Within, who: By, query: Id, body: Editing, revision: Revision = 0) -> Any:
    """With a `revision` only if nobody was faster."""
    return wired(
        saved.edit(
            house,
            who,
            query,
            revision,
            title=body.title,
            sql=body.sql,
            description=body.description,
            parameters=None if body.parameters is None else asked(body.parameters),
            purpose=body.purpose,
        )
    )


@router.put("/saved/{query}/sharing", response_model=SAVED, responses=documented(404, 409), summary="Share it")  # fmt: skip
def share(house: Within, who: By, query: Id, body: Sharing, revision: Revision = 0) -> Any:
    """Its words, never its rows."""
    return wired(
        saved.share(
            house,
            who,
            query,
            revision,
            audience=body.audience,
            named=body.named,
            editors=body.editors,
        )
    )


@router.delete("/saved/{query}", response_model=SAVED, responses=documented(404, 409), summary="Remove it")  # fmt: skip
def remove(house: Within, who: By, query: Id, revision: Revision = 0) -> Any:
    """It is gone for everybody."""
    return wired(saved.remove(house, who, query, revision))


@router.post("/saved/{query}/run", responses=ROWS | documented(404), summary="Run it", response_class=StreamingResponse)  # fmt: skip
def run(house: Within, who: By, query: Id, body: Running) -> StreamingResponse:
    """The rows the caller may see, for the purpose it was kept with."""
    return streamed(saved.export(house, who, query, body.values, form=body.format))
