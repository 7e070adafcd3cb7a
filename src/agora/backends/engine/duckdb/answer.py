"""The answer of a worker: it streams, and is counted here whatever the worker says of it."""

import json
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from agora.backends.engine.duckdb.frames import BATCH, SCHEMA, WORDS, Bytes
from agora.backends.engine.duckdb.process import WorkerProcess
from agora.backends.engine.duckdb.refusals import refusal
from agora.model.errors import AgoraError, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.needs.engine import Message

if TYPE_CHECKING:
    import pyarrow as pa


class DuckAnswer:
    """A streaming answer from a worker; reading it to the end or closing it frees the worker."""

    def __init__(
        self,
        process: WorkerProcess,
        sql: str,
        bounds: Bounds,
        *,
        keep: Callable[[], None],
        told: Callable[[str], None],
        give: Callable[[], None] = lambda: None,
    ) -> None:
        """Hold a bound worker for one statement, and a place that `give` gives back.

        `keep` has the worker kept for the next statement; `told` hears what the engine says.
        """
        self._process, self._sql, self._bounds = process, sql, bounds
        self._keep, self._told, self._give = keep, told, give
        self._schema: pa.Schema | None = None
        self._forgotten = weakref.finalize(self, _forgotten, process, give)
        self._rows = 0
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
        with self._process.deadline(self._bounds.seconds):
            self._process.send(command)
            kind, payload = self._process.frame()
        if kind == WORDS:
            self._finish(payload)
        elif kind == SCHEMA:
            self._schema = pa.ipc.read_schema(pa.py_buffer(payload))

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        for batch, _ in self._arriving():
            yield batch

    def messages(self) -> Iterator[Message]:
        for batch, content in self._arriving():
            yield Message(num_rows=batch.num_rows, content=memoryview(content))

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._ended:
            self._keep()
        else:
            self._process.close()
        self._forgotten.detach()
        self._give()

    def stop(self, why: AgoraError) -> None:
        """End the statement from another thread; whoever reads the answer hears this."""
        with self._ending:
            if self._open and not self._ended:
                self._process.kill(why)

    def _arriving(self) -> "Iterator[tuple[pa.RecordBatch, Bytes]]":
        """Each batch, whose columns lie in the bytes it came in."""
        while self._open and not self._ended:
            try:
                with self._process.deadline(self._bounds.seconds):
                    kind, payload = self._process.frame()
            except AgoraError:
                self.close()
                raise
            if kind == BATCH:
                yield self._counted(payload), payload
            else:
                self._finish(payload)

    def _counted(self, payload: Bytes) -> "pa.RecordBatch":
        """The one batch of a message, within the bound.

        A message may leave unread, so nothing may stand behind the batch that nobody counts.
        """
        import pyarrow as pa

        stream = pa.BufferReader(payload)
        try:
            batch = pa.ipc.read_record_batch(pa.ipc.read_message(stream), self.schema)
        except (pa.ArrowException, OSError, EOFError):
            batch = None
        if batch is None or stream.tell() != len(payload):
            self.close()
            raise Unavailable("the engine answers what nobody can read", code="E513")
        self._rows += batch.num_rows
        if self._rows > self._bounds.rows:
            self.close()
            raise self._too_many()
        return batch

    def _finish(self, payload: Bytes) -> None:
        words = json.loads(bytes(payload))
        with self._ending:
            self._ended = True
        self._give()
        if words["ok"] and words.get("more"):
            self.close()
            raise self._too_many()
        if not words["ok"]:
            self._told(str(words.get("detail", "")))
            self.close()
            raise refusal(str(words["error"]), str(words.get("detail", "")), self._sql)

    def _too_many(self) -> Exhausted:
        return Exhausted(
            f"the answer has more than {self._bounds.rows:,} rows",
            code="E433",
            hint="narrow it with WHERE or LIMIT",
        )


def _forgotten(process: WorkerProcess, give: Callable[[], None]) -> None:
    """Nobody reads an answer any more and nobody has closed it: worker and place are free."""
    give()
    process.close()
