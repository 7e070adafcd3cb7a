"""A crew: several workers on one socket; who falls is replaced, all end together."""

import os
import signal
import socket as sockets
import subprocess
import sys
import time
from contextlib import suppress

from agora.app.up.site import LiveSite
from agora.app.up.worker import GRACE_SECONDS, described
from agora.cli.openings import Serving
from agora.model.errors import Unavailable

LOOK, BRIEF, TRIES = 0.2, 5.0, 5
Worker = subprocess.Popen[bytes]


def lead(asked: Serving, socket: sockets.socket) -> int:
    """So many workers answer until this process is told to end.

    Raises Unavailable when none can, and what is wrong with a mesh that cannot be opened.
    """
    told: list[int] = []
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, _: told.append(number))
    workers = [_hired(asked, socket) for _ in range(asked.workers)]
    first = tuple(workers)
    started, fallen = time.monotonic(), 0
    try:
        while not told:
            time.sleep(LOOK)
            for place, worker in enumerate(workers):
                if worker.poll() is None or told:
                    continue
                if worker in first and worker.returncode > 0:
                    LiveSite(asked.root, os.environ, url=asked.url).close()  # or it says why not
                fallen = fallen + 1 if time.monotonic() - started < BRIEF else 1
                if fallen > TRIES * asked.workers:
                    raise Unavailable(
                        "the workers of the server end as soon as they begin",
                        code="E719",
                        hint="start it with `--workers 1` to see why",
                    )
                workers[place], started = _hired(asked, socket), time.monotonic()
    finally:
        _dismissed(workers, told)
    return 0


def _hired(asked: Serving, socket: sockets.socket) -> Worker:
    """A worker in a process group of its own: Ctrl C reaches the lead alone, who tells the others."""
    return subprocess.Popen(  # noqa: S603 (our own program, no shell)
        [sys.executable, "-m", "agora.app.up.worker", str(socket.fileno()), described(asked)],
        pass_fds=(socket.fileno(),),
        stdin=subprocess.DEVNULL,
        process_group=0,
    )


def _dismissed(workers: list[Worker], told: list[int]) -> None:
    """Every worker has ended: told first, and made to after the grace or a second Ctrl C."""
    for worker in workers:
        with suppress(ProcessLookupError):
            worker.send_signal(signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS + BRIEF
    while any(worker.poll() is None for worker in workers):
        if time.monotonic() > until or told.count(signal.SIGINT) > 1:
            for worker in workers:
                worker.kill()
        time.sleep(LOOK / 4)
