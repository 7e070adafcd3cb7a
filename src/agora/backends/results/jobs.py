"""Jobs: work beside whatever else happens, that can be asked to end, and whose lock ends with it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agora.backends.locks import hold
from agora.backends.results.parts import Parts
from agora.model.errors import AgoraError
from agora.needs.engine import Answer, Stop
from agora.needs.results import Work

if TYPE_CHECKING:
    import pyarrow as pa


class Job:
    """One piece of work in a thread of its own."""

    def __init__(self, group: str, parts: Parts, lock: Path) -> None:
        """Hold the lock from now on, so that nobody takes the work for a dead one's."""
        self.group = group
        self._parts = parts
        self._lock = hold(lock)
        self._why: AgoraError | None = None
        self._guard = threading.Lock()
        self._stop: Stop = _nothing
        self._thread: threading.Thread | None = None

    @property
    def stopped(self) -> AgoraError | None:
        return self._why

    def ends_with(self, stop: Stop) -> None:
        with self._guard:
            self._stop = stop
            if self._why is not None:
                stop(self._why)

    def keep(self, answer: Answer, named: "Callable[[pa.Schema], None]") -> int:
        return self._parts.keep(answer, named, lambda: self._why is not None)

    def run(self, work: Callable[[Work], None], ended: Callable[[], None]) -> None:
        """The work begins in its thread; `ended` is called when it is over."""

        def whole() -> None:
            try:
                work(self)
            finally:
                self._lock.release()
                ended()

        self._thread = threading.Thread(target=whole, daemon=True)
        self._thread.start()

    def stop(self, why: AgoraError) -> None:
        """The work is asked to end; the first reason stands."""
        with self._guard:
            self._why = self._why or why
            self._stop(self._why)

    def join(self) -> None:
        """The work is over."""
        if self._thread is not None:
            self._thread.join()


def _nothing(_why: AgoraError) -> None:
    """Nothing runs yet that could be stopped."""
