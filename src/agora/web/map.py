"""Map: every product one may know of and who feeds whom, as a picture and as a list."""

from agora.passage.knowing import known
from agora.web.answers import Page
from agora.web.visit import Visit, get


def mesh_map(visit: Visit) -> Page:
    """The map, with its list beside it."""
    return Page(template="map/map.html", values=_told(visit))


def as_json(visit: Visit) -> Page:
    """The same for the picture."""
    told = _told(visit)
    return Page(template="map/map.json", values={"told": told}, media="application/json")


def _told(visit: Visit) -> dict[str, list[dict[str, str]]]:
    products = known(visit.house, visit.who.principal)
    names = {each.name for each in products}
    return {
        "domains": [{"name": d.id, "title": d.title or d.id} for d in visit.house.mesh.domains],
        "products": [
            {
                "id": str(each.name),
                "title": each.title or str(each.name),
                "domain": each.name.domain,
                "href": f"/products/{each.name.domain}/{each.name.product}",
                "state": each.status.value,
            }
            for each in products
        ],
        "links": [
            {"from": str(feed.port.port.of), "to": str(each.name)}
            for each in products
            for feed in each.inputs
            if feed.port.port.of in names
        ],
    }


ROUTES = (get("/map", mesh_map), get("/map.json", as_json))
