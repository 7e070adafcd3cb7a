"""Serving: a mesh answers HTTP until its server is told to stop, and stops without cutting anyone."""

import ipaddress
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

from agora.app.up import buckets, crew, measuring
from agora.app.up.standing import held, listening
from agora.app.up.worker import work
from agora.cli.answers.terminal import say
from agora.cli.openings import Serving
from agora.model.errors import Unusable

Opened = Callable[[str], None]


def serve(asked: Serving, environment: Mapping[str, str], *, opened: Opened | None = None) -> int:
    """The mesh is served until the process is told to end; everyone at work may finish.

    `opened` hears the address as soon as something listens there.

    Raises Unusable, Conflict, Unavailable, and Invalid for a mesh that is in doubt.
    """
    if asked.demo and not local(asked.host):
        raise Unusable(
            "a demo, in which anybody may be anybody, is served to this machine only",
            code="E715",
            hint="leave out `--demo`, or name a host such as 127.0.0.1",
        )
    with listening(asked.host, asked.port) as socket:
        port = socket.getsockname()[1]
        shown = f"[{asked.host}]" if ":" in asked.host else asked.host
        url = asked.url or f"http://{shown}:{port}"
        here = replace(asked, port=port, url=url, root=asked.root.absolute())
        with held(here.root, url):
            measuring.shared(here.root, anew=True)
            buckets.folder(here.root, anew=True)
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, _ended)
            if here.workers > 1:
                _served(here, opened)
                return crew.lead(here, socket)
            return work(here, environment, socket, lambda: _served(here, opened))


def _served(here: Serving, opened: Opened | None) -> None:
    """Whoever started it knows where it is."""
    say(f"{here.root.name} is served at {here.url}")
    sys.stdout.flush()
    if opened is not None:
        opened(here.url)


def local(host: str) -> bool:
    """True for names and addresses that only this machine can reach."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ended(*_: object) -> None:
    """Nothing more: the server raises the signal that ended it again when everything is done."""
