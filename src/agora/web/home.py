"""Home: one search, and what is waiting for this person."""

from agora.passage.knowing import known
from agora.web.answers import Page
from agora.web.visit import Visit, get


def home(visit: Visit) -> Page:
    """The first page."""
    products = known(visit.house, visit.who.principal)
    return Page(template="home/home.html", values={"products": len(products)})


ROUTES = (get("/", home),)
