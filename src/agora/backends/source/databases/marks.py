"""Watermarks: how far a source was read, and which rows at the last mark are new."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from agora.backends.databases.reading import Column
from agora.model.errors import Exhausted, Invalid
from agora.model.product import SourceSpec

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 1_000_000


def column(spec: SourceSpec, columns: Sequence[Column]) -> Column:
    """The watermark's column; raises Invalid when it is not there or does not order rows exactly."""
    import pyarrow as pa

    name = str(spec.option("watermark"))
    found = next((each for each in columns if each.name == name), None)
    if found is None:
        listed = ", ".join(f"`{each.name}`" for each in columns[:20])
        raise Invalid(
            f"source `{spec.name}`: there is no column `{name}` to be the watermark",
            code="E359",
            hint=f"there are {listed}",
        )
    kinds = (pa.types.is_floating, pa.types.is_boolean, pa.types.is_binary)
    if any(is_kind(found.type) for is_kind in kinds):
        raise Invalid(
            f"source `{spec.name}`: `{name}` cannot be the watermark, its values are not exact marks",
            code="E359",
            hint="use a number that only grows, a date or a time",
        )
    return found


def fresh(
    spec: SourceSpec, mark: Column, rows: "Iterable[pa.RecordBatch]", before: Sequence[str]
) -> "Iterator[pa.RecordBatch]":
    """The rows at the last mark without those that were delivered, each taken out as often as it came.

    Holds the rows of one mark; raises Exhausted when there are too many.
    """
    import pyarrow as pa

    held = list(_few(spec, rows))
    if not held:
        return
    table = pa.Table.from_batches(held)
    values = table[mark.name].unique()
    delivered = Counter(_delivered(before, mark.name, values))
    keep = []
    for row in _rows(table):
        keep.append(delivered[row] == 0)
        delivered[row] -= delivered[row] > 0
    yield from table.filter(pa.array(keep, pa.bool_())).to_batches()


def _few(spec: SourceSpec, rows: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    count = 0
    for batch in rows:
        count += batch.num_rows
        if count > MOST:
            raise Exhausted(
                f"source `{spec.name}`: more than {MOST:,} rows bear the last mark",
                code="E358",
                hint="choose a finer watermark, such as a time instead of a day",
            )
        yield batch


def _delivered(paths: Sequence[str], name: str, values: Any) -> Iterator[tuple[object, ...]]:
    import pyarrow as pa
    from pyarrow import compute, parquet

    for path in paths:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches():
                at = compute.is_in(batch.column(name), value_set=values)
                yield from _rows(pa.Table.from_batches([batch.filter(at)]))


def _rows(table: "pa.Table") -> Iterator[tuple[object, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(held.to_pylist() for held in batch.columns), strict=True)
