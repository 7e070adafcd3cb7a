"""Paths: where a page or a deed is found, and how a request to one is read and answered."""

import secrets
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agora.model.errors import AgoraError, Denied, Missing
from agora.model.people import Actor, Principal, PrincipalKind
from agora.model.product import Product
from agora.needs.site import Site
from agora.usecases.search import search
from agora.web.answers import Answer, Redirect, problem_page, respond
from agora.web.reader import reads
from agora.web.visit import Form, Visit

SIGN_IN = "/sign-in"
MAX_FIELDS, MAX_FILES, NEAR = 500, 4, 3
Handler = Callable[[Visit], Answer]
NOBODY = Actor(principal=Principal(id="", kind=PrincipalKind.PERSON))
"""Somebody who has not signed in: belongs to nothing, so every decision denies."""


def get(path: str, handler: Handler, *, anyone: bool = False) -> Route:
    """A page that only shows; to `anyone` also before they sign in."""
    return Route(path, _endpoint(handler, anyone=anyone), methods=["GET"], name=_name(handler))


def post(path: str, handler: Handler, *, anyone: bool = False) -> Route:
    """A deed; its form carries the session's own word (CSRF)."""
    return Route(path, _endpoint(handler, anyone=anyone), methods=["POST"], name=_name(handler))


def _name(handler: Handler) -> str:
    return f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}"


def _endpoint(handler: Handler, *, anyone: bool) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form: Form = FormData()
        if request.method == "POST":
            form = await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES)
        try:
            return await run_in_threadpool(_answered, handler, request, form, anyone=anyone)
        finally:
            if isinstance(form, FormData):
                await form.close()

    return endpoint


def _answered(handler: Handler, request: Request, form: Form, *, anyone: bool) -> Response:
    site: Site = request.app.state.site
    who: Actor | None = getattr(request.state, "who", None)
    if who is None and not anyone:
        return _to_sign_in(request)
    reads(request.headers.get("accept-language", ""))
    house = site.house()
    visit = Visit(
        site=site,
        house=house.opened_to(who.principal) if who else house,
        who=who or NOBODY,
        path=request.path_params,
        query=request.query_params,
        form=form,
        csrf=getattr(request.state, "csrf", ""),
        part=_partial(request),
        request=request,
    )
    try:
        demand_own_form(request, form, visit.csrf)
        answer = handler(visit)
    except AgoraError as problem:
        answer = problem_page(problem, _near(visit, problem))
    return respond(answer, request, site, visit)


def _near(visit: Visit, problem: AgoraError) -> tuple[Product, ...]:
    """Products with words like those of an address that leads to none, of which this person may know."""
    if not isinstance(problem, Missing) or "product" not in visit.path:
        return ()
    words = visit.path["product"].replace("-", " ")
    return search(visit.house, visit.who, words, limit=NEAR, patient=False).products


def _partial(request: Request) -> bool:
    """True where htmx exchanges a part; going back, like a link, exchanges the whole page."""
    whole_page = request.headers.get("hx-request-type") == "full"
    boosted = "hx-boosted" in request.headers
    return "hx-request" in request.headers and not boosted and not whole_page


def demand_own_form(request: Request, form: Form, csrf: str) -> None:
    """A deed comes from a page of ours; raises Denied otherwise, whatever the browser promises."""
    if request.method == "GET":
        return
    sent = request.headers.get("x-csrf-token") or form.get("_csrf") or ""
    if (
        not csrf
        or not isinstance(sent, str)
        or not secrets.compare_digest(sent.encode(), csrf.encode())
    ):
        raise Denied(
            "this form is not from this session",
            code="E711",
            hint="go back, load the page again and send it once more",
        )


def _to_sign_in(request: Request) -> Response:
    """Sign in first; afterwards the person comes back to where they wanted to go."""
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = Redirect(SIGN_IN, next=target if request.method == "GET" else "")
    return respond(answer, request, request.app.state.site, None)
