"""Home: one search, ways in, and what is waiting for this person."""

from agora.model.product import Product
from agora.passage.knowing import known
from agora.passage.ruling import current_release
from agora.usecases.inbox import inbox, pending
from agora.usecases.notices import notices
from agora.web.answers import Page
from agora.web.visit import Visit, get

RECENT = 6


def home(visit: Visit) -> Page:
    """The first page."""
    products = known(visit.house, visit.who.principal)
    own = visit.who.principal
    mine = [each for each in products if each.name.domain in own.domains]
    values = {
        "products": len(products),
        "mine": [_line(visit, each) for each in mine[:RECENT]],
        "recent": _recent(visit, products),
        "decide": inbox(visit.house, visit.who).open,
        "asked": [
            each
            for each in pending(visit.house, visit.who)
            if own.id in (each.consumer, each.asked_by)
        ],
        "told": notices(visit.house, visit.who, limit=5).told,
    }
    return Page(template="home/home.html", values=values)


def _line(visit: Visit, product: Product) -> dict[str, object]:
    release = current_release(visit.house, product)
    return {
        "title": product.title or str(product.name),
        "href": f"/products/{product.name.domain}/{product.name.product}",
        "name": str(product.name),
        "at": release.released_at if release else None,
        "number": release.number if release else 0,
    }


def _recent(visit: Visit, products: tuple[Product, ...]) -> list[dict[str, object]]:
    """What was released last, of all that this person may know."""
    lines = [_line(visit, each) for each in products]
    dated = [line for line in lines if line["at"]]
    return sorted(dated, key=lambda line: str(line["at"]), reverse=True)[:RECENT]


ROUTES = (get("/", home),)
