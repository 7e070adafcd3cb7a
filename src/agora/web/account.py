"""Account: people sign in and out; in a demo they choose who they are."""

from dataclasses import replace

from starlette.responses import Response

from agora.model.account import SignedIn
from agora.model.errors import AgoraError, Missing
from agora.usecases import demo, session
from agora.web.answers import Page, Redirect, respond
from agora.web.cookies import SESSION, cookie
from agora.web.hints import beside
from agora.web.paths import get, post
from agora.web.visit import Visit, own_path

TEMPLATE = "account/sign-in.html"


def sign_in_form(visit: Visit) -> Page:
    """Where people say who they are."""
    return _form(visit)


def turned_away(visit: Visit, problem: AgoraError, to: str = "") -> Page:
    """The same, with why the organisation's own sign-in came to nothing, on the way `to` a page."""
    page = _form(visit, beside(problem), problem.status)
    further = {"next": own_path(to)} if to else {}
    return replace(page, values={**page.values, "field": "provider", **further})


def _form(visit: Visit, wrong: str = "", status: int = 200) -> Page:
    mesh = visit.house.mesh
    values = {
        "wrong": wrong,
        "field": "name",
        "people": demo.persons(visit.house) if visit.site.demo else (),
        "starts": demo.STARTS,
        "name": visit.text("name"),
        "next": own_path(visit.query.get("next") or visit.text("next")),
        "oidc": mesh.sign_in.oidc is not None,
        "passwords": mesh.sign_in.passwords,
    }
    return Page(template=TEMPLATE, values=values, status=status)


def sign_in(visit: Visit) -> Page | Response:
    """Somebody is signed in, or hears why not."""
    client = visit.request.client
    try:
        signed = session.sign_in(
            visit.house,
            visit.text("name"),
            str(visit.form.get("password", "")),
            address=client.host if client else "",
            now=visit.site.now(),
        )
    except AgoraError as problem:
        return _form(visit, beside(problem), problem.status)
    return entered(visit, signed)


def be(visit: Visit) -> Response:
    """In a demo the visitor is somebody else from now on; elsewhere there is no such page."""
    if not visit.site.demo:
        raise Missing("there is no page at this address", code="E714")
    return entered(visit, demo.be(visit.house, visit.text("person"), visit.site.now()))


def entered(visit: Visit, signed: SignedIn, to: str = "") -> Response:
    """The browser keeps the new session and goes on to where the person wanted to go."""
    _leave(visit)
    response = respond(
        Redirect(to or own_path(visit.text("next"))), visit.request, visit.site, None
    )
    https = visit.site.url.startswith("https:")
    response.headers.append("set-cookie", cookie(SESSION, signed.secret, https=https))
    return response


def sign_out(visit: Visit) -> Response:
    """The session is over, here and for whoever holds its cookie."""
    _leave(visit)
    response = respond(Redirect("/sign-in"), visit.request, visit.site, None)
    response.headers.append("set-cookie", cookie(SESSION, "", https=False, seconds=0))
    return response


def _leave(visit: Visit) -> None:
    secret = getattr(visit.request.state, "secret", "")
    if secret:
        session.sign_out(visit.house, secret, visit.site.now())


ROUTES = (
    get("/sign-in", sign_in_form, anyone=True),
    post("/sign-in", sign_in, anyone=True),
    post("/sign-out", sign_out),
    post("/demo/as", be, anyone=True),
)
