"""Answers: what a page gives, and how it becomes bytes for a browser."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from agora.model.errors import AgoraError, Denied, Invalid
from agora.model.product import Product
from agora.needs.site import Site
from agora.web.cookies import SAID, cookie
from agora.web.packing import LEAST, packed_headers, packed_page, takes_gzip
from agora.web.templates import rendered
from agora.web.visit import Visit

SAID_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A template with its values; `part` names the block htmx gets instead of the whole page."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    part: str = ""
    media: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go there now; `next` is where to go on to after signing in, `said` is told on arrival."""

    to: str
    next: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A file that streams: its bytes, its name and its kind."""

    content: Iterator[bytes]
    name: str
    media: str


Answer = Page | Redirect | Rows | Response


def respond(answer: Answer, request: Request, site: Site, visit: Visit | None) -> Response:
    """The response a browser gets."""
    match answer:
        case Page():
            part = answer.part if visit is not None and visit.part else ""
            html = rendered(answer.template, answer.values, request, site, visit, part=part)
            response = _page_response(html, answer, request)
            if SAID in request.cookies and not part:
                response.headers.append("set-cookie", cookie(SAID, "", https=False, seconds=0))
            return response
        case Redirect():
            return _redirect(answer)
        case Rows():
            named = f"attachment; filename*=UTF-8''{quote(answer.name, safe='')}"
            return StreamingResponse(
                answer.content, media_type=answer.media, headers={"content-disposition": named}
            )
    return answer


def _page_response(text: str, page: Page, request: Request) -> Response:
    """The page's bytes, packed where that is worth it and the browser can open them."""
    body, headers = text.encode(), {"vary": "accept-encoding", **page.headers}
    if len(body) > LEAST and takes_gzip(request.headers.get("accept-encoding", "")):
        body, headers = packed_page(body), packed_headers(headers)
    return Response(body, page.status, headers, page.media)


def _redirect(answer: Redirect) -> Response:
    to = answer.to + (f"?next={quote(answer.next, safe='/')}" if answer.next else "")
    response = RedirectResponse(to, 303)
    if answer.said:
        said = quote(answer.said, safe="")
        response.headers.append("set-cookie", cookie(SAID, said, https=False, seconds=SAID_SECONDS))
    return response


def problem_page(problem: AgoraError, near: Sequence[Product] = ()) -> Page:
    """A page that says what is wrong, whose rule it is, and what to do next; what is near is offered."""
    return Page(
        template="problem.html",
        status=problem.status,
        values={
            "problem": problem,
            "reasons": problem.reasons if isinstance(problem, Denied) else (),
            "near": near,
            "findings": problem.findings if isinstance(problem, Invalid) else (),
        },
    )
