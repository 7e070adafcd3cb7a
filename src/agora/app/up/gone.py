"""Gone: whoever hangs up leaves no statement running for them, also before their first row is there."""

import asyncio
import re
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.model.mesh import Bounds
from agora.model.relation import Governed, Session
from agora.model.result import cancelled
from agora.model.token import Scope as Allowed
from agora.needs.engine import Answer, Begun, Readers, Stop
from agora.needs.house import House
from agora.serve.rest.scopes import SCOPES
from agora.serve.rest.verbs import VERBS

API, CALL = "/api/v1", "/verbs/"


class Asker:
    """Somebody who waits for an answer; when they have gone, nothing runs for them any more."""

    def __init__(self) -> None:
        self._stops: list[Stop] = []
        self._gone = False
        self._guard = threading.Lock()

    def begun(self, stop: Stop) -> None:
        """A statement runs for them, and this ends it."""
        with self._guard:
            self._stops.append(stop)
            gone = self._gone
        if gone:
            stop(cancelled())

    def left(self) -> None:
        """They have gone; what has ended already does not mind."""
        with self._guard:
            self._gone = True
            stops = tuple(self._stops)
        for stop in stops:
            stop(cancelled())


ASKER: ContextVar[Asker | None] = ContextVar("asker", default=None)
"""Who waits for what this thread does: nobody, where it works beside them."""


class Attentive:
    """An application that hears at once when somebody who only looks has gone.

    A deed is finished, whoever waits for it.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Listen for this application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _looks(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        asker = Asker()
        listening = _Listening(receive, asker)
        headers = Headers(scope=scope)
        if "content-length" not in headers and "transfer-encoding" not in headers:
            await listening.begin()
        before = ASKER.set(asker)
        try:
            await self._app(scope, listening.receive, send)
        finally:
            ASKER.reset(before)
            listening.end()


class _Listening:
    """What somebody sends; after its end there is nothing to hear but that they go."""

    def __init__(self, receive: Receive, asker: Asker) -> None:
        self._receive, self._asker = receive, asker
        self._held: list[Message] = []
        self._going: asyncio.Task[Message] | None = None

    async def begin(self) -> None:
        """Nothing is sent but a head: listen from the beginning."""
        self._held.append(await self._heard())

    async def receive(self) -> Message:
        """The next message, for the application."""
        if self._held:
            return self._held.pop()
        if self._going is not None:
            return await asyncio.shield(self._going)
        return await self._heard()

    def end(self) -> None:
        """Nobody waits any more."""
        if self._going is not None:
            self._going.cancel()

    async def _heard(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            self._going = asyncio.create_task(self._gone())
        return message

    async def _gone(self) -> Message:
        message = await self._receive()
        await run_in_threadpool(self._asker.left)
        return message


class _Readers:
    """Readers that tell whoever waits what would end their statement."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._readers, name)

    def answer(
        self,
        session: Session,
        relations: Sequence[Governed],
        sql: str,
        bounds: Bounds,
        begun: Begun | None = None,
    ) -> Answer:
        asker = ASKER.get()

        def told(stop: Stop) -> None:
            if asker is not None:
                asker.begun(stop)
            if begun is not None:
                begun(stop)

        return self._readers.answer(session, relations, sql, bounds, told)


def attentive(house: House) -> House:
    """The house, whose statements end with whoever waits for them."""
    return replace(house, readers=cast("Readers", _Readers(house.readers)))


def _looks(method: str, path: str) -> bool:
    """True where nothing is done: for what a token that may only read allows."""
    return method in ("GET", "HEAD") or (method == "POST" and _ASKED.fullmatch(path) is not None)


def _asked() -> re.Pattern[str]:
    """The addresses to which a question is sent as a body; results run beside whoever asks."""
    posts = (
        each.removeprefix("POST ")
        for each, scope in SCOPES.items()
        if each.startswith("POST ") and scope is Allowed.READ
    )
    paths = [
        re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each))
        for each in posts
        if not each.startswith((CALL, "/results"))
    ]
    verbs = [re.escape(CALL + name) for name, (_, scope) in VERBS.items() if scope is Allowed.READ]
    return re.compile(f"{API}(?:{'|'.join((*paths, *verbs))})")


_ASKED = _asked()
