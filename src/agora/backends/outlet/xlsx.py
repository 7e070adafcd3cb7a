"""XLSX: one sheet, in which every value is what it was; what a sheet cannot hold is refused."""

import shutil
import tempfile
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from agora.backends.batches import fitted, plain
from agora.backends.outlet.texts import ROWS
from agora.backends.outlet.texts import plain as as_json
from agora.model.errors import Exhausted
from agora.needs.engine import Answer
from agora.needs.outlet import Form

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 1_048_575
"""Rows of a sheet below its header."""
_COLUMNS = 16_384
_LETTERS = 32_767
_DIGITS = 15
"""Decimal digits a number in a sheet keeps."""
_FIRST = date(1900, 3, 1)
"""Before this day, spreadsheets disagree about what day a number is."""
_PIECE = 1 << 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class XlsxOutlet:
    """A workbook with one sheet and a header; made in a temporary file, row by row."""

    form = Form(
        kind="xlsx",
        title="Excel workbook",
        media="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        suffix=".xlsx",
        binary=True,
        rows=MOST,
        limits=(
            f"at most {MOST:,} rows, {_COLUMNS:,} columns and {_LETTERS:,} letters in a cell; "
            f"numbers of more than {_DIGITS} digits and moments with a zone are text"
        ),
    )

    def __init__(self, *, most: int = MOST) -> None:
        """`most` rows fit."""
        self._most = most

    def encode(self, answer: Answer) -> Generator[bytes, None, None]:
        """The whole workbook is made before its first byte leaves."""
        folder = tempfile.mkdtemp(prefix="agora-xlsx-")
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                self._fill(answer, file, folder)
                answer.close()
                file.seek(0)
                while piece := file.read(_PIECE):
                    yield piece
        finally:
            answer.close()
            shutil.rmtree(folder, ignore_errors=True)

    def _fill(self, answer: Answer, file: IO[bytes], folder: str) -> None:
        import xlsxwriter

        schema = plain(answer.schema)
        if len(schema) > _COLUMNS:
            raise _too_much(f"{len(schema):,} columns", f"a sheet holds {_COLUMNS:,}")
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        book = xlsxwriter.Workbook(file, options)
        sheet = _Sheet(book)
        try:
            sheet.begin(schema.names)
            for batch in _small(answer, schema):
                self._demand_room(sheet.rows + batch.num_rows)
                sheet.add(batch)
        except BaseException:
            sheet.abandon()  # nobody reads what is unfinished: it is not put together
            raise
        book.close()

    def _demand_room(self, rows: int) -> None:
        if rows > self._most:
            words = f"the answer has more than {self._most:,} rows"
            raise _too_much(words, "a sheet ends there")


class _Sheet:
    """The sheet with its cell formats, and how many rows it has."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet("rows")
        self._literal = book.add_format({"quote_prefix": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self.rows = 0
        self._bold = book.add_format({"bold": True, "quote_prefix": True})

    def begin(self, names: Sequence[str]) -> None:
        """The names of the columns stand above the rows."""
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(names):
            self._sheet.write_string(0, place, _fitting(name), self._bold)

    def add(self, batch: "pa.RecordBatch") -> None:
        """The rows of the batch stand in the sheet."""
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            self.rows += 1
            for place, value in enumerate(values):
                if value is not None:
                    self._cell(place, value)

    def abandon(self) -> None:
        """The rows that were set aside in a file are let go of."""
        self._sheet.row_data_fh.close()

    def _cell(self, place: int, value: object) -> None:
        sheet, row = self._sheet, self.rows
        match value:
            case bool():
                sheet.write_boolean(row, place, value)
            case int() | float() | Decimal() if _exact(value):
                sheet.write_number(row, place, value)
            case datetime() if _holds(value.date()) and _whole(value):
                sheet.write_datetime(row, place, value, self._moment)
            case date() if not isinstance(value, datetime) and _holds(value):
                sheet.write_datetime(row, place, value, self._day)
            case _:
                self._text(place, _words(value))

    def _text(self, place: int, words: str) -> None:
        literal = self._literal if words.startswith(_FORMULA) else None
        self._sheet.write_string(self.rows, place, _fitting(words), literal)


def _small(answer: Answer, schema: "pa.Schema") -> "Iterator[pa.RecordBatch]":
    for batch in answer:
        for start in range(0, batch.num_rows, ROWS):
            yield fitted(batch.slice(start, ROWS), schema)


def _exact(value: float | Decimal) -> bool:
    """True for a number that a sheet keeps digit by digit."""
    if isinstance(value, float):
        return value - value == 0
    if isinstance(value, int):
        return abs(value) < 10**_DIGITS
    return len(value.as_tuple().digits) <= _DIGITS


def _holds(day: date) -> bool:
    return day >= _FIRST


def _whole(moment: datetime) -> bool:
    """True for a moment without a zone and without parts of a millisecond, which a sheet can hold."""
    return moment.tzinfo is None and moment.microsecond % 1000 == 0


def _words(value: object) -> str:
    import json

    if isinstance(value, Decimal):
        return format(value, "f")
    found = as_json(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _fitting(words: str) -> str:
    if len(words) > _LETTERS:
        raise _too_much(f"a text of {len(words):,} letters", f"a cell holds {_LETTERS:,}")
    return words


def _too_much(what: str, why: str) -> Exhausted:
    return Exhausted(
        f"{what}: {why}",
        code="E680",
        hint="narrow it with WHERE or LIMIT, or choose `csv` or `parquet`",
    )
