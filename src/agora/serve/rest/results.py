"""Results over REST: a statement is started, watched, paged through and taken along."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from agora.model.result import Result
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Id, Purpose, Sql
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.query import ROWS, Edition, Format
from agora.serve.rest.streaming import streamed
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import results

router = APIRouter(tags=["query"])
RESULT = model_of(Result)


class Starting(Body):
    """One SELECT, what for, and over which editions."""

    sql: Sql
    purpose: Purpose = ""
    editions: Annotated[list[Edition], Field(max_length=100)] = []


class Rows(BaseModel):
    """Some rows of a result, each a list in the order of `columns`; decimals and times are texts."""

    offset: int
    total: int
    state: str
    columns: list[str]
    rows: list[list[Any]]


@router.get("/results", response_model=listing(RESULT), responses=documented(), summary="What the caller has run")  # fmt: skip
def mine(house: Within, who: By, paged: Paged) -> Any:
    """Newest first."""
    return paged.page(results.mine(house, who, most=paged.start + paged.limit + 1))


@router.post("/results", status_code=202, response_model=RESULT, responses=documented(413), summary="Start a statement")  # fmt: skip
def start(house: Within, who: By, body: Starting) -> Any:
    """It runs; look at it until its state is `done`. A refusal is found in its `failure`."""
    asker = who.for_purpose(body.purpose)
    return wired(results.start(house, asker, body.sql, editions=body.editions))


@router.get("/results/{result}", response_model=RESULT, responses=documented(404), summary="How it stands")  # fmt: skip
def look(house: Within, who: By, result: Id) -> Any:
    """Rows so far, columns and why they are masked, and what went wrong."""
    return wired(results.look(house, who, result))


@router.get("/results/{result}/rows", responses=documented(404, 409), summary="Some of its rows")
def page(
    house: Within,
    who: By,
    result: Id,
    offset: Annotated[int, Query(ge=0, le=2**40)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Rows:
    """As long as the caller may still see what they were shown."""
    found = results.page(house, who, result, offset=offset, limit=limit)
    columns = [column.to_pylist() for column in found.rows.columns]
    return Rows(
        offset=found.offset,
        total=found.result.rows,
        state=found.result.state.value,
        columns=found.rows.column_names,
        rows=[wired(row) for row in zip(*columns, strict=True)],
    )


@router.get("/results/{result}/export", responses=ROWS | documented(404, 409), summary="All its rows", response_class=StreamingResponse)  # fmt: skip
def export(house: Within, who: By, result: Id, form: Format) -> StreamingResponse:
    """Streamed, in the form of one's own tool."""
    return streamed(results.export(house, who, result, form=form))


@router.post("/results/{result}/cancel", response_model=RESULT, responses=documented(404, 409), summary="Stop it")  # fmt: skip
def cancel(house: Within, who: By, result: Id) -> Any:
    """The engine is free at once."""
    return wired(results.cancel(house, who, result))


@router.delete("/results/{result}", response_model=RESULT, responses=documented(404, 409), summary="Forget its rows")  # fmt: skip
def forget(house: Within, who: By, result: Id) -> Any:
    """That it was run stays in the history."""
    return wired(results.forget(house, who, result))
