"""Workbench over REST: what an editor may offer while somebody writes a query, and what it would see."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from agora.model.decision import Decision
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Purpose, Sql
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import workbench

router = APIRouter(tags=["query"])
COLUMN: Any = model_of(workbench.Column, name="Readable")


class Offered(BaseModel):
    """A table the caller may read, by its name in SQL."""

    name: str
    title: str
    columns: list[COLUMN]


class Asked(Body):
    """A statement that is not run, and what for."""

    sql: Sql
    purpose: Purpose = ""


@router.get("/query/vocabulary", response_model=listing(Offered), responses=documented(), summary="Tables and columns the caller may query")  # fmt: skip
def vocabulary(house: Within, who: By, paged: Paged) -> Any:
    """For an editor that completes names."""
    return paged.page(
        {"name": each.name, "title": each.product.title, "columns": wired(each.columns)}
        for each in workbench.vocabulary(house, who)
    )


@router.post("/query/explain", response_model=list[model_of(Decision)], responses=documented(404), summary="What a statement would see, and why")  # type: ignore[misc]  # fmt: skip
def explain(house: Within, who: By, body: Asked) -> Any:
    """The decision for each of its tables; nothing is read."""
    return wired(workbench.explain(house, who.for_purpose(body.purpose), body.sql))
