"""Activity: what somebody looks for in the ledger, and what of it they find."""

from dataclasses import dataclass
from datetime import date

from agora.model.ledger import Entry, Event, Record
from agora.model.people import PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What entries must be like; empty means any. Both days belong to it, by the mesh's own clock.

    `person` is who did it, or for whom; `across` wants entries about products of several domains.
    `text` stands anywhere in an entry, without regard to case.
    """

    person: str = ""
    product: str = ""
    events: tuple[Event, ...] = ()
    purpose: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    kind: PrincipalKind | None = None
    across: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Entries, the newest first. Everything from place `first` on was looked at; 1 is all of it."""

    records: tuple[Record, ...]
    first: int


def about(entry: Entry) -> tuple[str, ...]:
    """The tables and products an entry is about, as it names them; what a build read as well."""
    named = entry.subject.split(", ")
    ports = dict(entry.facts).get("ports", ())
    if entry.event is Event.BUILD_READ and isinstance(ports, tuple):
        named += ports
    return tuple(dict.fromkeys(name for name in named if "." in name))


def products(entry: Entry) -> tuple[str, ...]:
    """The products an entry is about: `domain.product`."""
    return tuple(dict.fromkeys(product_of(name) for name in about(entry)))


def product_of(name: str) -> str:
    """The product of a table, a column or a product: `domain.product`."""
    return ".".join(name.partition("@")[0].partition(":")[0].split(".")[:2])
