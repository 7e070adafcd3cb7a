"""Rows written to Parquet in bounded batches, equal bytes for equal rows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
GROUP = 131_072


def write_text(header: Sequence[str], rows: Iterable[Sequence[str | None]], folder: str) -> str:
    """One Parquet file of text columns; holds one batch in memory at a time.

    A folder belongs to one delivery: what was written there once is not written again.
    """
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, pa.string()) for name in header])
    Path(folder).mkdir(parents=True, exist_ok=True)
    path, whole = Path(folder) / "rows.part", Path(folder) / "rows.parquet"
    if whole.exists():
        return str(whole)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            columns = list(zip(*batch, strict=True)) or [() for _ in header]
            arrays = [pa.array(column, pa.string()) for column in columns]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    path.rename(whole)
    return str(whole)


def _batches(rows: Iterable[Sequence[str | None]]) -> Iterator[list[Sequence[str | None]]]:
    held = iter(rows)
    while batch := list(islice(held, BATCH)):
        yield batch


def write(path: str, schema: "pa.Schema", batches: "Iterable[pa.RecordBatch]") -> int:
    """One Parquet file of these rows in even groups, equal bytes for equal rows; how many there are."""
    from pyarrow import parquet

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in even(schema, batches):
            writer.write_table(table, row_group_size=GROUP)
            rows += table.num_rows
    return rows


def even(schema: "pa.Schema", batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.Table]":
    """The same rows in tables of one size, however they came."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        while count >= GROUP:
            table = pa.Table.from_batches(held, schema)
            yield table.slice(0, GROUP)
            held, count = table.slice(GROUP).to_batches(), count - GROUP
    if count:
        yield pa.Table.from_batches(held, schema)
