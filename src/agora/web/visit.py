"""A visit: one request to a page, read before anything is done with it."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agora.model.errors import AgoraError, Denied, Missing, Unusable
from agora.model.people import Actor, Principal, PrincipalKind
from agora.model.product import Product
from agora.needs.house import House
from agora.needs.site import Site
from agora.usecases.search import search
from agora.web.answers import Page, Redirect, Rows, problem_page, respond
from agora.web.reader import reads

SIGN_IN = "/sign-in"
MAX_FIELDS, MAX_FILES, NEAR = 500, 4, 3
Form = ImmutableMultiDict[str, Any]
Answer = Page | Redirect | Rows | Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who came, and what they asked for: path, query and form are as they were sent.

    `part` is true when only the part of the page that changed is wanted (htmx).
    """

    site: Site
    house: House
    who: Actor
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    csrf: str
    part: bool
    request: Request = field(repr=False)

    def text(self, name: str) -> str:
        """One field of the form, without space around it; empty when it is not there."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may stand several times."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str) and value)

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file with a name, or None."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


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
    return tuple(hit.product for hit in search(visit.house, visit.who, words, limit=NEAR).hits)


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


def own_path(text: str) -> str:
    """A path of this site to go on to; home for anything that leads elsewhere."""
    parts = urlsplit(text)
    ours = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if ours and not parts.scheme and not parts.netloc and text.isprintable() else "/"


def whole(text: str, name: str, *, least: int = 0, most: int = 1 << 31) -> int:
    """A whole number somebody sent, 0 for none; raises Unusable."""
    if not text:
        return max(least, 0)
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
        raise Unusable(f"`{name}` is no number from {least} to {most}", code="E712")
    return int(text)
