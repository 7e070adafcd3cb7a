"""Parts of a label over REST: columns, history, versions, lineage, neighbours, ways to connect."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from agora.model.decision import Decision
from agora.quality.labels.editions import EditionHealth
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Body, Line, Names, Prose, TableName
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.query import full
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import connect as connecting
from agora.usecases import consent as consenting
from agora.usecases import exports, rollback
from agora.usecases import saved as queries
from agora.usecases.columns import Spread, columns
from agora.usecases.explain import explain
from agora.usecases.history import history
from agora.usecases.lineage import Told, lineage
from agora.usecases.related import Beside, related
from agora.usecases.versions import Difference, differences
from agora.workshop.snippets import Snippet

router = APIRouter(tags=["products"])
PRODUCT = "/products/{domain}/{product}"
TABLE = PRODUCT + "/tables/{table}"
SPREAD = model_of(Spread)
EDITIONS = listing(model_of(EditionHealth))
DECISIONS = listing(model_of(Decision))
DIFFERENCES = listing(model_of(Difference))
LINES = listing(model_of(Told))
BESIDE = model_of(Beside)
SNIPPETS = listing(model_of(Snippet))
CURATED = listing(model_of(queries.Saved))
CONSENTED = model_of(consenting.Consented)
Of = Literal["odcs", "odps", "json-schema", "dcat", "datapackage", "openlineage"]


@router.get(f"{TABLE}/columns", response_model=SPREAD, responses=documented(404), summary="What is in each column")  # fmt: skip
def spread(house: Within, who: By, domain: Word, product: Word, table: TableName) -> Any:
    """Counts, ends and histograms of the rows the caller may see."""
    return wired(columns(house, who, full(domain, product, table)))


@router.get(f"{TABLE}/snippets", response_model=SNIPPETS, responses=documented(404), summary="Ways to connect")  # fmt: skip
def connect(
    house: Within, who: By, at: At, domain: Word, product: Word, table: TableName, paged: Paged
) -> Any:
    """What to paste elsewhere to have the rows there."""
    return paged.page(connecting.connect(house, who, full(domain, product, table), at.url))


@router.get(f"{PRODUCT}/editions", response_model=EDITIONS, responses=documented(404), summary="Every edition and how it did")  # fmt: skip
def editions(house: Within, who: By, domain: Word, product: Word, paged: Paged) -> Any:
    """Oldest first, one line for each table."""
    return paged.page(history(house, who, f"{domain}.{product}").editions)


@router.get(f"{PRODUCT}/versions", response_model=DIFFERENCES, responses=documented(404), summary="What differs between versions")  # fmt: skip
def versions(house: Within, who: By, domain: Word, product: Word, paged: Paged) -> Any:
    """Each step from a version to the one after it, and what it does to readers."""
    return paged.page(differences(house, who, f"{domain}.{product}"))


@router.get(f"{PRODUCT}/explain", response_model=DECISIONS, responses=documented(404), summary="What the caller sees, and why")  # fmt: skip
def explained(house: Within, who: By, domain: Word, product: Word, paged: Paged) -> Any:
    """The decision for every table, column by column."""
    return paged.page(explain(house, who, f"{domain}.{product}"))


@router.get(f"{PRODUCT}/lineage", response_model=LINES, responses=documented(404), summary="What came from what")  # fmt: skip
def traced(
    house: Within,
    who: By,
    domain: Word,
    product: Word,
    paged: Paged,
    table: Annotated[str, Query(max_length=200, description="A table, or `table.column`.")] = "",
    depth: Annotated[int, Query(ge=0, le=50)] = 0,
) -> Any:
    """Column by column, as far as the caller may know."""
    return paged.page(lineage(house, who, full(domain, product, table or product), depth=depth))


@router.get(f"{PRODUCT}/related", response_model=BESIDE, responses=documented(404), summary="What is used with it, and what is like it")  # fmt: skip
def beside(house: Within, who: By, domain: Word, product: Word) -> Any:
    """Products the caller may know of."""
    return wired(related(house, who, f"{domain}.{product}"))


@router.get(f"{PRODUCT}/queries", response_model=CURATED, responses=documented(404), summary="Example queries of its owners")  # fmt: skip
def curated(house: Within, who: By, domain: Word, product: Word, paged: Paged) -> Any:
    """Queries that the owners keep with the product."""
    return paged.page(queries.curated(house, who, f"{domain}.{product}"))


EXPORT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The document."}
}


@router.get(f"{PRODUCT}/export", response_class=Response, responses=documented(404) | EXPORT, summary="The label in the words of a standard")  # fmt: skip
def exported(
    house: Within,
    who: By,
    domain: Word,
    product: Word,
    form: Annotated[Of, Query(alias="format")] = "odcs",
    version: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """ODCS, ODPS, JSON Schema, DCAT, a data package or OpenLineage events."""
    made = exports.export(house, who, f"{domain}.{product}", form=form, version=version)
    return Response(made.text, media_type="text/plain; charset=utf-8")


class Back(Body):
    """Which edition's rows readers get again, and why."""

    to: Line
    reason: Prose


class RolledBack(BaseModel):
    """The new edition, whose rows it has, and which it took the place of."""

    edition: int
    to: int
    instead_of: int


@router.post(f"{PRODUCT}/rollback", responses=documented(404, 409), summary="Serve an earlier edition's rows")  # fmt: skip
def back(house: Within, who: By, domain: Word, product: Word, body: Back) -> RolledBack:
    """At once and for all its tables."""
    done = rollback.rollback(house, who, f"{domain}.{product}", to=body.to, reason=body.reason)
    return RolledBack(edition=done.release.number, to=done.to, instead_of=done.instead_of)


class Accepting(Body):
    """The table whose change is accepted, and for which consumers; none means all one may."""

    table: Line = ""
    consumers: Names = []


@router.post(f"{PRODUCT}/consent", response_model=CONSENTED, responses=documented(404, 409), summary="Accept a change that breaks")  # fmt: skip
def consented(house: Within, who: By, domain: Word, product: Word, body: Accepting) -> Any:
    """Exactly the change that stands in the files now."""
    port = full(domain, product, body.table or product)
    return wired(consenting.consent(house, who, port, consumers=body.consumers))
