"""Guards: what every answer carries and no request may do, before any page or endpoint sees it."""

import secrets
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
UPLOADS = "/studio/new/"
_TOO_LARGE = "what was sent is larger than this place takes"


class Guarded:
    """An application whose answers carry the security headers and a request id.

    Bodies over the limit are cut off while they arrive; nothing is kept of them.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        """Guard this application; with `https` browsers are told to come back that way only."""
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
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        if _declared(scope) > most:
            await PlainTextResponse(_TOO_LARGE, 413)(scope, receive, sent)
            return
        try:
            await self._app(scope, _bounded(receive, most), sent)
        except TooLargeError:
            await PlainTextResponse(_TOO_LARGE, 413)(scope, receive, sent)


class TooLargeError(Exception):
    """A body went on after its limit."""


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
