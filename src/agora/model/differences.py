"""Differences: how the rows of two states of a port differ, as counts; no row is part of it."""

from dataclasses import dataclass

from agora.model.checks import CheckResult
from agora.model.names import PortVersion, ProductName


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How many rows are new, gone, or different in which column; `before` and `after` count all rows.

    With a `key` rows are told apart by it. Without one a row that differs counts as gone and new,
    and no column is told.
    """

    port: PortVersion
    before: int
    after: int
    added: int
    removed: int
    changed: int = 0
    columns: tuple[tuple[str, int], ...] = ()
    key: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """True when not a single value is different."""
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a run would build and count now; nothing of it is kept. `aside` are rows put aside.

    `unable` says why it could not be rehearsed, and then nothing else is told; it `fails` when a run
    would come no further.
    """

    product: ProductName
    differences: tuple[Difference, ...] = ()
    results: tuple[CheckResult, ...] = ()
    aside: int = 0
    unable: str = ""
    fails: bool = False

    @property
    def blocks(self) -> bool:
        """True when nothing would be released: a promise does not hold, or it does not get there."""
        return self.fails or any(result.blocks for result in self.results)
