"""A worker seen from its parent: commands in, frames out, killed when it takes too long."""

import contextlib
import fcntl
import io
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

import agora
from agora.backends.engine.duckdb.frames import WORDS, Bytes, Closed, receive, send
from agora.backends.engine.duckdb.pipes import Pipes
from agora.backends.engine.duckdb.scripting import FRUGAL
from agora.model.errors import AgoraError, Exhausted, Unavailable
from agora.model.result import cancelled

_PIPE_SIZE = 1 << 20
Words = dict[str, Any]


class Running(Protocol):
    """A process, as `subprocess` shows it."""

    pid: int

    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


Started = tuple[Running, io.RawIOBase, io.RawIOBase]
Start = Callable[[], Started]


def spawned() -> Started:
    """A worker with nothing of our environment, in the root folder, and the pipes to and from it."""
    process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
        [sys.executable, "-c", _PROGRAM, str(Path(agora.__file__).parent.parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=FRUGAL,
        cwd="/",
        close_fds=True,
        bufsize=0,
    )
    out, back = (cast("io.RawIOBase", pipe) for pipe in (process.stdin, process.stdout))
    return process, out, back


class WorkerProcess:
    """One spawned worker; when it was killed every method may raise why, Exhausted when it died."""

    def __init__(self, start: "Start | None" = None) -> None:
        """Start the program, in the way that was named or as one of its own."""
        try:
            self._process, out, back = (start or spawned)()
        except OSError as problem:
            raise Unavailable("no worker process can be started", code="E510") from problem
        self._killed: AgoraError | None = None
        with contextlib.suppress(OSError, AttributeError):
            fcntl.fcntl(back, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        self._pipes = Pipes(out, back, self._overdue)

    @property
    def alive(self) -> bool:
        """True while the process runs and nobody has killed it."""
        return self._killed is None and self._process.poll() is None

    def ask(self, command: Words, seconds: float) -> Words:
        """Send a command that answers with words only."""
        with self.deadline(seconds):
            self.send(command)
            return self.words()

    def send(self, command: Words) -> None:
        """Send a command; its frames are read with `frame`."""
        try:
            send(self._pipes, WORDS, json.dumps(command).encode())
        except (Closed, OSError, ValueError):
            raise self._gone() from None

    def words(self) -> Words:
        """The next frame, which must be words."""
        kind, payload = self.frame()
        if kind != WORDS:
            raise self._gone()
        words: Words = json.loads(bytes(payload))
        return words

    def frame(self) -> tuple[bytes, Bytes]:
        """The next frame."""
        try:
            return receive(self._pipes)
        except (Closed, OSError, ValueError):
            raise self._gone() from None

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Kill the worker when it keeps the block waiting beyond its end."""
        self._pipes.until = time.monotonic() + seconds
        try:
            yield
        finally:
            self._pipes.until = math.inf

    def kill(self, why: AgoraError) -> None:
        """The process is gone, now, and who waits for it hears why; harmless when repeated."""
        self._killed = self._killed or why
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """The process is gone and its pipes are closed."""
        self.kill(cancelled())
        self._process.wait()
        with contextlib.suppress(OSError, ValueError):
            self._pipes.close()

    def _overdue(self) -> None:
        self.kill(
            Exhausted(
                "the statement took longer than it may",
                code="E430",
                hint="narrow it with WHERE, or ask the operator for more time",
            )
        )

    def _gone(self) -> AgoraError:
        why = self._killed
        self.close()
        return why or Exhausted(
            "the statement needed more memory than it may use",
            code="E431",
            hint="select fewer columns or rows",
        )


_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from agora.backends.engine.duckdb.worker import main; main()"
)
