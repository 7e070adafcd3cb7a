"""Routes: every page, one module for each place."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agora.model.errors import Missing
from agora.web import (
    account,
    activity,
    agreement,
    cart,
    chart,
    contract,
    costs,
    data,
    discuss,
    domain,
    export,
    gallery,
    govern,
    home,
    inbox,
    invitation,
    lineage,
    me,
    ops,
    owner,
    people,
    product,
    quality,
    query,
    request,
    result,
    saved,
    scorecard,
    search,
    studio,
    studioquery,
    studiosheet,
    versions,
)
from agora.web import help as help_
from agora.web import map as map_
from agora.web.answers import Page, problem_page, respond

PLACES = (
    query, saved, result, export, chart,
    home, search, domain, map_, help_, product, data, contract, lineage, quality, discuss, versions, request, cart, inbox, agreement,
    govern, activity, ops, costs, scorecard, owner, studioquery, studiosheet, studio, me, gallery, account, invitation, people,
)  # fmt: skip


def routes() -> Iterator[Route]:
    """All of them, in the order they are tried."""
    for place in PLACES:
        yield from place.ROUTES


def unexpected_page(request: Request, _: Exception) -> Response:
    """Something went wrong that nobody expected: a calm sentence, and nothing of the inside."""
    page = Page(template="unexpected.html", status=500)
    try:
        return respond(page, request, request.app.state.site, None)
    except Exception:  # noqa: BLE001 (what every page shares may be what is broken)
        told = f"Something went wrong that we did not expect (E001), request {request.state.id}"
        return PlainTextResponse(told, 500)


def missing_page(request: Request, _: Exception) -> Response:
    """No page has this address."""
    problem = Missing(
        "there is no page at this address", code="E714", hint="start at home, or search"
    )
    return respond(problem_page(problem), request, request.app.state.site, None)
