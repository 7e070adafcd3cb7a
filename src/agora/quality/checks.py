"""Checks: the promises of a contract, and the few scans that count them all.

Everything that looks at one row at a time is counted in one scan of the table; uniqueness needs
one grouping per set of columns, a reference one anti join. When the shared scan cannot run, each
check has a scan of its own, so that one that cannot be counted is an error and the others still
count.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agora.model.contract import Contract, QualityRule, Severity
from agora.model.names import PortVersion
from agora.model.types import quoted

SHARED = ""  # no check can have this id
MOST_COUNTS = 100  # planning time grows with the square of the aggregates in one SELECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One statement to run; its answer is looked up by `id`."""

    id: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise.

    `broken` is a condition on one row of the relation, named `source`; it is true for rows that
    break the promise, NULL or false for the others. `repeats` instead names the columns of a key:
    every row of a key but one breaks the promise. `value` is what is measured, as an aggregate over
    the table; `query` is a statement of its own for what no shared scan can count, and `target` the
    relation a reference is looked up in. Without a rule the value must be 0. `skip` says why a check is not counted at all, `broke` why it can never be.
    """

    id: str
    sentence: str
    severity: Severity = Severity.BLOCK
    columns: tuple[str, ...] = ()
    broken: str = ""
    repeats: tuple[str, ...] = ()
    value: str = ""
    query: str = ""
    target: str = ""
    rule: QualityRule | None = None
    skip: str = ""
    broke: str = ""

    @property
    def shared(self) -> bool:
        """True when the check is counted in the shared scan."""
        return bool(self.value)

    @property
    def points(self) -> bool:
        """True when the check can say which rows break it."""
        return bool(self.broken or self.repeats)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """Every check of one port over one relation, with the scans that count them."""

    port: PortVersion
    relation: str
    contract: Contract
    checks: tuple[Check, ...]
    classified: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the relation, in the contract's order."""
        return tuple(column.name for column in self.contract.columns)

    @property
    def shared(self) -> tuple[Check, ...]:
        """The checks of the shared scan; the value of the n-th is its column `c<n>`."""
        return tuple(check for check in self.checks if check.shared)

    @property
    def own(self) -> Mapping[str, str]:
        """Statements that are not shared, each with the id of the first check that asks it."""
        asked: dict[str, str] = {}
        for check in self.checks:
            if check.query:
                asked.setdefault(check.query, check.id)
        return asked

    @property
    def scans(self) -> tuple[Scan, ...]:
        """The shared scan first, then every statement of its own once."""
        return (self._first(), *(Scan(id=check, sql=query) for query, check in self.own.items()))

    @property
    def singles(self) -> tuple[Scan, ...]:
        """One scan per check of the shared scan, for when that one does not run."""
        source = quoted(self.relation)
        count = Scan(id=SHARED, sql=f"SELECT count(*) AS rows FROM {source}")
        each = (
            Scan(id=check.id, sql=f"SELECT {check.value} AS value FROM {source} AS source")
            for check in self.shared
        )
        return (count, *each)

    def _first(self) -> Scan:
        fields = ["count(*) AS rows"]
        fields += [f"{check.value} AS c{place}" for place, check in enumerate(self.shared)]
        parts = [
            fields[start : start + MOST_COUNTS] for start in range(0, len(fields), MOST_COUNTS)
        ]
        selects = [
            f"SELECT {', '.join(part)} FROM {quoted(self.relation)} AS source" for part in parts
        ]
        joined = ", ".join(f"({select}) AS part{place}" for place, select in enumerate(selects))
        return Scan(id=SHARED, sql=selects[0] if len(selects) == 1 else f"SELECT * FROM {joined}")
