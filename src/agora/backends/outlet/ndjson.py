"""NDJSON and JSON: an object for each row, on lines of their own or in one array."""

import json
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from agora.backends.batches import fitted, plain
from agora.backends.outlet.texts import ROWS, joined, json_text, scalar
from agora.needs.engine import Answer
from agora.needs.outlet import Form

if TYPE_CHECKING:
    import pyarrow as pa

_BETWEEN = ",\n"
_EXACT = "decimals with digits behind the point are texts, so that no digit is lost"


class NdjsonOutlet:
    """One JSON object per line."""

    form = Form(
        kind="ndjson",
        title="JSON lines",
        media="application/x-ndjson",
        suffix=".ndjson",
        limits=_EXACT,
    )

    def encode(self, answer: Answer) -> Generator[bytes, None, None]:
        """Every row, then a line's end."""
        try:
            yield from (objects(batch, "", "\n") for batch in _small(answer))
        finally:
            answer.close()


class JsonOutlet:
    """One JSON array of objects."""

    form = Form(kind="json", title="JSON", media="application/json", suffix=".json", limits=_EXACT)

    def encode(self, answer: Answer) -> Generator[bytes, None, None]:
        """The array opens with the first rows; the first one has no comma before it."""
        try:
            opening = b"["
            for batch in _small(answer):
                rows = objects(batch, _BETWEEN, "")
                yield opening + rows[len(_BETWEEN) :] if opening else rows
                opening = b""
            yield opening + b"]\n"
        finally:
            answer.close()


def objects(batch: "pa.RecordBatch", before: str, after: str) -> bytes:
    """The rows as JSON objects, each with these texts around it."""
    parts: list[pa.Array | pa.Scalar] = []
    opening = before + "{"
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        parts += [scalar(f"{opening}{json.dumps(name, ensure_ascii=False)}: "), json_text(column)]
        opening = ", "
    return joined([*parts, scalar("}" + after)])


def _small(answer: Answer) -> "Iterator[pa.RecordBatch]":
    """The rows that are there, few at a time."""
    schema = plain(answer.schema)
    for batch in answer:
        for start in range(0, batch.num_rows, ROWS):
            yield fitted(batch.slice(start, ROWS), schema)
