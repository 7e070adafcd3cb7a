"""A worker: one process that answers HTTP on a socket it was given."""

import asyncio
import json
import os
import socket as sockets
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.types import ASGIApp

from agora.app.up import measuring, tracing
from agora.app.up.assemble import application
from agora.app.up.chores import Keeper
from agora.app.up.limits import Prompt
from agora.app.up.site import LiveSite
from agora.cli.openings import Serving
from agora.model.errors import AgoraError

GRACE_SECONDS = 20
THREADS = 512


class Gentle(uvicorn.Server):
    """A server whose endless streams end when it is told to, and whose queries end with its grace."""

    def __init__(self, config: uvicorn.Config, site: LiveSite) -> None:
        """Serve this site."""
        super().__init__(config)
        self._site = site

    async def startup(self, sockets: list[sockets.socket] | None = None) -> None:
        """Pages have threads to answer in also while every statement that may wait does."""
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        await super().startup(sockets)

    async def shutdown(self, sockets: list[sockets.socket] | None = None) -> None:
        """Whoever is at work may finish within the grace; then engines and connections are gone."""
        self._site.closing.set()
        grace = self.config.timeout_graceful_shutdown or 0
        last = asyncio.get_running_loop().call_later(grace, self._site.house().readers.close)
        await super().shutdown(sockets)
        last.cancel()
        for each in tuple(self.server_state.connections):
            each.transport.abort()  # what is half sent shall not wait for the end of the process


def work(
    asked: Serving,
    environment: Mapping[str, str],
    socket: sockets.socket,
    opened: Callable[[], None] = lambda: None,
) -> int:
    """Requests on this socket are answered until the process is told to end.

    `opened` is called once the mesh is open. Raises what is wrong with one that cannot be.
    """
    measuring.shared(asked.root)
    site = LiveSite(asked.root, environment, url=asked.url, demo=asked.demo)
    app = application(site, told=not sys.stderr.isatty())
    traces = tracing.Tracing(environment) if tracing.wanted(environment) else None
    if traces is not None:
        site.furnish(traces.house)
        app = traces.app(app)
    keeper = Keeper(site)
    keeper.start()
    opened()
    try:
        Gentle(configured(app, asked), site).run([socket])
    finally:
        site.closing.set()
        keeper.join()
        site.close()
        if traces is not None:
            traces.close()
    return 0


def configured(app: ASGIApp, asked: Serving) -> uvicorn.Config:
    """How the application is served; who calls is believed only of the proxies that were named."""
    return uvicorn.Config(
        app,
        http=Prompt,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(asked.proxies),
        forwarded_allow_ips=list(asked.proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=64 << 10,
    )


def described(asked: Serving) -> str:
    """What another process needs to know to answer as well."""
    return json.dumps({**asdict(asked), "root": str(asked.root)})


def main(arguments: list[str]) -> int:
    """Answer on the socket with this descriptor, as described."""
    known: dict[str, Any] = json.loads(arguments[1])
    given = {"root": Path(known["root"]), "proxies": tuple(known["proxies"])}
    asked = Serving(**{**known, **given})
    try:
        return work(asked, dict(os.environ), sockets.socket(fileno=int(arguments[0])))
    except AgoraError as problem:
        return problem.exit_code  # who leads the crew looks for itself and says why, once


if __name__ == "__main__":
    import signal

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    sys.exit(main(sys.argv[1:]))
