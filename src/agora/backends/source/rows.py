"""Rows from row-by-row sources, written to Parquet in bounded batches."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

BATCH = 20_000


def write_text(header: Sequence[str], rows: Iterable[Sequence[str | None]], folder: str) -> str:
    """One Parquet file of text columns; holds one batch in memory at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, pa.string()) for name in header])
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = str(Path(folder) / "rows.parquet")
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            columns = list(zip(*batch, strict=True)) or [() for _ in header]
            arrays = [pa.array(column, pa.string()) for column in columns]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return path


def _batches(rows: Iterable[Sequence[str | None]]) -> Iterator[list[Sequence[str | None]]]:
    held = iter(rows)
    while batch := list(islice(held, BATCH)):
        yield batch
