"""The two pipes to a worker: who waits on them waits until a moment, and no thread has to watch."""

import io
import math
import os
import select
import time
from collections.abc import Callable

from agora.backends.engine.duckdb.frames import Closed

_MANY = 1 << 16


class Pipes:
    """Bytes to and from a worker; `late` is called when the moment has come."""

    def __init__(self, out: io.RawIOBase, back: io.RawIOBase, late: Callable[[], None]) -> None:
        """Wrap both ends; without a moment, waiting has no end."""
        self._out, self._back, self._late = out, back, late
        self.until = math.inf
        os.set_blocking(out.fileno(), False)
        self._writable, self._readable = select.poll(), select.poll()
        self._writable.register(out.fileno(), select.POLLOUT)
        self._readable.register(back.fileno(), select.POLLIN)

    def read(self, size: int) -> bytearray | memoryview:
        """Exactly so many bytes; raises Closed when the worker ends or is late."""
        data = _room(size)
        rest = memoryview(data)
        while rest:
            self._wait(self._readable)
            got = self._back.readinto(rest)
            if not got:
                raise Closed("the stream ended")
            rest = rest[got:]
        return data

    def write(self, data: bytes | memoryview) -> int:
        """All of these bytes are in the pipe; raises Closed when the worker is late."""
        rest = memoryview(data)
        while rest:
            self._wait(self._writable)
            rest = rest[self._out.write(rest) or 0 :]
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back here."""

    def close(self) -> None:
        """Both ends are closed."""
        for pipe in (self._out, self._back):
            pipe.close()

    def _wait(self, ready: select.poll) -> None:
        left = self.until - time.monotonic()
        if not ready.poll(None if left == math.inf else max(left, 0) * 1000):
            self._late()
            raise Closed("the time is over")


def _room(size: int) -> bytearray | memoryview:
    """Memory for so many bytes; for many it is Arrow's, for to clear it first costs as much as to read."""
    if size < _MANY:
        return bytearray(size)
    import pyarrow as pa

    return memoryview(pa.allocate_buffer(size))
