"""Rows from elsewhere: fetched once they are wanted, in the form of one's own tool."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agora.client.calls import Calls
from agora.client.shown import grid
from agora.model.errors import Unavailable

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

SHOWN = 10


class Answer:
    """The rows of a question; asked once, kept afterwards. `batches` never keeps them."""

    def __init__(self, calls: Calls, body: Mapping[str, Any]) -> None:
        """Nothing is asked yet."""
        self._calls, self._body = calls, body
        self._table: pa.Table | None = None
        self._masked: Mapping[str, Sequence[str]] = {}

    def __repr__(self) -> str:
        return f"<Answer to {self._body['sql']!r}>"

    def __len__(self) -> int:
        return int(self.to_arrow().num_rows)

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """The rows while they arrive; whoever stops early stops the work over there."""
        import pyarrow as pa  # noqa: PLC0415 (a script that only lists products needs none of it)

        with self._calls.rows(self._body) as answer, _whole(self._calls.url):
            stream = pa.ipc.open_stream(Reader(answer.iter_bytes()))
            yield from stream

    @property
    def masked(self) -> Mapping[str, Sequence[str]]:
        """The columns that are masked for oneself, each with the rules that mask it."""
        self.to_arrow()
        return self._masked

    def to_arrow(self) -> "pa.Table":
        """All rows as an Arrow table."""
        import pyarrow as pa  # noqa: PLC0415

        if self._table is None:
            with self._calls.rows(self._body) as answer, _whole(self._calls.url):
                self._masked = json.loads(answer.headers.get("agora-masked", "{}"))
                stream = pa.ipc.open_stream(Reader(answer.iter_bytes()))
                self._table = stream.read_all()
        return self._table

    def to_pandas(self) -> Any:
        """All rows as a pandas frame."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> "pl.DataFrame":
        """All rows as a polars frame."""
        import polars as pl  # noqa: PLC0415

        found = pl.from_arrow(self.to_arrow())
        assert isinstance(found, pl.DataFrame)
        return found

    def to_pylist(self) -> list[dict[str, Any]]:
        """All rows as dictionaries."""
        found: list[dict[str, Any]] = self.to_arrow().to_pylist()
        return found

    def _repr_html_(self) -> str:
        table = self.to_arrow()
        columns = [column.to_pylist() for column in table.slice(0, SHOWN).columns]
        more = f"{table.num_rows:,} rows" if table.num_rows != 1 else "1 row"
        notes = [f"{name} is masked: {'; '.join(why)}" for name, why in self.masked.items()]
        return grid(table.column_names, list(zip(*columns, strict=True)), more, notes)


@contextmanager
def _whole(url: str) -> Iterator[None]:
    """Rows that are no rows are an answer that was broken off."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        yield
    except pa.ArrowInvalid as cause:
        raise Unavailable(
            f"`{url}` broke off its answer", code="E722", hint="ask again; what came is not whole"
        ) from cause


class Reader:
    """Bytes that arrive in pieces, as a file that can be read."""

    closed = False

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Read these."""
        self._pieces, self._kept = pieces, memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end."""
        if size < 0:
            return b"".join((self._taken(len(self._kept)), *self._pieces))
        return bytes(self.read_buffer(size))

    def read_buffer(self, size: int) -> memoryview:
        """The same as memory that Arrow keeps its columns in, so that nothing is copied again."""
        whole = memoryview(bytearray(size))
        held = 0
        while held < size:
            if not self._kept:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._kept = memoryview(piece)
            part = self._taken(size - held)
            whole[held : held + len(part)] = part
            held += len(part)
        return whole[:held]

    def _taken(self, size: int) -> memoryview:
        """At most so many bytes of the piece at hand."""
        part, self._kept = self._kept[:size], self._kept[size:]
        return part

    def close(self) -> None:
        """Nothing is read any more."""

    def readable(self) -> bool:
        """It is."""
        return True

    def writable(self) -> bool:
        """It is not."""
        return False

    def seekable(self) -> bool:
        """It is not: bytes come once."""
        return False
