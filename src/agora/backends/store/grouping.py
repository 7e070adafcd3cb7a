"""Group commit: wishes that arrive while the disk is busy share the next transaction."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agora.model.errors import Conflict

Wish = Any
Answer = Any


@dataclass(eq=False)
class _Seat:
    wish: Wish
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer = None
    problem: BaseException | None = None


class Group:
    """Lets one of the waiting threads commit for all of them."""

    def __init__(self, commit: Callable[[Sequence[Wish]], Sequence[Answer]]) -> None:
        """Commit with this function, which gives one answer (or Conflict) per wish."""
        self._commit = commit
        self._waiting: list[_Seat] = []
        self._guard = threading.Lock()
        self._leader = threading.Lock()

    def join(self, wish: Wish) -> Answer:
        """The wish is committed, or its own error is raised."""
        seat = _Seat(wish)
        with self._guard:
            self._waiting.append(seat)
        with self._leader:
            if not seat.done.is_set():
                self._lead()
        if seat.problem is not None:
            raise seat.problem
        if isinstance(seat.answer, Conflict):
            raise seat.answer
        return seat.answer

    def _lead(self) -> None:
        with self._guard:
            seats, self._waiting = self._waiting, []
        try:
            answers = self._commit([seat.wish for seat in seats])
            for seat, answer in zip(seats, answers, strict=True):
                seat.answer = answer
        except BaseException as problem:  # noqa: BLE001 (each waiting thread raises it itself)
            for seat in seats:
                seat.problem = problem
        finally:
            for seat in seats:
                seat.done.set()
