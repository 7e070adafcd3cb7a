"""Versions: every edition of a product, and what differs between the versions of its promise."""

from agora.usecases.history import history
from agora.usecases.show import show
from agora.usecases.versions import differences
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.product import frame, name_of
from agora.web.visit import Visit

MOST = 200


def versions(visit: Visit) -> Page:
    """The history of a product, newest first."""
    shown = show(visit.house, visit.who, name_of(visit))
    editions = history(visit.house, visit.who, name_of(visit)).editions
    values = frame(visit, shown, "versions") | {
        "editions": list(reversed(editions))[:MOST],
        "several": len({each.port for each in editions}) > 1,
        "differences": differences(visit.house, visit.who, name_of(visit)),
    }
    return Page(template="product/versions.html", values=values)


ROUTES = (get("/products/{domain}/{product}/versions", versions),)
