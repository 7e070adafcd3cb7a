"""Invitation: who was invited sets a password; who has an account elsewhere signs in with it."""

from starlette.responses import Response

from agora.model.errors import AgoraError
from agora.usecases import account, provider
from agora.web.account import entered, turned_away
from agora.web.answers import Page, Redirect, respond
from agora.web.cookies import DEPARTED, cookie
from agora.web.hints import beside
from agora.web.paths import get, post
from agora.web.visit import Visit, own_path

ARRIVAL = "/sign-in/provider/back"
SECONDS = 600
UNFIT = "E603"
"""The code of a new password that will not do."""


def form(visit: Visit) -> Page:
    """Where an invited person pastes what they were sent; it never stands in an address."""
    return _form(visit)


def _form(visit: Visit, problem: AgoraError | None = None) -> Page:
    values = {
        "wrong": beside(problem) if problem else "",
        "field": "password" if problem and problem.code_shown == UNFIT else "secret",
        "secret": visit.text("secret"),
    }
    return Page(
        template="account/invitation.html", values=values, status=problem.status if problem else 200
    )


def accept(visit: Visit) -> Page | Response:
    """The invited person has a password and is signed in."""
    try:
        signed = account.accept(
            visit.house,
            visit.text("secret"),
            str(visit.form.get("password", "")),
            address=address(visit),
            now=visit.site.now(),
        )
    except AgoraError as problem:
        return _form(visit, problem)
    return entered(visit, signed)


def depart(visit: Visit) -> Page | Response:
    """Off to the organisation's own sign-in; the browser keeps what fits the answer."""
    try:
        leaving = provider.depart(visit.house, visit.site.url + ARRIVAL)
    except AgoraError as problem:
        return turned_away(visit, problem)
    response = respond(Redirect(leaving.url), visit.request, visit.site, None)
    https = visit.site.url.startswith("https:")
    kept = f"{leaving.keep}|{own_path(visit.query.get('next', ''))}"
    response.headers.append("set-cookie", cookie(DEPARTED, kept, https=https, seconds=SECONDS))
    return response


def arrive(visit: Visit) -> Page | Response:
    """Back from there: signed in when the answer fits the question."""
    keep, _, next_ = visit.request.cookies.get(DEPARTED, "").rpartition("|")
    try:
        signed = provider.arrive(
            visit.house,
            dict(visit.query),
            keep=keep,
            back=visit.site.url + ARRIVAL,
            address=address(visit),
            now=visit.site.now(),
        )
    except AgoraError as problem:
        return turned_away(visit, problem, next_)
    response = entered(visit, signed, own_path(next_))
    response.headers.append("set-cookie", cookie(DEPARTED, "", https=False, seconds=0))
    return response


def address(visit: Visit) -> str:
    """Where the visitor comes from."""
    return visit.request.client.host if visit.request.client else ""


ROUTES = (
    get("/invitation", form, anyone=True),
    post("/invitation", accept, anyone=True),
    get("/sign-in/provider", depart, anyone=True),
    get(ARRIVAL, arrive, anyone=True),
)
