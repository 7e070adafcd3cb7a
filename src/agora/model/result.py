"""Results: what somebody's statement came to, kept so that they can page through it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.errors import Cancelled, Unavailable
from agora.model.names import PortVersion
from agora.model.policy import MaskKind
from agora.model.reasons import Reason


class ResultState(StrEnum):
    """Where a result stands; only of a running or done one there are rows."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultColumn:
    """A column of a result: how what it came from is masked for this reader, and why."""

    name: str
    type: str
    mask: MaskKind = MaskKind.CLEAR
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table a result came from: its release, and what the decision of then left of it to see."""

    port: PortVersion
    release: int
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no result, in the words of an error."""

    code: str
    sentence: str
    hint: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One statement of one reader and what it came to.

    `rows` are those so far while it runs. `started` and `ended` are the mesh's own time,
    `milliseconds` what it took by the machine's. `statement` is what the ledger calls it; `purpose`
    what the reader said, empty where their only one was meant.
    """

    id: str
    reader: str
    sql: str
    purpose: str = ""
    editions: tuple[str, ...] = ()
    state: ResultState = ResultState.RUNNING
    started: datetime
    ended: datetime | None = None
    milliseconds: int = 0
    rows: int = 0
    columns: tuple[ResultColumn, ...] = ()
    sources: tuple[Source, ...] = ()
    notices: tuple[Reason, ...] = ()
    statement: str = ""
    failure: Failure | None = None


def cancelled() -> Cancelled:
    """What work hears whose reader wants no answer any more."""
    return Cancelled("it was cancelled", code="E805", hint="run it again")


def unfinished() -> Unavailable:
    """What is said of a statement whose server has ended."""
    return Unavailable(
        "the server stopped while the statement ran", code="E687", hint="run it again"
    )
