"""Map over REST: every product the caller may know of, and who feeds whom."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from agora.passage.knowing import known
from agora.serve.rest.asking import By, Within
from agora.serve.rest.problems import documented

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
    products = known(house, who.principal)
    names = {each.name for each in products}
    return Map(
        domains=[each.id for each in house.mesh.domains],
        products=[
            Place(
                name=str(each.name),
                title=each.title or str(each.name),
                domain=each.name.domain,
                status=each.status.value,
            )
            for each in products
        ],
        feeds=[
            Feeds(source=str(feed.port.port.of), reader=str(each.name))
            for each in products
            for feed in each.inputs
            if feed.port.port.of in names
        ],
    )
