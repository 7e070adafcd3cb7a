"""Readers: a pool of warm, locked workers, each serving one reader and purpose at a time."""

import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from agora.backends.engine.duckdb.binding import binding
from agora.backends.engine.duckdb.forked import Nursery
from agora.backends.engine.duckdb.frames import BATCH, SCHEMA, WORDS, Bytes
from agora.backends.engine.duckdb.process import Start, WorkerProcess
from agora.backends.engine.duckdb.refusals import refusal
from agora.backends.engine.duckdb.turns import Turns, statements, texts
from agora.model.documents import from_document
from agora.model.errors import Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import Governed, Session
from agora.model.sqlfacts import SqlFacts
from agora.needs.engine import Begun

if TYPE_CHECKING:
    import pyarrow as pa

START_SECONDS = 60.0
"""A worker that is not there yet is no fault of a statement, whose own time begins with it."""
PARSE_SECONDS = 5.0
KNOWN_TEXTS = 256
Relations = frozenset[Governed]
Log = Callable[[str, str], None]


class _Seat:
    """A worker with what it is bound to; taken by one statement at a time."""

    def __init__(self, start: Start) -> None:
        self.process = WorkerProcess(start)
        self.process.ask({"do": "ready"}, START_SECONDS)
        self.fingerprint = ""
        self.bound: Relations = frozenset()


class DuckReaders:
    """The Readers need on DuckDB; safe for several threads."""

    def __init__(
        self, *, most: int = 8, log: Log | None = None, turns: Turns | None = None
    ) -> None:
        """Keep at most so many idle workers; `log` gets full engine errors, for the owner only.

        `turns` is how many statements run at once; reading a text is short and has its own.
        """
        self._idle: OrderedDict[tuple[str, str], list[_Seat]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], SqlFacts] = OrderedDict()
        self._most = most
        self._turns = turns or statements()
        self._texts = texts()
        self._nursery = Nursery()
        self._answers: weakref.WeakSet[DuckAnswer] = weakref.WeakSet()
        self._log = log or (lambda _reader, _detail: None)
        self._lock = threading.Lock()

    def facts(self, session: Session, sql: str) -> SqlFacts:
        """Ask the reader's own worker, once per text.

        Kept per reader: a worker that was broken into could lie, but only to its own reader.
        """
        key = (session.reader, sql)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        with self._texts.turn(session.reader):
            found = self._parsed(session, sql)
        with self._lock:
            self._known[key] = found
            while len(self._known) > KNOWN_TEXTS:
                self._known.popitem(last=False)
        return found

    def _parsed(self, session: Session, sql: str) -> SqlFacts:
        seat = self._take(session)
        try:
            words = seat.process.ask({"do": "facts", "sql": sql}, PARSE_SECONDS)
        except Exhausted:
            seat.process.close()
            raise Exhausted("the statement is too large to read", code="E432") from None
        self._give(session, seat)
        if not words["ok"]:
            return SqlFacts(error="it is too large or too deep")
        return from_document(SqlFacts, words["facts"])

    def answer(
        self,
        session: Session,
        relations: Sequence[Governed],
        sql: str,
        bounds: Bounds,
        begun: Begun | None = None,
    ) -> "DuckAnswer":
        give = self._turns.take(session.reader)
        try:
            seat = self._bound(session, frozenset(relations), bounds)
        except BaseException:
            give()
            raise
        answer = DuckAnswer(self, session, seat, sql, bounds, give)
        self._answers.add(answer)
        try:
            if begun is not None:
                begun(answer.stop)
            answer.begin()
        except BaseException:
            answer.close()
            raise
        return answer

    @property
    def running(self) -> int:
        """How many statements run now."""
        return self._turns.running

    def close(self) -> None:
        """No worker is left; whoever reads an answer hears that it is over."""
        for answer in tuple(self._answers):
            answer.stop()
        with self._lock:
            seats = [seat for kept in self._idle.values() for seat in kept]
            self._idle.clear()
        for seat in seats:
            seat.process.close()
        self._nursery.close()

    def told(self, session: Session, detail: str) -> None:
        """Pass an engine's own words to the owner's log."""
        self._log(session.reader, detail)

    def _take(self, session: Session) -> _Seat:
        key = (session.reader, session.purpose)
        with self._lock:
            kept = self._idle.pop(key, [])
            while kept:
                seat = kept.pop()
                if seat.process.alive:
                    if kept:
                        self._idle[key] = kept
                    return seat
        return _Seat(self._nursery.start)

    def give(self, session: Session, seat: _Seat) -> None:
        """Keep a worker for its reader's next statement; the longest idle one makes room."""
        self._give(session, seat)

    def _give(self, session: Session, seat: _Seat) -> None:
        if not seat.process.alive:
            seat.process.close()
            return
        key = (session.reader, session.purpose)
        surplus = []
        with self._lock:
            self._idle.setdefault(key, []).append(seat)
            self._idle.move_to_end(key)
            while sum(len(kept) for kept in self._idle.values()) > self._most:
                oldest = next(iter(self._idle))
                surplus.append(self._idle[oldest].pop(0))
                if not self._idle[oldest]:
                    del self._idle[oldest]
        for each in surplus:
            each.process.close()

    def _bound(self, session: Session, wanted: Relations, bounds: Bounds) -> _Seat:
        """A worker that holds these relations under this fingerprint, and none under another."""
        seat = self._take(session)
        if seat.fingerprint == session.fingerprint and wanted <= seat.bound:
            return seat
        union = wanted
        if seat.fingerprint == session.fingerprint:
            names = {(each.schema, each.name) for each in wanted}
            union |= {each for each in seat.bound if (each.schema, each.name) not in names}
        if seat.fingerprint:
            seat.process.close()
            seat = _Seat(self._nursery.start)
        self._bind(seat, union, bounds)
        seat.fingerprint, seat.bound = session.fingerprint, union
        return seat

    def _bind(self, seat: _Seat, relations: Relations, bounds: Bounds) -> None:
        try:
            words = seat.process.ask(binding(relations, bounds), bounds.seconds)
        except Exhausted:
            seat.process.close()
            raise
        if not words["ok"]:
            seat.process.close()
            self._log("", str(words.get("detail", "")))
            raise Unavailable(
                "the tables cannot be opened",
                code="E511",
                hint="their owners find the reason in the log",
            )


