"""What every database offers a source: its columns, and rows as Arrow batches of one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Protocol

from agora.model.errors import Invalid, Unavailable

if TYPE_CHECKING:
    import pyarrow as pa

FETCH = 20_000
SECONDS = 3600
Turned = Mapping[int, Callable[[object], object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a query: its Arrow type, and the expression that fetches it in that type."""

    name: str
    type: "pa.DataType"
    expression: str
    native: str = ""


class Database(Protocol):
    """One read-only transaction that sees one state of the database."""

    dialect: str

    def quoted(self, name: str) -> str:
        """A name as this database quotes it."""
        ...

    def columns(self, query: str) -> tuple[Column, ...]:
        """The columns of a query; raises Invalid for a type that cannot be kept."""
        ...

    def key(self, table: str) -> tuple[str, ...]:
        """The columns of the table's primary key, or none."""
        ...

    def text(self, expression: str, of: Column) -> str:
        """The SQL that gives a value as the text in which a mark is kept."""
        ...

    def literal(self, mark: str, of: Column) -> str:
        """A mark as a literal of the column's type; raises Invalid for what is none."""
        ...

    def one(self, query: str) -> str | None:
        """The single value of a query, as text."""
        ...

    def batches(self, query: str, columns: Sequence[Column]) -> "Iterator[pa.RecordBatch]":
        """The rows, a bounded number at a time."""
        ...

    def close(self) -> None:
        """The transaction and the connection are over."""
        ...


def batch(
    rows: Sequence[Sequence[object]], columns: Sequence[Column], turned: Turned
) -> "pa.RecordBatch":
    """Rows of Python values as one Arrow batch; raises Invalid naming the column that does not fit.

    `turned` puts the values of some columns into words that are read as their type.
    """
    import pyarrow as pa

    values: list[Sequence[object]] = list(zip(*rows, strict=True)) or [() for _ in columns]
    arrays = []
    for place, of in enumerate(columns):
        held, turn = values[place], turned.get(place)
        try:
            put = [None if v is None else turn(v) for v in held] if turn else held
        except ValueError:
            raise misfit(of) from None
        arrays.append(array(put, of))
    return pa.RecordBatch.from_arrays(arrays, schema=schema(columns))


def array(values: Sequence[object], of: Column) -> "pa.Array":
    """One column of values in its type; texts are read as what they are declared to be."""
    import pyarrow as pa

    try:
        if pa.types.is_time(of.type):
            held = (None if each is None else time.fromisoformat(str(each)) for each in values)
            return pa.array(held, of.type)
        if not _through_text(of.type):
            return pa.array(values, of.type)
        return pa.array(values, pa.string()).cast(of.type)
    except (pa.ArrowException, ValueError, TypeError, OverflowError, ArithmeticError):
        raise misfit(of) from None


def _through_text(of: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_decimal(of) or pa.types.is_temporal(of))


def schema(columns: Sequence[Column]) -> "pa.Schema":
    """The Arrow schema of these columns."""
    import pyarrow as pa

    return pa.schema([(column.name, column.type) for column in columns])


def misfit(of: Column) -> Invalid:
    """A value that its own column cannot hold; the value itself is not told."""
    return Invalid(
        f"column `{of.name}`: a value is no {of.native or of.type}",
        code="E356",
        hint="correct it in the database, or cast the column in a `query`",
    )


def unkept(name: str, native: str) -> Invalid:
    """A type that has no counterpart here."""
    return Invalid(
        f"column `{name}`: the type `{native}` cannot be kept",
        code="E355",
        hint="leave the column out, or cast it in a `query`, for example to text",
    )


def silent(place: str) -> Unavailable:
    """The server cannot be reached."""
    return Unavailable(
        f"{place} does not answer",
        code="E351",
        hint="is its server running, and its address right?",
    )


def closed_door(place: str) -> Unavailable:
    """The server does not accept who asks."""
    return Unavailable(
        f"{place} lets nobody in", code="E352", hint="check the user and the password of its `url`"
    )


def unanswered(words: str) -> Invalid:
    """The database understands the address, but not the question."""
    told = f": {words.splitlines()[0].strip()}" if words.strip() else ""
    return Invalid(
        f"the database does not answer the question{told}",
        code="E354",
        hint="check `table`, `query` and `watermark`, and what this user may read",
    )
