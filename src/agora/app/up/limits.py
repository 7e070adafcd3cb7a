"""Limits: how much one caller may ask, how long a request may take to arrive, under which name."""

import asyncio
import time
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from agora.app.up.buckets import Buckets
from agora.serve.rest.problems import problem

HEADERS_SECONDS: Final = 15.0
BODY_SECONDS: Final = 60.0
STALLED_SECONDS: Final = 60.0
FREE = ("/static/", "/healthz", "/readyz", "/events")
_TOO_MANY = "too many requests came from you at once"
_HINT = "wait a second between them"


class Paced:
    """An application that nobody can keep busy alone: 429 for who asks more than their share."""

    def __init__(self, app: ASGIApp, *, people: Buckets, others: Buckets) -> None:
        """Count persons by their name, and everybody who has not signed in by address."""
        self._app, self._people, self._others = app, people, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(FREE) or self._may(scope):
            await self._app(scope, receive, send)
            return
        await _refusal(Request(scope))(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        who = scope.get("state", {}).get("who")
        if who is not None:
            return self._people.take(who.principal.id, time.monotonic())
        client = scope.get("client")
        return self._others.take(client[0] if client else "", time.monotonic())


def _refusal(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        answer: Response = problem(request, 429, _TOO_MANY, "E725", hint=_HINT)
    else:
        answer = PlainTextResponse(f"{_TOO_MANY} (E725): {_HINT}", 429)
    answer.headers["retry-after"] = "1"
    return answer


class LateError(Exception):
    """A body took too long to arrive."""


def timely(receive: Receive, seconds: float = BODY_SECONDS) -> Receive:
    """The same body, as long as all of it arrives in time; raises LateError otherwise."""
    until = time.monotonic() + seconds
    arriving = True

    async def received() -> Message:
        nonlocal arriving
        if not arriving:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(until - time.monotonic(), 0.001))
        except TimeoutError:
            raise LateError from None
        arriving = bool(message.get("more_body"))
        return message

    return received


def own_names(url: str) -> frozenset[str]:
    """The names under which a server that is for this machine only answers."""
    return frozenset({"localhost", "127.0.0.1", "::1", urlsplit(url).hostname or ""})


class Prompt(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """A connection that ends when the head of a request does not arrive, or an answer is not taken."""

    waits, holds = HEADERS_SECONDS, STALLED_SECONDS
    _late: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody is there: they say soon what they want."""
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """The clock stops with the end of a head, and begins with the beginning of the next."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._end()
        elif self.cycle is None or self.cycle.response_complete:
            self._begin()

    def pause_writing(self) -> None:
        """The other side takes nothing more: whatever works for it is not held for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.holds, self.transport.abort)

    def resume_writing(self) -> None:
        """It takes again."""
        self._taken()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._end()
        self._taken()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.waits, self.transport.close)

    def _end(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _taken(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