def _forgotten(seat: _Seat, give: Callable[[], None]) -> None:
    """Nobody reads an answer any more and nobody has closed it: worker and place are free."""
    give()
    seat.process.close()


class DuckAnswer:
    """A streaming answer from a worker; reading it to the end or closing it frees the worker."""

    def __init__(
        self,
        readers: DuckReaders,
        session: Session,
        seat: _Seat,
        sql: str,
        bounds: Bounds,
        give: Callable[[], None] = lambda: None,
    ) -> None:
        """Hold a bound worker for one statement, and a place that `give` gives back."""
        self._readers, self._session, self._seat = readers, session, seat
        self._sql, self._bounds = sql, bounds
        self._schema: pa.Schema | None = None
        self._give = give
        self._forgotten = weakref.finalize(self, _forgotten, seat, give)
        self._open = True
        self._ended = False
        self._ending = threading.Lock()

    @property
    def schema(self) -> "pa.Schema":
        if self._schema is None:
            raise Unavailable("the answer has no schema", code="E513")
        return self._schema

    def begin(self) -> None:
        """Send the statement and wait for its schema; raises what the statement comes to."""
        import pyarrow as pa

        command = {"do": "run", "sql": self._sql, "rows": self._bounds.rows}
        process = self._seat.process
        with process.deadline(self._bounds.seconds):
            process.send(command)
            kind, payload = process.frame()
        if kind == WORDS:
            self._finish(payload)
        elif kind == SCHEMA:
            self._schema = pa.ipc.read_schema(pa.py_buffer(payload))

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa

        while self._open and not self._ended:
            try:
                with self._seat.process.deadline(self._bounds.seconds):
                    kind, payload = self._seat.process.frame()
            except Exhausted:
                self.close()
                raise
            if kind == BATCH:
                yield pa.ipc.read_record_batch(pa.py_buffer(payload), self.schema)
            else:
                self._finish(payload)

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._ended:
            self._readers.give(self._session, self._seat)
        else:
            self._seat.process.close()
        self._forgotten.detach()
        self._give()

    def stop(self) -> None:
        """End the statement from another thread; who reads the answer hears that it is over."""
        with self._ending:
            if self._open and not self._ended:
                self._seat.process.kill()

    def _finish(self, payload: Bytes) -> None:
        words = json.loads(payload)
        with self._ending:
            self._ended = True
        self._give()
        if words["ok"] and words.get("more"):
            self.close()
            raise Exhausted(
                f"the answer has more than {self._bounds.rows:,} rows",
                code="E433",
                hint="narrow it with WHERE or LIMIT",
            )
        if not words["ok"]:
            self._readers.told(self._session, str(words.get("detail", "")))
            self.close()
            raise refusal(str(words["error"]), str(words.get("detail", "")), self._sql)
