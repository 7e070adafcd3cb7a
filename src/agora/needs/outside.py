"""The need for tables of other tools: what is in them now, so that it can be governed in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agora.model.expressions import Expression
from agora.model.mesh import Bounds
from agora.model.product import External
from agora.model.release import DataFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """One state of a table of another tool: which one, its columns and the very files it is made of.

    `columns` are names, SQL types and field ids (0 where the files carry none); `version` is the
    table's own number for this state, `metadata` where it is written down, and `state` tells states
    apart that have no number. A `live` one has no files: its rows are fetched whenever they are read.
    """

    uuid: str
    version: int
    metadata: str
    columns: tuple[tuple[str, str, int], ...]
    files: tuple[DataFile, ...]
    state: str = ""
    live: bool = False


class Externals(Protocol):
    """Looks at tables of other tools; never writes to them."""

    def look(self, external: External, folder: str, wanted: Sequence[str]) -> Outside:
        """What the table holds now; `folder` is the product's, `wanted` the columns it promises.

        Raises Denied for a place that is not open to the port's domain, Unavailable when nothing is
        there, Invalid when its rows cannot be read in place as they are.
        """
        ...

    def fetch(
        self,
        external: External,
        wanted: Sequence[str],
        rows: Expression | None,
        into: str,
        bounds: Bounds,
    ) -> Outside:
        """The rows a live table has now, in one new file at `into` that only we can read.

        It holds exactly the columns `wanted`, or one that says nothing where none is, and at least
        every row that fulfils the condition `rows`: more where the database might judge it in
        another way than the engines here. Raises Unavailable when it cannot be reached or is not
        there, Broken for a column that is gone, Exhausted at the bounds, Invalid for values that
        have no place here; what the database says goes nowhere.
        """
        ...
