"""Measuring: what Prometheus asks of a server, counted over all of its workers.

No label holds anything somebody typed: routes name the parts of an address, never what they are.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from agora.app.up.site import LiveSite
from agora.app.up.telling import Heard, route
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.serve.rest.problems import problem, told
from agora.usecases.health import health

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


def shared(root: Path, *, anew: bool = False) -> None:
    """The workers of this mesh count together from now on; `anew` forgets what was counted before.

    Must be called before anything is counted: the library looks once.
    """
    folder = root / ".agora" / "metrics"
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)


class Measured:
    """An application whose answers are counted: by method, route and status, and how long each took."""

    def __init__(self, app: ASGIApp) -> None:
        """Count what this application answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        heard, counters = Heard(send), _counters()
        counters["now"].inc()
        try:
            await self._app(scope, receive, heard)
        finally:
            counters["now"].dec()
            named = route(scope)
            counters["requests"].labels(_method(scope), named, str(heard.status)).inc()
            counters["seconds"].labels(named).observe(heard.seconds)
            counters["bytes"].inc(heard.size)


async def metrics(request: Request) -> Response:
    """What was counted, in the text Prometheus reads; for those who oversee the mesh, by a token."""
    site: LiveSite = request.app.state.site
    who: Actor | None = getattr(request.state, "who", None)
    if (wrong := getattr(request.state, "problem", None)) is not None:
        return told(request, wrong)
    if who is None:
        hint = "send `Authorization: Bearer …` with a token of somebody who oversees the mesh"
        return problem(request, 401, "nobody is signed in", "E710", hint=hint)
    try:
        text = await run_in_threadpool(_text, site, who)
    except AgoraError as refused:
        return told(request, refused)
    return PlainTextResponse(text, media_type=_library().CONTENT_TYPE_PLAIN_0_0_4)


def _text(site: LiveSite, who: Actor) -> str:
    library = _library()
    registry = library.CollectorRegistry()
    if os.environ.get(FOLDER):
        from prometheus_client.multiprocess import MultiProcessCollector

        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        _counters()
        registry.register(_Here(library))
    registry.register(_Standing(tuple(_standing(site, who))))
    text: bytes = library.generate_latest(registry)
    return text.decode()


def _standing(site: LiveSite, who: Actor) -> Iterator[tuple[str, str, float]]:
    """How the mesh stands at this moment. Raises Denied for who does not oversee it."""
    found = health(site.house(), who, site.now())
    yield "ledger_entries", "Entries of the ledger.", found.entries
    yield "ledger_unsealed", "Entries that are in no sealed batch yet.", found.unsealed
    yield (
        "index_behind",
        "Entries the index for searching has not seen.",
        found.entries - found.index,
    )
    yield "chores_kept", "1 where a process does the chores.", float(found.chores is not None)
    yield "products_failing", "Products whose newest run failed.", found.failing
    yield "runs_now", "Runs at this moment.", found.running
    yield "files_in_doubt", "1 where the mesh's files have errors.", float(site.problem is not None)


class _Standing:
    """Figures that are read when they are asked for, and counted by nobody."""

    def __init__(self, figures: Sequence[tuple[str, str, float]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Any]:
        """Each figure as a gauge."""
        from prometheus_client.core import GaugeMetricFamily

        for name, words, value in self._figures:
            yield GaugeMetricFamily(f"agora_{name}", words, value=value)


class _Here:
    """What this process alone has counted, of the default registry only ours."""

    def __init__(self, library: ModuleType) -> None:
        self._library = library

    def collect(self) -> Iterator[Any]:
        """Each metric whose name is ours."""
        return (m for m in self._library.REGISTRY.collect() if m.name.startswith("agora_"))


def _method(scope: Scope) -> str:
    """A method that pages or endpoints know; callers may send any word."""
    return scope["method"] if scope["method"] in METHODS else "other"


@cache
def _counters() -> dict[str, Any]:
    library = _library()
    return {
        "requests": library.Counter(
            "agora_requests", "Answers, by method, route and status.", ["method", "route", "status"]
        ),
        "seconds": library.Histogram(
            "agora_request_seconds", "How long answers took.", ["route"], buckets=SECONDS
        ),
        "bytes": library.Counter("agora_sent_bytes", "Bytes that left in answers."),
        "now": library.Gauge(
            "agora_requests_now", "Requests at work.", multiprocess_mode="livesum"
        ),
    }


@cache
def _library() -> ModuleType:
    """Loaded when a server counts, after it was said where: no command pays for it."""
    import prometheus_client

    return prometheus_client
