"""Gallery: every component of the pages, for those who make pages; a demo shows it."""

from agora.model.errors import Missing
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.visit import Visit


def gallery(visit: Visit) -> Page:
    """All components with sample data."""
    if not visit.site.demo:
        raise Missing("there is no page at this address", code="E714")
    return Page(template="components.html")


ROUTES = (get("/dev/components", gallery),)
