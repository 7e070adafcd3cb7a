"""The ledger: a tamper-evident record of everything that happened, refusals included."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Fact = tuple[str, str | int | bool | tuple[str, ...]]
"""The name of something that is told of an event, and what it is."""


class Event(StrEnum):
    """What can happen in a mesh."""

    CHECKED = "checked"
    RUN_STARTED = "run-started"
    RUN_ENDED = "run-ended"
    RELEASED = "released"
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED_REQUEST = "request-refused"
    ENDED = "agreement-ended"
    ASKED_BACK = "asked-back"
    REPLIED = "replied"
    CHANGED_REQUEST = "request-changed"
    WITHDRAWN = "request-withdrawn"
    EXTENDED = "agreement-extended"
    CARRIED = "agreement-carried"
    QUERY_OPENED = "query-opened"
    QUERY_CLOSED = "query-closed"
    QUERY_REFUSED = "query-refused"
    EXPORTED = "exported"
    BUILD_READ = "build-read"
    DENIED = "denied"
    CONSENTED = "consented"
    ROLLED_BACK = "rolled-back"
    VERIFIED = "verified"
    MAINTAINED = "maintained"
    COMPACTED = "compacted"
    DERIVED = "derived"
    DERIVED_DROPPED = "derived-dropped"
    SAVED = "saved"
    SAVED_REMOVED = "saved-removed"
    INVITED = "invited"
    PASSWORD_SET = "password-set"  # noqa: S105 (the name of an event)
    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    UNLOCKED = "unlocked"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    TOKEN_MADE = "token-made"  # noqa: S105 (the name of an event)
    TOKEN_REVOKED = "token-revoked"  # noqa: S105 (the name of an event)
    QUESTIONED = "question-asked"
    ANSWERED = "question-answered"
    SETTLED = "answer-accepted"
    REWORDED = "remark-edited"
    HIDDEN = "remark-hidden"
    RATED = "rated"
    HOOKED = "webhook-made"
    UNHOOKED = "webhook-dropped"
    UNDELIVERED = "notice-undelivered"
    WISHED = "wished"
    SEARCHED = "searched"
    LABEL_READ = "label-read"
    WISH_SETTLED = "wish-settled"
    MADE = "product-made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened: who (and acting through whom), about what, with the facts.

    `at` is the mesh's own clock; the store adds the machine's clock. `facts` are plain strings,
    numbers, booleans or tuples of them, never secrets or row values.
    """

    event: Event
    at: datetime
    who: str
    operator: str = ""
    subject: str = ""
    purpose: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An entry as kept: its place in the order (from 1), when the machine wrote it, its own hash.

    `body` is the exact text that was hashed (canonical JSON of entry, place and machine time).
    """

    place: int
    recorded_at: datetime
    entry: Entry
    body: str
    hash: str
    batch: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A sealed run of records: the root of their hash tree, chained to the batch before."""

    number: int
    first: int
    last: int
    root: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verifying found: how many records and batches hold, and every place where they do not."""

    holds: bool
    records: int
    batches: int
    unsealed: int
    problems: tuple[str, ...] = ()
