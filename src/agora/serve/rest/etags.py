"""ETags: a noun as it was answered has a mark; who shows it gets only what has changed, or is told so.

The mark is of the very bytes one caller was answered with, so nobody's mark tells of anybody else's.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.serve.rest.problems import problem

LARGEST = 1 << 20
LOOKS, CHANGES = frozenset({"GET", "HEAD"}), frozenset({"PATCH", "PUT", "DELETE"})


class Marked:
    """An API whose JSON answers carry an ETag, and which honours `If-None-Match` and `If-Match`.

    `If-Match` is compared with what a GET at the same address answers now. It guards what one has
    seen; against whoever is faster by a moment the deed's own `revision` holds as well.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Mark what this application answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if scope.get("method") in CHANGES and "if-match" in headers:
            now = await self._now(scope)
            if now and not _named(headers["if-match"], now):
                hint = "read it again; its ETag is what `If-Match` names"
                words = "it has changed since you read it"
                await problem(Request(scope), 412, words, "E790", hint=hint)(scope, receive, send)
                return
        if scope.get("method") not in LOOKS:
            await self._app(scope, receive, send)
            return
        known, program = headers.get("if-none-match", ""), bool(scope["state"].get("bearer"))
        await self._app(scope, receive, _Marking(known, send, kept=program))

    async def _now(self, scope: Scope) -> str:
        """The mark of what a GET there answers; empty where there is nothing to read."""
        heard: list[Message] = []

        async def silent() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def kept(message: Message) -> None:
            heard.append(message)

        looked: dict[str, Any] = {**scope, "method": "GET", "query_string": b""}
        await self._app(looked, silent, _Marking("", kept, kept=False))
        begun = heard[0]
        return Headers(raw=begun["headers"]).get("etag", "") if begun["status"] == 200 else ""  # noqa: PLR2004


class _Marking:
    """Sends on what it is sent, a small JSON answer only once it is whole and marked.

    Programs may keep it (`kept`); a browser, at which somebody else may sit next, may not.
    """

    def __init__(self, known: str, send: Send, *, kept: bool) -> None:
        self._known, self._send, self._kept = known, send, kept
        self._begun: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _fits(message):
            self._begun = message
            return
        if self._begun is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        await self._finished(self._begun)

    async def _finished(self, begun: Message) -> None:
        mark = f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'
        headers = MutableHeaders(raw=list(begun["headers"]))
        headers["etag"] = mark
        if self._kept:
            headers["cache-control"] = "private, no-cache"
        headers.add_vary_header("Authorization, Cookie")
        if self._known and _named(self._known, mark):
            del headers["content-length"]
            await self._send({**begun, "status": 304, "headers": headers.raw})
            await self._send({"type": "http.response.body", "body": b""})
            return
        await self._send({**begun, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": self._body})


def _fits(begun: Mapping[str, Any]) -> bool:
    headers = Headers(raw=begun["headers"])
    size = headers.get("content-length", "")
    plain = headers.get("content-type", "").startswith("application/json")
    return begun["status"] == 200 and plain and size.isdecimal() and int(size) <= LARGEST  # noqa: PLR2004


def _named(wanted: str, mark: str) -> bool:
    """True when one of the marks is this one, or any will do."""
    named = (each.strip().removeprefix("W/") for each in wanted.split(","))
    return any(each in ("*", mark) for each in named)
