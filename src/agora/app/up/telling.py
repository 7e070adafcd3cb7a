"""Telling: one line of JSON for each request, with nothing in it that somebody typed."""

import inspect
import sys
import time
from typing import TextIO

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Told:
    """An application of which each answer is told: method, route, status, how long, how much, who.

    The route names the parts of an address, never what they are: names, words and tokens stay out.
    """

    def __init__(self, app: ASGIApp, out: TextIO | None = None) -> None:
        """Tell on this stream, by default on standard error."""
        self._app = app
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(out or sys.stderr),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", key="at"),
                structlog.processors.JSONRenderer(),
            ],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        heard = Heard(send)
        try:
            await self._app(scope, receive, heard)
        finally:
            state = scope.get("state", {})
            who = state.get("who")
            self._log.info(
                "request",
                method=scope["method"],
                route=route(scope),
                status=heard.status,
                ms=round(heard.seconds * 1000, 1),
                bytes=heard.size,
                who=who.principal.id if who else "",
                request=state.get("id", ""),
            )


class Heard:
    """Sends an answer on, and knows its status and size and how long it has taken so far."""

    def __init__(self, send: Send) -> None:
        """Nothing has been answered yet: what never is counts as a failure."""
        self._send, self._began = send, time.perf_counter()
        self.status, self.size = 500, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.size += len(message.get("body", b""))
        await self._send(message)

    @property
    def seconds(self) -> float:
        """Since the request came."""
        return time.perf_counter() - self._began


def route(scope: Scope) -> str:
    """The address with the names of its parts instead of what they are; empty where no page is."""
    # a whole application that is mounted here is an endpoint too, until a page of it is found
    if not inspect.isroutine(scope.get("endpoint")):
        return ""
    path, end = f"{scope['path']}/", None
    for name, value in reversed(scope.get("path_params", {}).items()):
        place = path.rfind(f"/{value}/", 0, end)
        if place < 0:
            return ""
        path = f"{path[:place]}/{{{name}}}{path[place + 1 + len(str(value)) :]}"
        end = place + 1
    return path.removesuffix("/")
