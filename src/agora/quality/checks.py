"""Checks: the promises of a contract, and the few scans that count them all.

Everything that looks at one row at a time is counted in one scan of the table; uniqueness needs
one grouping per key, a reference one anti join. When the shared scan cannot run, each check has a
scan of its own, so that one that cannot be counted is an error and the others still count.
"""

from dataclasses import dataclass

from agora.model.contract import Contract, QualityRule, Severity
from agora.model.names import PortVersion
from agora.model.types import quoted

SHARED = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One statement to run; its answer is looked up by `id`."""

    id: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise. `broken` is a condition that is true for rows which break it.

    `value` is what is measured, as an aggregate over the table; `query` replaces both for checks
    that need a statement of their own. Without a rule the value must be 0. `skip` says why a check
    is not counted at all, and `broke` why it can never be.
    """

    id: str
    sentence: str
    severity: Severity = Severity.BLOCK
    columns: tuple[str, ...] = ()
    broken: str = ""
    value: str = ""
    query: str = ""
    rule: QualityRule | None = None
    skip: str = ""
    broke: str = ""

    @property
    def shared(self) -> bool:
        """True when the check is counted in the shared scan."""
        return bool(self.value) and not self.query


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """Every check of one port over one relation, with the scans that count them."""

    port: PortVersion
    relation: str
    contract: Contract
    checks: tuple[Check, ...]
    classified: frozenset[str] = frozenset()

    @property
    def scans(self) -> tuple[Scan, ...]:
        """The shared scan first, then the checks that need a statement of their own."""
        shared = [check for check in self.checks if check.shared]
        fields = [f"{check.value} AS c{place}" for place, check in enumerate(shared)]
        first = f"SELECT {', '.join(['count(*) AS rows', *fields])} FROM {quoted(self.relation)}"
        own = (Scan(id=check.id, sql=check.query) for check in self.checks if check.query)
        return (Scan(id=SHARED, sql=first), *own)

    @property
    def singles(self) -> tuple[Scan, ...]:
        """One scan per check of the shared scan, for when that one does not run."""
        source = quoted(self.relation)
        count = Scan(id=SHARED, sql=f"SELECT count(*) AS rows FROM {source}")
        each = (
            Scan(id=check.id, sql=f"SELECT {check.value} AS value FROM {source}")
            for check in self.checks
            if check.shared
        )
        return (count, *each)
