"""Turns: so many statements run at once; the others wait, and nobody pushes in front of anybody."""

import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agora.model.errors import Unavailable

CORES = os.cpu_count() or 2
QUEUE, PATIENCE = 200, 60.0
_LOOK = 0.1


class Turns:
    """Places for statements, shared fairly between readers; safe for several threads.

    The next free place goes to whoever waits and has the fewest, of these to who came first.
    """

    def __init__(self, *, most: int, each: int, waiting: int, patience: float) -> None:
        """Let so many run at once, so many of one reader, and so many wait so many seconds."""
        self._most, self._each, self._waiting, self._patience = most, each, waiting, patience
        self._held: Counter[str] = Counter()
        self._queue: list[tuple[str, threading.Event]] = []
        self._left: deque[str] = deque()
        self._lock = threading.Lock()

    def take(self, reader: str) -> Callable[[], None]:
        """A place for the reader's statement, and what gives it back; harmless when repeated.

        Raises Unavailable when too many wait already, or none became free in time.
        """
        came = threading.Event()
        with self._lock:
            self._clear()
            if len(self._queue) >= self._waiting and not self._free(reader):
                raise _busy()
            self._queue.append((reader, came))
            self._pass_on()
        if not self._came(came):
            with self._lock:
                if not came.is_set():
                    self._queue.remove((reader, came))
                    raise _busy()
        return self._returned(reader)

    def _came(self, came: threading.Event) -> bool:
        """True once there is a place; looks now and then for those whose holders were forgotten."""
        until = time.monotonic() + self._patience
        while (left := until - time.monotonic()) > 0:
            if came.wait(min(left, _LOOK)):
                return True
            with self._lock:
                self._clear()
                self._pass_on()
        return came.is_set()

    @contextmanager
    def turn(self, reader: str) -> Iterator[None]:
        """A place as long as the block runs; raises Unavailable."""
        give = self.take(reader)
        try:
            yield
        finally:
            give()

    @property
    def running(self) -> int:
        """How many statements have a place now."""
        return self._held.total() - len(self._left)

    def _returned(self, reader: str) -> Callable[[], None]:
        given = threading.Lock()

        def give() -> None:
            if not given.acquire(blocking=False):
                return
            self._left.append(reader)
            # the collector of garbage may call this in the middle of anything, also of what holds
            # the lock: whoever holds it, or waits, clears up
            if self._lock.acquire(blocking=False):
                try:
                    self._clear()
                    self._pass_on()
                finally:
                    self._lock.release()

        return give

    def _clear(self) -> None:
        """Places that were given back are free."""
        while self._left:
            reader = self._left.popleft()
            self._held[reader] -= 1
            if not self._held[reader]:
                del self._held[reader]

    def _free(self, reader: str) -> bool:
        return self.running < self._most and self._held[reader] < self._each

    def _pass_on(self) -> None:
        """Free places have gone to those who wait, as long as one may have one."""
        while True:
            able = [place for place in self._queue if self._free(place[0])]
            if not able:
                return
            chosen = min(able, key=lambda place: self._held[place[0]])
            self._queue.remove(chosen)
            self._held[chosen[0]] += 1
            chosen[1].set()


def statements() -> Turns:
    """Statements: more than cores, for some are slow to be read, and at most half for one reader."""
    return Turns(most=4 * CORES, each=2 * CORES, waiting=QUEUE, patience=PATIENCE)


def texts() -> Turns:
    """Texts that are read before they run, which takes moments."""
    return Turns(most=CORES, each=CORES, waiting=QUEUE, patience=PATIENCE)


def _busy() -> Unavailable:
    return Unavailable(
        "too many statements run at once for this one to have a turn",
        code="E726",
        hint="try again in a few seconds",
    )
