"""Products over REST: the list, and each label."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from agora.model.decision import Decision
from agora.model.product import OutputPort
from agora.model.search import Access, Quality
from agora.serve.rest.asking import By, Within
from agora.serve.rest.problems import documented
from agora.usecases.show import Shown, show

router = APIRouter(tags=["products"])
Word = Annotated[str, Path(pattern="^[a-z][a-z0-9-]*$", max_length=63)]


class Column(BaseModel):
    """A column, and how the caller sees it: `clear`, `hidden`, or the kind of its mask and why."""

    name: str
    type: str
    description: str = ""
    tags: list[str] = []
    seen: str = ""
    why: list[str] = []


class Table(BaseModel):
    """One table (output port, major version) of a product."""

    name: str
    version: int
    sql: str
    rows: int | None = None
    access: bool
    why: str = ""
    columns: list[Column] = []


class Label(BaseModel):
    """The label of a product."""

    name: str
    domain: str
    title: str
    summary: str
    kind: str
    status: str
    tags: list[str]
    owners: list[str]
    edition: int | None = None
    released_at: str | None = None
    access: Access
    request: str | None = Field(
        default=None, description="The request of the caller's that waits for an answer."
    )
    quality: Quality
    consumers: int = Field(description="How many have an agreement that holds now.")
    tables: list[Table] = []


@router.get(
    "/products/{domain}/{product}", responses=documented(404), summary="The label of a product"
)
def product(house: Within, who: By, domain: Word, product: Word) -> Label:
    """What it is, who owns it, its tables and how the caller sees each column."""
    return label(show(house, who, f"{domain}.{product}"))


def label(shown: Shown) -> Label:
    """A label as it goes over the wire."""
    product, release = shown.product, shown.release
    return Label(
        name=str(product.name),
        domain=product.name.domain,
        title=product.title,
        summary=product.summary,
        kind=product.kind.value,
        status=product.status.value,
        tags=list(product.tags),
        owners=list(shown.domain.owners) if shown.domain else [],
        edition=release.number if release else None,
        released_at=release.released_at.isoformat() if release else None,
        access=shown.access,
        request=shown.request.id if shown.request else None,
        quality=shown.quality,
        consumers=shown.consumers,
        tables=[
            _table(shown, port, decision)
            for port, decision in zip(product.ports, shown.decisions, strict=True)
        ],
    )


def _table(shown: Shown, port: OutputPort, decision: Decision) -> Table:
    facts = shown.release.label(port.version) if shown.release else None
    views = {view.name: view for view in decision.columns} if decision.allowed else {}
    return Table(
        name=str(port.name),
        version=port.contract.major,
        sql=shown.product.sql_name(port),
        rows=facts.rows if facts else None,
        access=decision.allowed,
        why="" if decision.allowed else decision.reasons[0].sentence,
        columns=[
            Column(
                name=column.name,
                type=column.type.sql,
                description=column.description,
                tags=sorted(column.labels),
                seen=views[column.name].mask.kind.name.lower() if column.name in views else "",
                why=[r.sentence for r in views[column.name].reasons]
                if column.name in views
                else [],
            )
            for column in port.contract.columns
        ],
    )
