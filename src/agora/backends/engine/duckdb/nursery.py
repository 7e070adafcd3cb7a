"""The nursery program: it has loaded what every worker needs, and forks one whenever it is asked.

It never holds anything of any reader: a worker is bound after it was forked, and walls itself in
then, as one that was started from nothing does. No thread of ours runs here, for a fork would lose it.
"""

import gc
import os
import signal
import socket
from contextlib import suppress
from typing import NoReturn

import pyarrow as pa  # noqa: F401 (what the engine loads with a worker's first answer is here by then)

from agora.backends.engine.duckdb import worker

PIPES = 2
_HELLO = 8


def main() -> None:
    """Fork a worker for each pair of pipes that comes, until the one who asks is gone."""
    signal.signal(signal.SIGCHLD, _reap)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=0) as asking:
        while True:
            hello, pipes, _, _ = socket.recv_fds(asking, _HELLO, PIPES)
            if not hello:
                return
            _fork(asking, pipes)


def _reap(*_: object) -> None:
    """None is left over, and what each has cost is counted as ours."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _fork(asking: socket.socket, pipes: list[int]) -> None:
    pid = os.fork()
    if pid == 0:
        asking.close()
        _work(pipes)
    for pipe in pipes:
        os.close(pipe)
    handle = os.pidfd_open(pid)
    socket.send_fds(asking, [str(pid).encode()], [handle])
    os.close(handle)


def _work(pipes: list[int]) -> NoReturn:
    """Be a worker on these two pipes, and nothing else any more."""
    with suppress(BaseException):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for place, pipe in enumerate(pipes):
            os.dup2(pipe, place)
            os.close(pipe)
        worker.main()
    os._exit(0)
