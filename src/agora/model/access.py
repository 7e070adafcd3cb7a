"""Requests and agreements: who may use which port version, for what purpose, until when."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.names import PortName, PortVersion


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Turn(StrEnum):
    """Whose word a pending request waits for."""

    OWNERS = "owners"
    REQUESTER = "requester"


class DueKind(StrEnum):
    """What ends: the agreement itself, or the version of the port it is about."""

    AGREEMENT = "agreement"
    VERSION = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something one side said to the other about a request."""

    who: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Somebody accepted terms of use: exactly the text with this hash."""

    by: str
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody asks to use a port; `columns` empty means all, `asked_by` may ask for another.

    What is made of it may also be used for the purposes it names `onward`.
    `edition` is the number of the one release it is about, 0 for whatever is current. Requests that
    were sent together share a `bundle`. `version` counts what was asked for: 2 after one change.
    """

    id: str
    port: PortVersion
    consumer: str
    asked_by: str
    purpose: str
    reason: str
    columns: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    edition: int = 0
    until: datetime | None = None
    asked_at: datetime
    state: RequestState = RequestState.PENDING
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""
    agreement: str = ""
    bundle: str = ""
    renews: str = ""
    terms: str = ""
    accepted: Accepted | None = None
    remarks: tuple[Remark, ...] = ()
    turn: Turn = Turn.OWNERS
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The right to use one port version for one purpose; `columns` empty means all.

    Whatever a product makes of it may be used for that purpose too, and for those accepted `onward`.
    `consumer` is a principal's id or `team:<id>`. The right ends at `expires`, or when ended. With
    an `edition` it is the right to that release alone, whose rows are kept as long as it lasts.
    It `renews` the one that it took the place of, which is `renewed_by` it, or it was `carried_from`
    one on an earlier version of the port.
    """

    id: str
    port: PortVersion
    consumer: str
    purpose: str
    columns: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    edition: int = 0
    starts: datetime
    expires: datetime | None = None
    terms: str = ""
    approved_by: str
    request: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_for: str = ""
    accepted: Accepted | None = None
    renews: str = ""
    renewed_by: str = ""
    carried_from: str = ""

    def active(self, now: datetime) -> bool:
        """True from its start until it expires or is ended."""
        over = (self.expires is not None and now >= self.expires) or (
            self.ended_at is not None and now >= self.ended_at
        )
        return self.starts <= now and not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Where a request or an agreement (its `kind`) is kept, filed under whom it concerns."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What lies before the owners of one port: the requests that wait, and those answered last."""

    port: PortName
    open: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A port in a cart, and which of its columns; none named means all."""

    port: PortVersion
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """What a person is about to ask for, all for one purpose."""

    person: str
    items: tuple[Item, ...] = ()
    purpose: str = ""
    reason: str = ""
    consumer: str = ""
    until: datetime | None = None
    onward: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An agreement that is about to end: when and why, whom that concerns, and what to use then."""

    agreement: Agreement
    ends: datetime
    kind: DueKind
    people: tuple[str, ...]
    owners: tuple[str, ...]
    instead: PortVersion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a consumer has done so far with one owner's data; counted from `since` on where it reads."""

    since: datetime
    requests: tuple[Request, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    queries: int = 0
    refusals: int = 0
    last_read: datetime | None = None


def hash_of(terms: str) -> str:
    """The hash by which a text of terms is named; empty for no terms."""
    return hashlib.sha256(terms.encode()).hexdigest() if terms.strip() else ""
