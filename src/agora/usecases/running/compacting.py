"""Compacting: a port that grew by many small files has few, with exactly the same rows."""

from collections.abc import Sequence
from typing import Protocol

from agora.model.release import DataFile, ReleasedColumn
from agora.model.types import quoted
from agora.needs.engine import Bench

SMALL = 16 << 20
"""Bytes below which a file is small; one that was compacted may be small again, and is counted once."""
MANY = 16
"""So many small files are written together, so a row is written again once in so many deliveries."""


class Filled(Protocol):
    """A port while it is filled."""

    columns: tuple[ReleasedColumn, ...]
    files: list[DataFile]
    folder: str


def compact(bench: Bench, port: Filled) -> None:
    """Where there were many small files there are few; they stay when their rows do not agree."""
    small = [file for file in port.files if file.size < SMALL]
    if len(small) < MANY:
        return
    before = _digest(bench, "compact__before", small, port.columns)
    select = f"SELECT {_listed(port.columns)} FROM compact__before"  # noqa: S608
    files = bench.write(select, port.columns, port.folder, "compact").files
    if _digest(bench, "compact__after", files, port.columns) == before:
        together = frozenset(small)
        port.files = [*(file for file in port.files if file not in together), *files]


def _digest(
    bench: Bench, name: str, files: Sequence[DataFile], columns: Sequence[ReleasedColumn]
) -> tuple[object, object]:
    """How many rows there are, and one number of all their values, whatever their order."""
    bench.attach(name, files, columns)
    listed = _listed(columns)
    rows = f"SELECT count(*) AS n, CAST(sum(hash({listed})) AS VARCHAR) AS h FROM {quoted(name)}"  # noqa: S608
    found = bench.rows(rows)[0]
    return found["n"], found["h"]


def _listed(columns: Sequence[ReleasedColumn]) -> str:
    return ", ".join(quoted(column.name) for column in columns)
