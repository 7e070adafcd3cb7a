"""Search: products by any word, as somebody types."""

from agora.usecases.search import search as find
from agora.web.answers import Page
from agora.web.visit import Visit, get


def search(visit: Visit) -> Page:
    """What fits the words."""
    q = visit.query.get("q", "")[:200]
    hits = find(visit.house, visit.who, q, limit=100).hits
    return Page(template="search/search.html", part="results", values={"q": q, "hits": hits})


ROUTES = (get("/search", search),)
