"""Rows of an answer in the form somebody asked for, streamed; a file is whole or not there."""

import contextlib
import json
import os
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from agora.cli.answers.tables import legible, line_width, table
from agora.cli.answers.terminal import count, safe, say, tell
from agora.model.documents import to_document
from agora.model.errors import Unavailable, Unusable
from agora.needs.engine import Answer

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("table", "csv", "json", "parquet", "arrow")
SUFFIXES = {
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
}
BINARY = ("parquet", "arrow")
SHOWN = 50


def chosen(wanted: str, output: str) -> str:
    """The format that was named, or the one the file's name ends in, or a table."""
    found = (
        wanted or SUFFIXES.get(Path(output).suffix.lower(), "") or ("csv" if output else "table")
    )
    if found not in FORMATS:
        names = ", ".join(f"`{name}`" for name in FORMATS)
        raise Unusable(f"there is no format `{found}`", code="E022", hint=f"use one of {names}")
    if found in BINARY and not output and sys.stdout.isatty():
        raise Unusable(f"`{found}` is not for reading", code="E023", hint="name a file with `-o`")
    return found


def write(answer: Answer, form: str, output: str, *, screen: int = SHOWN) -> int:
    """Stream the rows to a file or to standard output; give how many there were.

    A table has at most `screen` of them.
    """
    if not output:
        if form == "table":
            return _table(answer, screen)
        return _encode(answer, form, sys.stdout.buffer)
    with _whole(Path(output)) as file:
        rows = _encode(answer, "csv" if form == "table" else form, file)
    tell(f"wrote {count(rows, 'row')} to {output}")
    return rows


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name only when everything in it has been written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-")
    except OSError as problem:
        raise Unavailable(
            f"`{path}` cannot be written", code="E024", hint=problem.strerror or ""
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o666 & ~_mask())
        Path(name).replace(path)
    except OSError as problem:
        raise Unavailable(
            f"`{path}` cannot be written", code="E024", hint=problem.strerror or ""
        ) from None
    finally:
        Path(name).unlink(missing_ok=True)


def _mask() -> int:
    """What new files of this process may not allow: an exported file is like any other."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _encode(answer: Answer, form: str, file: IO[bytes]) -> int:
    if form == "json":
        return _json(answer, file)
    import pyarrow as pa
    from pyarrow import csv, parquet

    rows = 0
    makers: dict[str, Any] = {
        "csv": lambda: csv.CSVWriter(file, _flattened(answer.schema)),
        "parquet": lambda: parquet.ParquetWriter(file, answer.schema, compression="zstd"),
        "arrow": lambda: pa.ipc.new_stream(file, answer.schema),
    }
    with makers[form]() as writer:
        for batch in answer:
            rows += batch.num_rows
            writer.write_batch(batch) if form != "csv" else writer.write(_flat(batch))
    return rows


def _flat(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Lists and structs as JSON text: CSV has no other way to hold them."""
    import pyarrow as pa

    if not any(pa.types.is_nested(field.type) for field in batch.schema):
        return batch
    arrays = [
        pa.array([None if v is None else _cell(v) for v in column.to_pylist()], pa.string())
        if pa.types.is_nested(column.type)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _flattened(schema: "pa.Schema") -> "pa.Schema":
    import pyarrow as pa

    nested = pa.types.is_nested
    return pa.schema([(f.name, pa.string() if nested(f.type) else f.type) for f in schema])


def _json(answer: Answer, file: IO[bytes]) -> int:
    rows = 0
    for batch in answer:
        for row in batch.to_pylist():
            file.write(json.dumps(_plain(row), ensure_ascii=False).encode() + b"\n")
        rows += batch.num_rows
    file.flush()
    return rows


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float():
            return value if value - value == 0 else str(value)
        case bytes():
            return value.hex()
        case Decimal() if value.as_tuple().exponent == 0:
            return int(value)
    try:
        return to_document(value)
    except TypeError:
        return str(value)


def _table(answer: Answer, screen: int) -> int:
    """A screenful, and whether there is more."""
    kept: list[dict[str, Any]] = []
    more = False
    for batch in answer:
        kept += batch.slice(0, screen + 1 - len(kept)).to_pylist()
        if len(kept) > screen:
            more = True
            break
    answer.close()
    names = answer.schema.names
    right = [_is_number(field.type) for field in answer.schema]
    cells = [[_cell(row[name]) for name in names] for row in kept[:screen]]
    fits = legible(names, cells, right, line_width())
    say(
        table(
            names[:fits],
            [row[:fits] for row in cells],
            right=right[:fits],
            whole=_whole_ones(right),
        )
    )
    words = (
        f"the first {screen} rows; more with --format csv or -o FILE"
        if more
        else count(len(cells), "row")
    )
    say(f"({words})")
    if names[fits:]:
        left = f"{count(len(names) - fits, 'more column')} in a wider terminal: {', '.join(names[fits:])}"
        say(safe(textwrap.fill(f"({left})", max(line_width(), 20), break_on_hyphens=False)))
    return len(cells)


def _whole_ones(right: Sequence[bool]) -> list[int]:
    """A number without its last digits is another number."""
    return [place for place, number in enumerate(right) if number]


def _is_number(of: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(of) or pa.types.is_floating(of) or pa.types.is_decimal(of))


def _cell(value: Any) -> str:
    if value is None:
        return "·"
    if isinstance(value, dict | list):
        return json.dumps(_plain(value), ensure_ascii=False)
    return str(value)
