"""Readers: a pool of warm, locked workers, each serving one reader and purpose at a time."""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from agora.backends.engine.duckdb.answer import DuckAnswer
from agora.backends.engine.duckdb.binding import binding
from agora.backends.engine.duckdb.forked import nursery
from agora.backends.engine.duckdb.process import WorkerProcess
from agora.backends.engine.duckdb.turns import Turns, statements, texts
from agora.model.documents import from_document
from agora.model.errors import Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import Governed, Session
from agora.model.result import unfinished
from agora.model.sqlfacts import SqlFacts
from agora.needs.engine import Begun

START_SECONDS = 60.0
"""A worker that is not there yet is no fault of a statement, whose own time begins with it."""
PARSE_SECONDS = 5.0
KNOWN_TEXTS = 256
Relations = frozenset[Governed]
Log = Callable[[str, str], None]


class _Seat:
    """A worker with what it is bound to; taken by one statement at a time."""

    def __init__(self) -> None:
        self.process = WorkerProcess(nursery().start)
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
        self._answers: weakref.WeakSet[DuckAnswer] = weakref.WeakSet()
        self._log = log or (lambda _reader, _detail: None)
        self._lock = threading.Lock()
        self._open = True

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
    ) -> DuckAnswer:
        give = self._turns.take(session.reader)
        try:
            seat = self._bound(session, frozenset(relations), bounds)
        except BaseException:
            give()
            raise
        answer = DuckAnswer(
            seat.process,
            sql,
            bounds,
            keep=partial(self._give, session, seat),
            told=partial(self._log, session.reader),
            give=give,
        )
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
            answer.stop(unfinished())
        with self._lock:
            self._open = False
            seats = [seat for kept in self._idle.values() for seat in kept]
            self._idle.clear()
        for seat in seats:
            seat.process.close()

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
                seat.process.close()
        return _Seat()

    def _give(self, session: Session, seat: _Seat) -> None:
        """Keep a worker for its reader's next statement, unless there will be none.

        The longest idle one makes room.
        """
        if not seat.process.alive:
            seat.process.close()
            return
        key = (session.reader, session.purpose)
        surplus = []
        with self._lock:
            self._idle.setdefault(key, []).append(seat)
            self._idle.move_to_end(key)
            while sum(map(len, self._idle.values())) > (self._most if self._open else 0):
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
            seat = _Seat()
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
