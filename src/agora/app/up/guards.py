"""Guards: what every answer carries and no request may do, before any page or endpoint sees it."""

import secrets
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.app.up.limits import LateError, timely
from agora.serve.rest.problems import problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LARGEST, LARGEST_FILE = 2 << 20, 200 << 20
UPLOADS = ("/studio/new/", "/api/v1/draft")
BUSY = 503
_ELSEWHERE = "this server is for its own machine, under its own name"
_LATE = "what was sent took too long to arrive"
_TOO_LARGE = "what was sent is larger than this place takes"
_CODES = {408: "E795", 413: "E796", 421: "E797"}
_HINTS = {
    408: "send it again over a faster line, or in smaller parts",
    413: "send less at once; files are brought on the page *Make a product*",
    421: "call it by its own address",
}


class Guarded:
    """An application whose answers carry the security headers and a request id.

    Bodies over the limit are cut off while they arrive; nothing is kept of them.
    """

    def __init__(self, app: ASGIApp, *, https: bool, names: frozenset[str] = frozenset()) -> None:
        """Guard this application; with `https` browsers are told to come back that way only.

        With `names` it answers to no other: a page elsewhere cannot lead a browser here under its own.
        """
        self._names = names
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["id"] = secrets.token_hex(8)
        most = LARGEST_FILE if scope["path"].startswith(UPLOADS) else LARGEST

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers["x-request-id"] = state["id"]
                if message["status"] == BUSY:
                    headers.setdefault("retry-after", "5")
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refused(scope, most)
        if refused is not None:
            await refused(scope, receive, sent)
            return
        arriving = receive if most == LARGEST_FILE else timely(receive)
        try:
            await self._app(scope, _bounded(arriving, most), sent)
        except TooLargeError:
            await _told(scope, 413, _TOO_LARGE)(scope, receive, sent)
        except LateError:
            late = _told(scope, 408, _LATE)
            late.headers["connection"] = "close"
            await late(scope, receive, sent)

    def _refused(self, scope: Scope, most: int) -> Response | None:
        """Why nothing of the request is even looked at, or None."""
        if _declared(scope) > most:
            return _told(scope, 413, _TOO_LARGE)
        if self._names and _host(scope) not in self._names:
            return _told(scope, 421, _ELSEWHERE)
        return None


class TooLargeError(Exception):
    """A body went on after its limit."""


def _told(scope: Scope, status: int, words: str) -> Response:
    """A refusal in the form of the place it comes from: a problem of the API, else a sentence."""
    if scope["path"].startswith("/api/"):
        return problem(Request(scope), status, words, _CODES[status], hint=_HINTS[status])
    return PlainTextResponse(words, status)


def _host(scope: Scope) -> str:
    """The name under which a request came, without its port."""
    named = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return urlsplit(f"//{named}").hostname or "" if named.isprintable() else ""


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


def _bounded(receive: Receive, most: int) -> Receive:
    seen = 0

    async def received() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLargeError
        return message

    return received
