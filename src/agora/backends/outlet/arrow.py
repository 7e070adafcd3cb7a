"""Arrow: an IPC stream, the form that loses nothing and costs least."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from agora.backends.batches import fitted, plain
from agora.needs.engine import Answer
from agora.needs.outlet import Form, Piece

if TYPE_CHECKING:
    import pyarrow as pa

_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class ArrowOutlet:
    """An Arrow IPC stream, message by message."""

    form = Form(
        kind="arrow",
        title="Arrow",
        media="application/vnd.apache.arrow.stream",
        suffix=".arrow",
        binary=True,
        limits="a stream (`pyarrow.ipc.open_stream`), not the file format",
    )

    def encode(self, answer: Answer) -> Generator[Piece, None, None]:
        """The schema, each batch as it comes, the end."""
        schema = plain(answer.schema)
        try:
            yield schema.serialize().to_pybytes()
            yield from _messages(answer, schema)
            yield _END
        finally:
            answer.close()


def _messages(answer: Answer, schema: "pa.Schema") -> Iterator[Piece]:
    """The rows under this schema; where it is the answer's own they pass unread."""
    if schema == answer.schema:
        for message in answer.messages():
            yield message.content
    else:
        for batch in answer:
            yield memoryview(fitted(batch, schema).serialize())
