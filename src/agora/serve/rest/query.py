"""Queries over REST: SQL in, rows out as they are read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import Field
from starlette.responses import StreamingResponse

from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Purpose, Sql, TableName
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.streaming import streamed
from agora.usecases.download import download

router = APIRouter(tags=["query"])
FORMATS = "^(arrow|parquet|csv|ndjson|xlsx)$"
ARROW = "application/vnd.apache.arrow.stream"
MEDIA = {
    ARROW: "arrow",
    "application/vnd.apache.parquet": "parquet",
    "text/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def wanted(
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    form: Annotated[
        str,
        Query(alias="format", pattern=FORMATS, description="How rows are written; else `Accept`."),
    ] = "",
) -> str:
    """The form of the rows: as the address says, else as `Accept` says, else Arrow."""
    media = (each.partition(";")[0].strip().lower() for each in accept.split(","))
    return form or next((MEDIA[each] for each in media if each in MEDIA), "arrow")


Format = Annotated[str, Depends(wanted)]
Edition = Annotated[str, Field(max_length=300, examples=["sales.weekly-sales@3"])]
ROWS = documented(404) | {
    200: {
        "content": {media: {} for media in MEDIA},
        "description": "The rows, streamed.",
        "headers": {
            "Agora-Masked": {
                "description": "The columns that are masked and the rules that mask them, as JSON.",
                "schema": {"type": "string"},
                "example": '{"age": ["Personal data stays inside its domain"]}',
            }
        },
    }
}


class Statement(Body):
    """One SELECT over products, named `domain.product` with `_` for `-`."""

    sql: Sql
    purpose: Purpose = ""
    format: Annotated[str, Field(pattern=FORMATS)] = "arrow"
    editions: Annotated[list[Edition], Field(max_length=100)] = []


@router.post("/query", responses=ROWS, summary="Ask products with SQL", response_class=StreamingResponse)  # fmt: skip
def query(house: Within, who: By, statement: Statement) -> StreamingResponse:
    """The rows the caller may see, streamed while they are read."""
    asker = who.for_purpose(statement.purpose)
    return streamed(
        download(
            house, asker, form=statement.format, sql=statement.sql, editions=statement.editions
        )
    )


@router.get(
    "/products/{domain}/{product}/tables/{table}/rows",
    responses=ROWS,
    summary="All rows of a table, as the caller sees them",
    response_class=StreamingResponse,
)
def rows(
    house: Within,
    who: By,
    domain: Word,
    product: Word,
    table: TableName,
    form: Format,
) -> StreamingResponse:
    """Every row of one table of the product that the caller may see."""
    return streamed(download(house, who, form=form, table=full(domain, product, table)))


def full(domain: str, product: str, table: str) -> str:
    """The full name of a table of a product, which may be left out in front of it."""
    whole = f"{domain}.{product}"
    if table.startswith((f"{whole}.", f"{whole}@")) or table == whole:
        return table
    own = table == product or table.startswith(f"{product}@")
    return f"{domain}.{table}" if own else f"{whole}.{table}"
