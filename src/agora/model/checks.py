"""Checks: what a contract's promises become when they are counted on a snapshot."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from agora.model.contract import Severity
from agora.model.names import PortVersion


class Outcome(StrEnum):
    """How a check ended; `error` means it could not be counted, which is not a failure of the data."""

    PASS = "pass"  # noqa: S105 (an outcome, not a secret)
    FAIL = "fail"
    WARN = "warn"
    ERROR = "error"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One failing row, as text: the key columns and the tested column, never a classified value."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One promise, counted: `value` is what was measured, `failing` how many rows broke it."""

    check: str
    port: PortVersion
    outcome: Outcome
    severity: Severity
    sentence: str
    column: str = ""
    value: Decimal | None = None
    failing: int | None = None
    rows: int | None = None
    samples: tuple[Sample, ...] = ()
    detail: str = ""

    @property
    def blocks(self) -> bool:
        """True when this result keeps the last good release serving."""
        return self.severity is not Severity.WARN and self.outcome in (Outcome.FAIL, Outcome.ERROR)
