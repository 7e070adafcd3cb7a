"""Requests and agreements: who may use which port version, for what purpose, until when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.names import PortVersion


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody asks to use a port; `columns` empty means all, `asked_by` may ask for another.

    `edition` is the number of the one release it is about, 0 for whatever is current.
    """

    id: str
    port: PortVersion
    consumer: str
    asked_by: str
    purpose: str
    reason: str
    columns: tuple[str, ...] = ()
    edition: int = 0
    until: datetime | None = None
    asked_at: datetime
    state: RequestState = RequestState.PENDING
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""
    agreement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The right to use one port version for one purpose; `columns` empty means all.

    `consumer` is a principal's id or `team:<id>`. The right ends at `expires`, or when ended. With
    an `edition` it is the right to that release alone, whose rows are kept as long as it lasts.
    """

    id: str
    port: PortVersion
    consumer: str
    purpose: str
    columns: tuple[str, ...] = ()
    edition: int = 0
    starts: datetime
    expires: datetime | None = None
    terms: str = ""
    approved_by: str
    request: str = ""
    ended_at: datetime | None = None

    def active(self, now: datetime) -> bool:
        """True from its start until it expires or is ended."""
        over = (self.expires is not None and now >= self.expires) or (
            self.ended_at is not None and now >= self.ended_at
        )
        return self.starts <= now and not over
