"""Events: a page hears at once what waits for its reader, by one look at the store for all of them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from agora.app.up.site import LiveSite
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.usecases.inbox import inbox
from agora.usecases.notices import notices

LOOK, BEAT, LASTS = 1.0, 15.0, 300.0
"""Seconds between looks, between signs of life, and until a page has to say again who it is."""
EACH, TOGETHER = 12, 1_000
Counts = Mapping[str, int]


@dataclass(slots=True, eq=False)
class _Listener:
    who: Actor
    queue: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)


@dataclass(frozen=True, slots=True)
class _Seen:
    unread: int
    waiting: int
    newest: str = ""

    @property
    def text(self) -> str:
        return _event("counts", {"unread": self.unread, "waiting": self.waiting})


class Bell:
    """Rings for everybody who listens in this process; looks only while somebody does."""

    def __init__(self, site: LiveSite) -> None:
        """Look at this site."""
        self._site = site
        self._listeners: set[_Listener] = set()
        self._seen: dict[str, _Seen] = {}
        self._task: asyncio.Task[None] | None = None

    def full(self, who: Actor) -> bool:
        """True when this person, or all together, listen in too many places."""
        own = sum(each.who.principal.id == who.principal.id for each in self._listeners)
        return own >= EACH or len(self._listeners) >= TOGETHER

    async def listen(self, who: Actor) -> AsyncIterator[str]:
        """What a page of this person hears until the server ends, or the page has to ask again."""
        listener = _Listener(who)
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        if (known := self._seen.get(who.principal.id)) is not None:
            listener.queue.put_nowait(known.text)
        until = asyncio.get_running_loop().time() + LASTS
        try:
            yield f"retry: {int(LOOK * 3000)}\n\n"
            while asyncio.get_running_loop().time() < until:
                text: str | None = ": alive\n\n"
                with contextlib.suppress(TimeoutError):
                    text = await asyncio.wait_for(listener.queue.get(), BEAT)
                if text is None:
                    return
                yield text
        finally:
            self._listeners.discard(listener)

    async def _watch(self) -> None:
        while self._listeners and not self._site.closing.is_set():
            people = {each.who.principal.id: each.who for each in self._listeners}
            seen = await run_in_threadpool(self._look, people)
            for person, now in seen.items():
                self._tell(person, now)
            self._seen = seen
            await asyncio.sleep(LOOK)
        for listener in self._listeners:
            listener.queue.put_nowait(None)

    def _tell(self, person: str, now: _Seen) -> None:
        before = self._seen.get(person)
        texts = [] if before and before.text == now.text else [now.text]
        if before and now.unread > before.unread and now.newest:
            texts.append(_event("toast", {"text": now.newest}))
        for listener in tuple(self._listeners):
            if listener.who.principal.id == person:
                for text in texts:
                    listener.queue.put_nowait(text)

    def _look(self, people: Mapping[str, Actor]) -> dict[str, _Seen]:
        found = {}
        for person, who in people.items():
            house = self._site.house().opened_to(who.principal)
            try:
                told = notices(house, who, limit=1)
                waiting = len(inbox(house, who).open)
            except AgoraError:
                continue
            newest = told.told[0].sentence if told.told else ""
            found[person] = _Seen(told.unread, waiting, newest)
        return found


async def stream(request: Request) -> Response:
    """The events of whoever is signed in; nobody, and who listens too often, is sent away for good."""
    who: Actor | None = getattr(request.state, "who", None)
    bell: Bell = request.app.state.bell
    if who is None or bell.full(who):
        return Response(status_code=204)
    return StreamingResponse(bell.listen(who), media_type="text/event-stream")


def _event(name: str, data: Mapping[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
