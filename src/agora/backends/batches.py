"""Batches: rows as they come from an engine, in types every form knows and in pieces of one size."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def plain(schema: "pa.Schema") -> "pa.Schema":
    """The schema without types only few tools read, and with each name once.

    Enumerations and intervals become text; the second column `a` is called `a_2`.
    """
    import pyarrow as pa

    names = _once(schema.names)
    return pa.schema([(name, _plain(f.type)) for name, f in zip(names, schema, strict=True)])


def fitted(batch: "pa.RecordBatch", schema: "pa.Schema") -> "pa.RecordBatch":
    """The batch with the types of its plain schema."""
    import pyarrow as pa

    if batch.schema == schema:
        return batch
    pairs = zip(batch.columns, schema, strict=True)
    return pa.RecordBatch.from_arrays([_fit(c, f.type) for c, f in pairs], schema=schema)


def gathered(batches: "Iterable[pa.RecordBatch]", rows: int) -> "Iterator[pa.Table]":
    """The same rows in tables of exactly so many; the last one may have fewer, none is empty."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        start = 0
        while count + batch.num_rows - start >= rows:
            held.append(batch.slice(start, rows - count))
            start += rows - count
            yield pa.Table.from_batches(held)
            held, count = [], 0
        if start < batch.num_rows:
            held.append(batch.slice(start))
            count += batch.num_rows - start
    if held:
        yield pa.Table.from_batches(held)


def _once(names: Sequence[str]) -> Iterator[str]:
    """The names in their order, a repeated one with the first number that makes it another."""
    given, seen = set(names), set[str]()
    for name in names:
        found, number = name, 2
        while found in seen or (found != name and found in given):
            found, number = f"{name}_{number}", number + 1
        seen.add(found)
        yield found


def _plain(of: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    if isinstance(of, pa.BaseExtensionType):
        return _plain(of.storage_type)
    if pa.types.is_dictionary(of):
        return _plain(of.value_type)
    return pa.string() if pa.types.is_interval(of) else of


def _fit(column: "pa.Array", of: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    if isinstance(column, pa.ExtensionArray):
        return _fit(column.storage, of)
    if pa.types.is_interval(column.type):
        return pa.array([None if v is None else _duration(v) for v in column.to_pylist()], of)
    return column if column.type == of else column.cast(of)


def _duration(value: Any) -> str:
    """An interval in ISO 8601: `P1M2DT3.5S`."""
    months, days, nanoseconds = value
    whole, rest = divmod(abs(nanoseconds), 1_000_000_000)
    sign = "-" if nanoseconds < 0 else ""
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"P{months}M{days}DT{sign}{whole}{fraction}S"
