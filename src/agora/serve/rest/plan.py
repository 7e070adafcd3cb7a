"""Plan over REST: what a release would change, and whom it would break."""

import os
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from agora.model.plans import Planned
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body
from agora.serve.rest.problems import documented
from agora.serve.rest.wire import model_of, wired
from agora.usecases.plan import plan

router = APIRouter(tags=["make"])
PLANNED = model_of(Planned)
Ref = Annotated[str, Field(max_length=100, description="A version in Git; else the last release.")]
Name = Annotated[str, Field(max_length=130, examples=["sales.weekly-sales"])]


class Planning(Body):
    """Which product, or all; with `data` those the caller may run are rehearsed."""

    product: Name = ""
    against: Ref = ""
    data: bool = False


@router.get("/plan", response_model=PLANNED, responses=documented(404), summary="What would change")
def look(
    house: Within,
    who: By,
    product: Annotated[str, Query(max_length=130, examples=["sales.weekly-sales"])] = "",
    against: Annotated[str, Query(max_length=100)] = "",
) -> Any:
    """Of one product or of all, against the last release or a version in Git; nothing runs."""
    return wired(plan(house, who, product, environment=os.environ, against=against))


@router.post("/plan", response_model=PLANNED, responses=documented(404), summary="Rehearse what would change")  # fmt: skip
def rehearse(house: Within, who: By, body: Planning) -> Any:
    """With `data` up to the checks, and how many rows would differ; nothing of it is kept."""
    found = plan(
        house, who, body.product, environment=os.environ, against=body.against, data=body.data
    )
    return wired(found)
