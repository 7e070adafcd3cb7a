"""A table of a PostgreSQL database: its columns, and its rows fetched whenever they are read."""

import contextlib
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agora.backends.databases import address
from agora.backends.databases.postgres import Postgres
from agora.backends.databases.reading import Column, schema
from agora.backends.outside.conditions import passed
from agora.backends.outside.places import sql_type
from agora.model.errors import AgoraError, Broken, Exhausted, Invalid, Unavailable
from agora.model.expressions import Expression
from agora.model.mesh import Bounds
from agora.model.product import External
from agora.model.release import DataFile
from agora.model.types import quoted
from agora.needs.outside import Outside

if TYPE_CHECKING:
    import pyarrow as pa

_LOOKING = 60
NOTHING = "nothing"


def look(external: External, url: str, wanted: Sequence[str]) -> Outside:
    """The columns the table has now, those that are `wanted` with their types."""
    with _opened(external, url, _LOOKING) as database:
        there = _names(external, database)
        found = _columns(external, database, [name for name in wanted if name in there])
        kinds = {column.name: sql_type(column.type) for column in found}
    return Outside(
        uuid="",
        version=0,
        metadata=external.location,
        columns=tuple((name, kinds.get(name, ""), 0) for name in there),
        files=(),
        live=True,
    )


def fetch(
    external: External,
    url: str,
    wanted: Sequence[str],
    rows: Expression | None,
    into: str,
    bounds: Bounds,
) -> Outside:
    """The rows of this moment in a file of our own."""
    with _opened(external, url, bounds.seconds) as database, _until(external, database, bounds):
        there = _names(external, database)
        lost = [name for name in wanted if name not in there]
        if lost:
            raise Broken(
                f"`{external.port}`: `{external.table}` has no column `{lost[0]}` any more",
                code="E387",
                hint="its owners change what it promises and run it again",
            )
        columns = _columns(external, database, wanted)
        natives = {column.name: column.native for column in columns}
        condition, values = passed(rows, natives, texts=database.unicode)
        query = _query(external, columns, condition)
        query = query if values else query.replace("%%", "%")
        batches = database.batches(query, columns, values)
        file = _written(external, into, columns, batches, bounds)
    return Outside(
        uuid="",
        version=0,
        metadata=external.location,
        columns=tuple((column.name, sql_type(column.type), 0) for column in columns),
        files=(file,),
        live=True,
    )


@contextlib.contextmanager
def _opened(external: External, url: str, seconds: int) -> Iterator[Postgres]:
    """A read-only transaction; of what the database says about the question, nothing is told."""
    place = f"the database of `{external.port}`"
    complaint = address.complaint(external.location)
    found = None if complaint else address.parsed(url)
    if found is None or found.drivername.partition("+")[0] != "postgresql" or not found.host:
        raise Invalid(
            f"`{external.port}`: its `location` {complaint or 'is no address of a database'}",
            code="E350",
            hint="write `postgresql://user:${env:SECRET}@host/name`, or `${env:NAME}` for all of it",
        )
    arguments = address.arguments(found, "postgresql+psycopg")
    with contextlib.closing(Postgres(arguments, place, seconds)) as database:
        try:
            yield database
        except Invalid as problem:
            if problem.code_shown != "E354":
                raise
            raise _gone(external) from None


def _names(external: External, database: Postgres) -> tuple[str, ...]:
    names = database.names(_table(external))
    if not names:
        raise _gone(external)
    return names


def _columns(external: External, database: Postgres, wanted: Sequence[str]) -> tuple[Column, ...]:
    """The wanted columns; without any, one that only says that there is a row."""
    listed = ", ".join(quoted(name) for name in wanted) or f"TRUE AS {quoted(NOTHING)}"
    return database.columns(f"SELECT {listed} FROM {_table(external)}")


def _query(external: External, columns: Sequence[Column], condition: str) -> str:
    """The question as text with parameters: each percent sign of a name is written twice."""
    inner = f"SELECT * FROM {_table(external)}"
    if [column.name for column in columns] == [NOTHING]:
        inner = f"SELECT *, TRUE AS {quoted(NOTHING)} FROM {_table(external)}"
    listed = ", ".join(column.expression for column in columns)
    query = f"SELECT {listed} FROM ({inner}) AS asked"
    return query.replace("%", "%%") + (f" WHERE {condition}" if condition else "")


def _table(external: External) -> str:
    return ".".join(quoted(part) for part in external.table.split("."))


def _written(
    external: External,
    into: str,
    columns: Sequence[Column],
    batches: "Iterable[pa.RecordBatch]",
    bounds: Bounds,
) -> DataFile:
    """One Parquet file that nobody else may read, of as many rows and bytes as are allowed."""
    from pyarrow import parquet

    rows = 0
    try:
        Path(into).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with (
            os.fdopen(handle, "wb") as file,
            parquet.ParquetWriter(file, schema(columns), compression="snappy") as writer,
        ):
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
                if rows > bounds.rows:
                    raise _exhausted(external, f"more than {bounds.rows:,} rows", "rows")
                if file.tell() > bounds.fetched:
                    raise _exhausted(external, f"more than {bounds.fetched:,} bytes", "fetched")
    except OSError:
        raise Unavailable(
            "what is fetched cannot be written to the lake",
            code="E514",
            hint="has its disk room, and may Agora write there?",
        ) from None
    return DataFile(path=into, rows=rows, size=Path(into).stat().st_size)


@contextlib.contextmanager
def _until(external: External, database: Postgres, bounds: Bounds) -> Iterator[None]:
    """When the time is over the line is cut, whatever the server does."""
    began = time.monotonic()
    timer = threading.Timer(bounds.seconds, database.abort)
    timer.start()
    try:
        yield
    except AgoraError:
        if time.monotonic() - began >= bounds.seconds:
            raise _exhausted(
                external, f"it takes longer than {bounds.seconds} s", "seconds"
            ) from None
        raise
    finally:
        timer.cancel()


def _exhausted(external: External, how: str, limit: str) -> Exhausted:
    return Exhausted(
        f"`{external.port}` is too much to be fetched: {how}",
        code="E388",
        hint=f"the operator sets how much may be: `limits: {{{limit}: …}}`; or land it with a source",
    )


def _gone(external: External) -> Unavailable:
    return Unavailable(
        f"`{external.port}`: there is no `{external.table}` that may be read",
        code="E380",
        hint="its owners see to it that the table is there and that the user may read it",
    )
