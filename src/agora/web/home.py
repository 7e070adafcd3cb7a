"""Home: one search, ways in, and what is waiting for this person."""

from starlette.responses import Response

from agora.model.newcomer import Deed
from agora.model.product import Product
from agora.passage.knowing import known
from agora.passage.ruling import current_release
from agora.usecases.inbox import inbox, pending
from agora.usecases.notices import notices
from agora.usecases.steps import steps
from agora.web.answers import Page, Redirect, respond
from agora.web.cookies import STEPS, YEAR, cookie
from agora.web.visit import Visit, get, post

RECENT = 6
WORDS = {
    Deed.FIND: ("Find a product", "Search for a word, such as coupons", "/search"),
    Deed.LABEL: ("Read its label", "What it is, promises, and whom to ask", "/search"),
    Deed.REQUEST: ("Request access", "Say what you need it for", "/search?access=on-request"),
    Deed.APPROVE: ("Approve as its owner", "Switch to the owner at the top of the page", "/requests"),
    Deed.QUERY: ("Query it", "Switch back: the approval is the access", "/query"),
}  # fmt: skip


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
        "steps": _steps(visit),
        "told": notices(visit.house, visit.who, limit=5).told,
    }
    return Page(template="home/home.html", values=values)


def _steps(visit: Visit) -> list[dict[str, str]]:
    """The five steps of somebody new to a demo, until they want to see them no more."""
    if not visit.site.demo or STEPS in visit.request.cookies:
        return []
    found = steps(visit.house)
    first = next((deed for deed, done in found if not done), None)
    return [
        {
            "title": WORDS[deed][0],
            "note": WORDS[deed][1],
            "href": WORDS[deed][2],
            "state": "done" if done else "current" if deed is first else "later",
        }
        for deed, done in found
    ]


def dismiss(visit: Visit) -> Response:
    """The steps are not shown on this browser any more."""
    response = respond(Redirect("/", said="Put away."), visit.request, visit.site, None)
    response.headers.append("set-cookie", cookie(STEPS, "away", https=False, seconds=YEAR))
    return response


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


ROUTES = (get("/", home), post("/me/checklist/dismiss", dismiss))
