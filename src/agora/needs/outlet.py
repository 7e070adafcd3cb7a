"""The need for outlets: rows of an answer in the form somebody's own tool reads, streamed."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

from agora.model.decision import Decision
from agora.model.result import ResultColumn
from agora.needs.engine import Answer

Piece = bytes | memoryview


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form rows can leave in; `limits` says before anything is written what it cannot hold.

    `rows` is the most it holds, 0 where there is no end to it. `binary` ones are not for reading.
    """

    kind: str
    title: str
    media: str
    suffix: str
    binary: bool = False
    rows: int = 0
    limits: str = ""


class Outlet(Protocol):
    """Turns an answer into the bytes of one form."""

    @property
    def form(self) -> Form:
        """What the form is called, and what it cannot hold."""
        ...

    def encode(self, answer: Answer) -> Generator[Piece, None, None]:
        """The bytes in pieces, with memory for a piece only; whoever stops reading stops the answer.

        Values stay exact: decimals keep their digits, moments are ISO 8601 with their zone, lists
        and structs are JSON text where the form has no place for them, null is empty or null.
        Raises Exhausted before the first byte where the form cannot hold the answer.
        """
        ...


class Outlets(Protocol):
    """The outlets that are installed, by the name of their form."""

    def pick(self, kind: str) -> Outlet:
        """The outlet of that name; raises Unusable, naming those there are."""
        ...

    def kinds(self) -> tuple[str, ...]:
        """Every name, in order."""
        ...


class Pieces(Protocol):
    """Bytes on their way out, made only as fast as they are taken. Whoever has them closes them."""

    @property
    def rows(self) -> int:
        """How many rows have left so far."""
        ...

    def __iter__(self) -> Iterator[Piece]:
        """The pieces, one after the other."""
        ...

    def __next__(self) -> Piece:
        """The next piece."""
        ...

    def close(self) -> None:
        """The work behind them has ended and is recorded; harmless when repeated."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Bytes that leave, with what a door says before them: of the tables and of the answer's `columns`.

    `name` is a file's name for them.
    """

    form: Form
    name: str
    pieces: Pieces
    decisions: tuple[Decision, ...] = ()
    columns: tuple[ResultColumn, ...] = ()
