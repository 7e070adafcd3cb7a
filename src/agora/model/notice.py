"""Notices: what somebody is told, what they follow, and how it reaches them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agora.model.names import ProductName


class Matter(StrEnum):
    """What a notice is about."""

    REQUESTED = "requested"
    REMARKED = "remarked"
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"
    EXTENDED = "extended"
    CARRIED = "carried"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    RETIRING = "retiring"
    EDITION = "edition"
    VERSION = "version"
    DEPRECATED = "deprecated"
    BREAKING = "breaking"
    PROMISE = "promise"
    RUN_FAILED = "run-failed"
    QUESTION = "question"
    ANSWER = "answer"
    ACCEPTED = "accepted"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing one principal is told; `number` names it and grows with every notice of the mesh.

    `by` did it, `about` is the request, agreement, question, run or webhook, `port` a table by its
    version, `edition` its number, `until` a last day. `at` is the mesh's time.
    """

    number: int
    to: str
    matter: Matter
    at: datetime
    product: ProductName | None = None
    port: str = ""
    by: str = ""
    about: str = ""
    purpose: str = ""
    edition: int = 0
    until: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """How many notices somebody has, and how many of them are unread."""

    person: str
    notices: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Somebody wants to hear what becomes of a product, until `ended_at`."""

    product: ProductName
    follower: str
    since: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Everything one principal follows."""

    follower: str
    products: tuple[ProductName, ...] = ()


class Mailing(StrEnum):
    """When somebody is mailed: at once, all of a day in one mail, or never."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """How somebody wants to be told besides the page."""

    person: str
    mailing: Mailing = Mailing.AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook: an address that gets what its owner, a person or a service, is told.

    `secret` signs every call; it is shown once, when the hook is made, and never prints.
    """

    id: str
    owner: str
    url: str
    secret: str = field(repr=False)
    made_by: str
    made_at: datetime
    dropped_at: datetime | None = None


class Sending(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given-up"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One notice on its way out: by mail, or to a webhook. Times are the machine's.

    While it is being sent, `next_at` is when the sender is taken for dead. `why` says why it was
    not sent, in words that tell nothing of the server on the other side but its status.
    """

    number: int
    notice: int
    to: str
    hook: str = ""
    since: datetime
    next_at: datetime
    state: Sending = Sending.WAITING
    attempts: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A statement that has begun and not ended yet: who reads which products."""

    statement: str
    who: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How far the ledger was read for notices, and what is counted on from there.

    `shelves` are those of the dispatches of which some may still wait. `reminded_at` is the mesh's
    time up to which last days were looked at, `open` the statements whose end is not read yet.
    """

    place: int = 0
    notices: int = 0
    dispatches: int = 0
    shelves: tuple[int, ...] = ()
    reminded_at: datetime | None = None
    open: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A port version as the files offered it when they were last compared."""

    port: str
    status: str
    until: datetime | None = None
    contract: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What all files offered when they were last compared, so that a change is told once."""

    files: str
    ports: tuple[Offered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it goes out: plain text, `id` the same each time it is tried."""

    id: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A webhook's call as it goes out: the body, `id` the same each time, and when it is signed."""

    id: str
    url: str
    body: str
    secret: str = field(repr=False)
    at: int
