"""Home: one search, ways in, and what is waiting for this person."""

from starlette.responses import Response

from agora.model.newcomer import Deed
from agora.model.search import Wish
from agora.usecases import home as verbs
from agora.usecases.inbox import asked, inbox
from agora.usecases.notices import notices
from agora.usecases.steps import steps
from agora.usecases.wish import fulfilled, wishes
from agora.web.answers import Page, Redirect, respond
from agora.web.cookies import STEPS, YEAR, cookie
from agora.web.inbox import line
from agora.web.paths import get, post
from agora.web.visit import Visit

WORDS = {
    Deed.FIND: ("Find a product", "Search for a word, such as coupons", "/search"),
    Deed.LABEL: ("Read its label", "What it is, promises, and whom to ask", "/search"),
    Deed.REQUEST: ("Request access", "Say what you need it for", "/search?access=on-request"),
    Deed.APPROVE: ("Approve as its owner", "Switch to the owner at the top of the page", "/requests"),
    Deed.QUERY: ("Query it", "Switch back: the approval is the access", "/query"),
}  # fmt: skip


def home(visit: Visit) -> Page:
    """The first page."""
    found = verbs.home(visit.house, visit.who)
    values = {
        "products": found.products,
        "mine": [_line(each) for each in found.mine],
        "recent": [_line(each) for each in found.recent],
        "decide": [line(visit, each, "decide") for each in inbox(visit.house, visit.who).open],
        "asked": [line(visit, each, "mine") for each in asked(visit.house, visit.who)],
        "steps": _steps(visit),
        "wishes": [_wished(visit, each) for each in wishes(visit.house, visit.who)],
        "fulfilled": [_wished(visit, each) for each in fulfilled(visit.house, visit.who)],
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


def _wished(visit: Visit, wish: Wish) -> dict[str, object]:
    named = visit.house.mesh.principal
    by, answerer = named(wish.wished_by), named(wish.answered_by)
    return {
        "id": wish.id,
        "words": wish.words,
        "reason": wish.reason,
        "at": wish.wished_at.isoformat(),
        "by": (by.name if by else "") or wish.wished_by,
        "answer": wish.answer,
        "answered_by": (answerer.name if answerer else "") or wish.answered_by,
        "own": wish.wished_by == visit.who.principal.id,
    }


def _line(served: verbs.Served) -> dict[str, object]:
    product, release = served.product, served.release
    return {
        "title": product.title or str(product.name),
        "href": f"/products/{product.name.domain}/{product.name.product}",
        "name": str(product.name),
        "at": release.released_at if release else None,
        "number": release.number if release else 0,
    }


ROUTES = (get("/", home), post("/me/checklist/dismiss", dismiss))
