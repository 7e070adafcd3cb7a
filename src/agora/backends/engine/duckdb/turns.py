"""Turns: so many statements run at once; the others wait, and nobody pushes in front of anybody."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agora.model.errors import Unavailable

CORES = os.cpu_count() or 2
QUEUE, PATIENCE = 200, 20.0


class Turns:
    """Places for statements, shared fairly between readers; safe for several threads.

    The next free place goes to whoever waits and has the fewest, of these to who came first.
    """

    def __init__(self, *, most: int, each: int, waiting: int, patience: float) -> None:
        """Let so many run at once, so many of one reader, and so many wait so many seconds."""
        self._most, self._each, self._waiting, self._patience = most, each, waiting, patience
        self._held: Counter[str] = Counter()
        self._queue: list[tuple[str, threading.Event]] = []
        self._lock = threading.Lock()

    def take(self, reader: str) -> Callable[[], None]:
        """A place for the reader's statement, and what gives it back; harmless when repeated.

        Raises Unavailable when too many wait already, or none became free in time.
        """
        came = threading.Event()
        with self._lock:
            if len(self._queue) >= self._waiting and not self._free(reader):
                raise _busy()
            self._queue.append((reader, came))
            self._pass_on()
        if not came.wait(self._patience):
            with self._lock:
                if not came.is_set():
                    self._queue.remove((reader, came))
                    raise _busy()
        return self._returned(reader)

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
        return self._held.total()

    def _returned(self, reader: str) -> Callable[[], None]:
        given = threading.Lock()

        def give() -> None:
            if not given.acquire(blocking=False):
                return
            with self._lock:
                self._held[reader] -= 1
                if not self._held[reader]:
                    del self._held[reader]
                self._pass_on()

        return give

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
