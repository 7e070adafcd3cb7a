"""Scripts: steps written in Python, as far as their text tells without running them."""

from dataclasses import dataclass
from enum import StrEnum


class Given(StrEnum):
    """What a parameter of a step's function gets, by its annotation."""

    TABLE = "Table"
    READER = "RecordBatchReader"
    RELATION = "DuckDBPyRelation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A file with one public function; each parameter names a source, an input or another step.

    `columns` is the lineage its author declares: (output column, ("relation.column", …)) each.
    """

    text: str
    function: str
    parameters: tuple[tuple[str, Given], ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
