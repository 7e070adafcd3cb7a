"""Scorecard: what the ledger says of how the mesh works, and the figures made of it."""

from dataclasses import dataclass
from datetime import datetime

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One reader's statements and builds that read exactly these products, each counted once.

    With the rows of their answers and machine milliseconds. Nobody can tell which of several products
    took the time; of none is what reads no table.
    """

    products: tuple[str, ...]
    reader: str
    reads: int = 0
    rows: int = 0
    millis: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two products of different domains that statements read together so many times."""

    one: str
    other: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something took so many seconds: `what` is search, decision or publishing."""

    what: str
    product: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """How often something happened about a product: requested, decided, policy, refused, explained."""

    what: str
    product: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Something that has begun and not ended: `what` is statement, request, search or product.

    `at` is by the machine's clock, `moment` by the mesh's own.
    """

    what: str
    key: str
    products: tuple[str, ...]
    at: datetime
    moment: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything counted in the ledger up to this place."""

    place: int = 0
    uses: tuple[Use, ...] = ()
    joined: tuple[Joined, ...] = ()
    waits: tuple[Wait, ...] = ()
    tells: tuple[Tell, ...] = ()
    open: tuple[Open, ...] = ()
    published: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its unit, what exactly is counted, and the search that finds its entries.

    `value` is None where there was nothing to count; a `share` is of a hundred.
    """

    key: str
    title: str
    unit: str
    counted: str
    value: int | None = None
    events: tuple[str, ...] = ()
    kind: str = ""
    across: bool = False

    def sought(self, domain: str = "") -> dict[str, str]:
        """How the activity is asked for its entries; of one domain as far as they name what is its own."""
        named = bool(domain) and "searched" not in self.events
        asked = {
            "events": ",".join(self.events),
            "kind": self.kind,
            "across": "yes" if self.across else "",
            "text": f"{domain}." if named else "",
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one reader's use of one product cost; the reader is empty where it may not be told.

    A statement that reads two products counts for both, with all its rows and its whole time.
    """

    product: str
    reader: str
    reads: int
    rows: int
    millis: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal of a domain and the products that serve it."""

    goal: str
    domain: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """How the mesh works, over the products somebody may know."""

    figures: tuple[Figure, ...]
    costs: tuple[Cost, ...]
    goals: tuple[Goal, ...]
    unused: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    deprecated: tuple[str, ...]
    place: int


def lasting(seconds: int) -> str:
    """`45 s`, `3 min`, `2.5 h`, `4 days`."""
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{round(seconds / DAY)} days"
