"""Leaving: rows on their way out in the form of somebody's own tool, recorded however it ends."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agora.model.errors import AgoraError, Cancelled, Exhausted
from agora.model.ledger import Event
from agora.model.people import Actor
from agora.needs.engine import Answer, Message, Part
from agora.needs.house import House
from agora.needs.outlet import Form, Outlet, Piece
from agora.passage.recording import COMPLETE, STOPPED

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What leaves: of which tables, for which purpose, and what the ledger calls the statement."""

    subject: str
    purpose: str
    statement: str
    result: str = ""


class Leaving:
    """The bytes in pieces. Whoever opened them closes them: the work ends then, and is recorded."""

    def __init__(
        self, house: House, who: Actor, outlet: Outlet, answer: Answer, about: About
    ) -> None:
        """The first piece is made: what an answer cannot be comes up before anything has left."""
        self._house, self._who, self._about = house, who, about
        self._form = outlet.form
        self._counted = _Counted(answer)
        self._made = outlet.encode(self._counted)
        self._open = True
        self._guard = threading.Lock()
        self._first: Piece | None = self._next()

    @property
    def rows(self) -> int:
        """How many rows have left so far."""
        return self._counted.rows

    def __iter__(self) -> Iterator[Piece]:
        return self

    def __next__(self) -> Piece:
        with self._guard:
            piece, self._first = self._first, None
            found = self._next() if piece is None else piece
        if found is None:
            raise StopIteration
        return found

    def close(self) -> None:
        """The work has ended and is recorded; harmless when repeated, waits for a piece in the making."""
        with self._guard:
            self._made.close()
            self._counted.close()
            self._end(STOPPED)

    def _next(self) -> Piece | None:
        try:
            piece = next(self._made, None)
        except BaseException as problem:
            self._counted.close()
            self._end(_outcome(problem))
            raise
        if piece is None:
            self._counted.close()
            self._end(COMPLETE)
        return piece

    def _end(self, outcome: str) -> None:
        if not self._open:
            return
        self._open = False
        about = self._about
        facts = (
            ("format", self._form.kind),
            ("rows", self._counted.rows),
            ("outcome", outcome),
            ("statement", about.statement),
        )
        entry = self._house.entry(
            self._who,
            Event.EXPORTED,
            subject=about.subject,
            purpose=about.purpose,
            facts=(*facts, ("result", about.result)) if about.result else facts,
        )
        self._house.store.commit((), (entry,))


def demand_room(form: Form, rows: int) -> None:
    """The form holds so many rows; raises Exhausted with what does."""
    if form.rows and rows > form.rows:
        raise Exhausted(
            f"{rows:,} rows do not fit: `{form.kind}` holds {form.rows:,}",
            code="E680",
            hint="narrow it with WHERE or LIMIT, or choose `csv` or `parquet`",
        )


def _outcome(problem: BaseException) -> str:
    """As a query's end is told: whoever went away was refused nothing."""
    if isinstance(problem, Cancelled):
        return STOPPED
    return problem.code_shown if isinstance(problem, AgoraError) else "failed"


class _Counted:
    """An answer that counts its rows."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.rows = 0

    @property
    def schema(self) -> "pa.Schema":
        return self._answer.schema

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        yield from self._passing(self._answer)

    def messages(self) -> Iterator[Message]:
        yield from self._passing(self._answer.messages())

    def _passing(self, parts: Iterable[Part]) -> Iterator[Part]:
        for part in parts:
            self.rows += part.num_rows
            yield part

    def close(self) -> None:
        self._answer.close()
