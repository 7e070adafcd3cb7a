"""Map: every product one may know of and who feeds whom, as a picture and as a list."""

from agora.usecases import map as seen
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.visit import Visit


def mesh_map(visit: Visit) -> Page:
    """The map, with its list beside it."""
    return Page(template="map/map.html", values=_told(visit))


def as_json(visit: Visit) -> Page:
    """The same for the picture."""
    told = _told(visit)
    return Page(template="map/map.json", values={"told": told}, media="application/json")


def _told(visit: Visit) -> dict[str, list[dict[str, str]]]:
    found = seen.mesh_map(visit.house, visit.who)
    return {
        "domains": [{"name": d.id, "title": d.title or d.id} for d in found.domains],
        "products": [
            {
                "id": str(each.name),
                "title": each.title or str(each.name),
                "domain": each.name.domain,
                "href": f"/products/{each.name.domain}/{each.name.product}",
                "state": each.status.value,
            }
            for each in found.products
        ],
        "links": [{"from": str(each.source), "to": str(each.reader)} for each in found.feeds],
    }


ROUTES = (get("/map", mesh_map), get("/map.json", as_json))
