"""Forked workers: one that is ready in moments, for its program is loaded once and not for each.

Starting an interpreter with the engine takes half a second of a core. Whoever needs a second worker,
a server for its readers or a run for its next product, asks the nursery instead. We are not a forked
worker's parent, so a handle of the kernel names it: a number could be somebody else's by the time it
is killed.
"""

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path

import agora
from agora.backends.engine.duckdb.process import Started, spawned
from agora.backends.engine.duckdb.scripting import FRUGAL

POSSIBLE = hasattr(os, "pidfd_open")
_SECONDS = 20.0
_ANSWER = 32
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from agora.backends.engine.duckdb.nursery import main; main()"
)


class Forked:
    """A worker's process, as `subprocess` would show it."""

    def __init__(self, pid: int, handle: int) -> None:
        """Hold the kernel's handle until the process has ended."""
        self.pid = pid
        self._handle = handle
        self._ended = False
        self._guard = threading.Lock()

    def poll(self) -> int | None:
        """Nothing while it runs."""
        with self._guard:
            return 0 if self._ended or self._over(0) else None

    def kill(self) -> None:
        """It ends now; harmless when it has ended."""
        with self._guard, suppress(ProcessLookupError):
            if not self._ended:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> int:
        """It has ended, and the handle is given back."""
        with self._guard:
            if not self._ended:
                self._over(None)
                os.close(self._handle)
                self._ended = True
        return 0

    def _over(self, milliseconds: int | None) -> bool:
        ready = select.poll()
        ready.register(self._handle, select.POLLIN)
        return bool(ready.poll(milliseconds))


class Nursery:
    """Starts workers: the first as its own program, and from the second on by a fork of a loaded one."""

    def __init__(self) -> None:
        """Start nothing yet: who asks one question needs one worker."""
        self._guard = threading.Lock()
        self._asked = False
        self._program: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def start(self) -> Started:
        """A worker on two pipes. Raises OSError when no process can be started."""
        with self._guard:
            first, self._asked = not self._asked, True
            if first or not POSSIBLE:
                return spawned()
            for _ in range(2):  # one that was killed is replaced
                with suppress(OSError, ValueError):
                    return self._forked()
                self._end()
        return spawned()

    def close(self) -> None:
        """Nobody is started any more; what was started lives as long as it is held."""
        with self._guard:
            self._end()

    def _forked(self) -> Started:
        line = self._line or self._begin()
        taken, out = os.pipe()
        back, given = os.pipe()
        try:
            socket.send_fds(line, [b"worker"], [taken, given])
            pid, handles, _, _ = socket.recv_fds(line, _ANSWER, 1)
            process = Forked(int(pid), handles[0])
        except BaseException:
            os.close(out)
            os.close(back)
            raise
        finally:
            os.close(taken)
            os.close(given)
        return process, open(out, "wb", buffering=0), open(back, "rb", buffering=0)  # noqa: PTH123

    def _begin(self) -> socket.socket:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._program = subprocess.Popen(  # noqa: S603 (our own program, no shell)
                [sys.executable, "-c", _PROGRAM, str(Path(agora.__file__).parent.parent)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**FRUGAL, "OPENBLAS_NUM_THREADS": "1"},
                cwd="/",
                close_fds=True,
            )
        self._line.settimeout(_SECONDS)
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._program is not None:
            self._program.kill()
            self._program.wait()
        self._line = self._program = None


@cache
def nursery() -> Nursery:
    """The one of this process: what it has loaded is the same for everybody who asks."""
    made = Nursery()
    atexit.register(made.close)
    return made
