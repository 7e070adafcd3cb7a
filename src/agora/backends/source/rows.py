"""Rows from row-by-row sources, written to Parquet in bounded batches."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

BATCH = 20_000


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
