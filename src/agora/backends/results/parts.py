"""Parts: the rows of one result in files of 65,536, so that a row's place names its file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agora.backends.batches import fitted, gathered, plain
from agora.model.errors import Exhausted, Missing, Unavailable
from agora.needs.engine import Answer

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 65_536
GROUP = 8_192
"""Rows of a row group: a page reads the groups it touches."""
SCHEMA, DONE = "schema", ".done"
_LOOKED_AFTER = 32
"""Parts after which it is counted again what other results take."""


class Parts:
    """Writes the rows of one answer below a folder, within its bounds."""

    def __init__(self, folder: Path, *, each: int, room: Callable[[], int]) -> None:
        """`each` bytes may be written, and no more than there is `room` for beside other results."""
        self._folder, self._each, self._room = folder, each, room

    def keep(
        self, answer: Answer, named: "Callable[[pa.Schema], None]", stopped: Callable[[], bool]
    ) -> int:
        """Every row is kept, or as many as came until it was stopped; gives how many."""
        schema = plain(answer.schema)
        named(schema)
        rows = size = 0
        try:
            (self._folder / SCHEMA).write_bytes(schema.serialize().to_pybytes())
            batches = (fitted(batch, schema) for batch in _until(answer, stopped))
            for number, table in enumerate(gathered(batches, ROWS)):
                if number % _LOOKED_AFTER == 0:
                    left = size + self._room()
                size += self._write(number, table)
                self._demand(size, left)
                rows += table.num_rows
            (self._folder / DONE).touch()
        except OSError as problem:
            raise unkept(problem) from None
        return rows

    def _write(self, number: int, table: "pa.Table") -> int:
        from pyarrow import parquet

        path = part(self._folder, number)
        hidden = path.with_suffix(".coming")
        parquet.write_table(table, hidden, row_group_size=GROUP, compression="zstd")
        size = hidden.stat().st_size
        hidden.rename(path)
        return size

    def _demand(self, size: int, left: int) -> None:
        if size > self._each:
            raise Exhausted(
                f"the result takes more than {self._each >> 20:,} MB",
                code="E685",
                hint="narrow it with WHERE or LIMIT, or download it: that has no such end",
            )
        if size > left:
            raise Exhausted(
                "there is no room left for results",
                code="E686",
                hint="drop results you no longer need, or ask for fewer rows",
            )


class Stored(Answer):
    """The rows of one result as they lie on disk; an answer that can be read again."""

    def __init__(self, folder: Path) -> None:
        """Look at this folder."""
        self._folder = folder

    @property
    def there(self) -> bool:
        """True while its rows are kept."""
        return (self._folder / SCHEMA).exists()

    @property
    def schema(self) -> "pa.Schema":
        """Names and types of the columns."""
        import pyarrow as pa

        try:
            return pa.ipc.read_schema(pa.py_buffer((self._folder / SCHEMA).read_bytes()))
        except FileNotFoundError:
            raise gone() from None

    def rows(self) -> int:
        """How many rows can be read now."""
        from pyarrow import parquet

        count = len(list(self._folder.glob("*.parquet")))
        if not count:
            return 0
        try:
            last = parquet.read_metadata(part(self._folder, count - 1)).num_rows
        except FileNotFoundError:
            return 0
        return (count - 1) * ROWS + int(last)

    def page(self, offset: int, limit: int) -> "pa.Table":
        """These rows; reads the row groups they lie in."""
        import pyarrow as pa

        found = []
        while limit > 0:
            number, start = divmod(offset, ROWS)
            path = part(self._folder, number)
            if not path.exists():
                break
            table = _rows(path, start, min(limit, ROWS - start))
            if not table.num_rows:
                break
            found.append(table)
            offset, limit = offset + table.num_rows, limit - table.num_rows
        return pa.concat_tables(found) if found else self.schema.empty_table()

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        """Every row that is kept."""
        from pyarrow import parquet

        number, schema = 0, self.schema
        while (path := part(self._folder, number)).exists():
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=ROWS):
                    yield fitted(batch, schema)
            number += 1
        if not self.there:
            raise gone()

    def close(self) -> None:
        """Nothing is held open between the batches."""


def part(folder: Path, number: int) -> Path:
    """The file of the part of that number."""
    return folder / f"{number:06d}.parquet"


def gone() -> Missing:
    """What is said of a result whose rows are not kept."""
    return Missing("the rows of this result are no longer kept", code="E683", hint="run it again")


def unkept(problem: OSError) -> Unavailable:
    """What is said when the disk does not take the rows."""
    return Unavailable(
        "the result cannot be kept",
        code="E689",
        hint=f"those who run Agora look at the disk: {problem.strerror or 'it does not answer'}",
    )


def _until(answer: Answer, stopped: Callable[[], bool]) -> "Iterator[pa.RecordBatch]":
    for batch in answer:
        if stopped():
            return
        yield batch


def _rows(path: Path, start: int, limit: int) -> "pa.Table":
    """Rows of one part, from the row groups that hold them."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        first, last = start // GROUP, (start + limit - 1) // GROUP
        groups = range(first, min(last + 1, file.num_row_groups))
        table = file.read_row_groups(list(groups)) if groups else file.schema_arrow.empty_table()
    return table.slice(start - first * GROUP, limit)
