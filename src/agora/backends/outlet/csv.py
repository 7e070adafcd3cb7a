"""CSV: a line for each row, in which no text is a formula for the spreadsheet that opens it."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from agora.backends.batches import fitted, plain
from agora.backends.outlet.sink import Sink
from agora.backends.outlet.texts import ROWS, is_text, text
from agora.needs.engine import Answer
from agora.needs.outlet import Form

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA = r"^[=+\-@\t\r\n]"
_NUMBER = r"^[+-][0-9]+(\.[0-9]+)?$"


class CsvOutlet:
    """Comma-separated values in UTF-8, with a header."""

    form = Form(
        kind="csv",
        title="CSV",
        media="text/csv; charset=utf-8",
        suffix=".csv",
        limits=(
            "texts that a spreadsheet would take for a formula begin with an apostrophe; "
            "lists and structs are JSON"
        ),
    )

    def encode(self, answer: Answer) -> Generator[bytes, None, None]:
        """The header, then the rows."""
        import pyarrow as pa
        from pyarrow import csv

        sink, schema = Sink(), plain(answer.schema)
        names = harmless(pa.array(schema.names, pa.large_string())).to_pylist()
        header = pa.schema(list(zip(names, map(_type, schema), strict=True)))
        try:
            with csv.CSVWriter(pa.PythonFile(sink, mode="w"), header) as writer:
                yield sink.taken()
                for batch in answer:
                    for start in range(0, batch.num_rows, ROWS):
                        rows = fitted(batch.slice(start, ROWS), schema)
                        columns = [_written(column) for column in rows.columns]
                        writer.write(pa.RecordBatch.from_arrays(columns, schema=header))
                        yield sink.taken()
            yield sink.taken()
        finally:
            answer.close()


def harmless(texts: "pa.Array") -> "pa.Array":
    """Texts that no spreadsheet runs: an apostrophe stands before what begins like a formula.

    A text that is a number stays one. Source: OWASP, CSV injection.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    begins = pc.match_substring_regex(texts, _FORMULA)
    wrong = pc.and_not(begins, pc.match_substring_regex(texts, _NUMBER))
    mark, nothing = pa.scalar("'", texts.type), pa.scalar("", texts.type)
    return pc.if_else(wrong, pc.binary_join_element_wise(mark, texts, nothing), texts)


def _type(field: "pa.Field") -> "pa.DataType":
    import pyarrow as pa

    return field.type if _native(field.type) else pa.large_string()


def _native(of: "pa.DataType") -> bool:
    """True for what is written as it is, without quotes: numbers, truth values and days."""
    import pyarrow as pa

    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return any(kind(of) for kind in kinds) or bool(pa.types.is_date(of) or pa.types.is_null(of))


def _written(column: "pa.Array") -> "pa.Array":
    if _native(column.type):
        return column
    words = text(column)
    return harmless(words) if is_text(column.type) else words
