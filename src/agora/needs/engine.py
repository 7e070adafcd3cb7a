"""The need for engines: SQL over exactly the relations they are given, with limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from agora.model.errors import AgoraError
from agora.model.mesh import Bounds
from agora.model.relation import Governed, RawFile, Session
from agora.model.release import DataFile, ReleasedColumn
from agora.model.script import Script
from agora.model.sqlfacts import SqlFacts

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A batch as an Arrow stream carries it, to be passed on unread, and how many rows are in it."""

    num_rows: int
    content: memoryview


class Counted(Protocol):
    """Rows that know how many they are: a batch, or a message."""

    @property
    def num_rows(self) -> int:
        """How many."""
        ...


Part = TypeVar("Part", bound=Counted)


class Answer(Protocol):
    """A result that streams: the schema is known before the first batch; closing stops the work."""

    @property
    def schema(self) -> "pa.Schema":
        """Column names and types of the answer."""
        ...

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        """The batches, each up to 65,536 rows; raises Exhausted or Refused with a code only."""
        ...

    def messages(self) -> Iterator[Message]:
        """The same batches as the messages of an Arrow stream; who reads these reads no batches.

        An engine that sends such messages has them passed on as they are.
        """
        for batch in self:
            yield Message(num_rows=batch.num_rows, content=memoryview(batch.serialize()))

    def close(self) -> None:
        """Stop the statement if it still runs and give the worker back; harmless when repeated."""
        ...


Stop = Callable[[AgoraError], None]
"""Ends a statement from another thread; whoever reads its answer hears this error."""
Begun = Callable[[Stop], None]


class Readers(Protocol):
    """Warm, locked worker processes, each serving one reader and purpose at a time."""

    def facts(self, session: Session, sql: str) -> SqlFacts:
        """What the engine's own parser says of this text; raises Exhausted for parse bombs.

        Only `reader` and `purpose` of the session count here: the text is parsed in a process that
        serves this reader alone.
        """
        ...

    def answer(
        self,
        session: Session,
        relations: Sequence[Governed],
        sql: str,
        bounds: Bounds,
        begun: Begun | None = None,
    ) -> Answer:
        """Run one judged SELECT over exactly these relations.

        `begun` is told, before the engine is asked, what stops the statement from another thread.

        A session whose fingerprint differs from the worker's gets a new process. Raises Refused for
        statements that fail (codes and neutral sentences only, no values, no paths), Exhausted for
        limits, Unavailable when no worker can start.
        """
        ...

    def close(self) -> None:
        """Every worker is gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Files written for one port, in field-id order, and the folder they are in."""

    files: tuple[DataFile, ...]


class Bench(Protocol):
    """An engine session of one run: its own sources and inputs in, Parquet files out."""

    def facts(self, sql: str) -> SqlFacts:
        """What the engine's parser says of a step's text."""
        ...

    def columns(self, relation: str) -> tuple[tuple[str, str], ...]:
        """Names and SQL types of a relation or step; raises Broken naming what does not bind."""
        ...

    def feed(self, name: str, files: Sequence[str], absent: Sequence[tuple[str, str]] = ()) -> None:
        """The source `name` holds exactly these Parquet files from now on.

        `absent` are columns (name, type) it does not bring, which are null.
        """
        ...

    def step(self, name: str, sql: str, *, keep: bool) -> None:
        """A relation `name` with this SELECT, instead of one of that name; `keep` makes it a table.

        Raises Broken with the engine's sentence and place when the step does not run.
        """
        ...

    def call(self, name: str, script: Script, file: str) -> None:
        """A relation `name` with what the author's function makes of the relations it names.

        The function runs in a process of its own that reaches nothing but those rows. Raises Broken
        with the place in `file`, the exception's type and, as the hint, its own words; Exhausted for
        limits; Unavailable where nothing would keep such a process in.
        """
        ...

    def write(
        self, select: str, columns: Sequence[ReleasedColumn], folder: str, stem: str
    ) -> Written:
        """The rows of `select`, cast to exactly these columns, as Parquet with field ids.

        Raises Broken when a value does not fit its type (column named, value not shown).
        """
        ...

    def attach(
        self, name: str, files: Sequence[DataFile], columns: Sequence[ReleasedColumn]
    ) -> None:
        """A relation `name` over exactly these written files, instead of one of that name."""
        ...

    def rows(self, sql: str) -> tuple[Mapping[str, object], ...]:
        """The few rows of an aggregate or sample statement; raises Broken when it does not run."""
        ...


class Benches(Protocol):
    """Opens a bench in a process of its own, with memory limits."""

    def open(
        self,
        raw: Sequence[RawFile],
        inputs: Sequence[Governed],
        *,
        writable: Sequence[str],
        scratch: str,
        bounds: Bounds,
        readable: Sequence[str] = (),
    ) -> AbstractContextManager[Bench]:
        """A bench that can read these files and write below the writable folders, nothing else.

        `readable` are further files it may attach, such as those of the release it builds on.
        """
        ...
