"""Map over REST: every product the caller may know of, and who feeds whom."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from agora.serve.rest.asking import By, Within
from agora.serve.rest.problems import documented
from agora.usecases.map import mesh_map as seen

router = APIRouter(tags=["find"])


class Place(BaseModel):
    """A product on the map."""

    name: str
    title: str
    domain: str
    status: str


class Feeds(BaseModel):
    """One product reads another."""

    source: str = Field(examples=["sales.transactions"])
    reader: str = Field(examples=["sales.weekly-sales"])


class Map(BaseModel):
    """Domains, products, and what flows between them."""

    domains: list[str]
    products: list[Place]
    feeds: list[Feeds]


@router.get("/map", responses=documented(), summary="Who feeds whom")
def mesh_map(house: Within, who: By) -> Map:
    """The whole mesh, as far as the caller may know."""
    found = seen(house, who)
    return Map(
        domains=[each.id for each in found.domains],
        products=[
            Place(
                name=str(each.name),
                title=each.title or str(each.name),
                domain=each.name.domain,
                status=each.status.value,
            )
            for each in found.products
        ],
        feeds=[Feeds(source=str(each.source), reader=str(each.reader)) for each in found.feeds],
    )
