"""Parquet: row group by row group, straight to who reads it."""

from collections.abc import Generator

from agora.backends.batches import fitted, gathered, plain
from agora.backends.outlet.sink import Sink
from agora.needs.engine import Answer
from agora.needs.outlet import Form

_ROWS = 65_536


class ParquetOutlet:
    """A Parquet file in row groups of 65,536 rows, compressed with zstd."""

    form = Form(
        kind="parquet",
        title="Parquet",
        media="application/vnd.apache.parquet",
        suffix=".parquet",
        binary=True,
        limits="intervals and enumerations are text",
    )

    def encode(self, answer: Answer) -> Generator[bytes, None, None]:
        """Each row group as soon as it is full, then the footer."""
        import pyarrow as pa
        from pyarrow import parquet

        sink, schema = Sink(), plain(answer.schema)
        batches = (fitted(batch, schema) for batch in answer)
        try:
            with parquet.ParquetWriter(
                pa.PythonFile(sink, mode="w"), schema, compression="zstd"
            ) as writer:
                for table in gathered(batches, _ROWS):
                    writer.write_table(table)
                    yield sink.taken()
            yield sink.taken()
        finally:
            answer.close()
