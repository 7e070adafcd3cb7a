"""Activity: what somebody looks for in the ledger, and what of it they find."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agora.model.errors import Unusable
from agora.model.ledger import Entry, Event, Record
from agora.model.people import PrincipalKind

MOST_TEXT = 200


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

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "Sought":
        """What somebody typed, by the names of the fields. Raises Unusable."""
        given = {name: value.strip() for name, value in words.items() if value.strip()}
        events = tuple(_event(word) for word in given.get("events", "").split(",") if word.strip())
        kind = given.get("kind", "")
        return cls(
            person=given.get("person", ""),
            product=product_of(given.get("product", "")),
            events=events,
            purpose=given.get("purpose", ""),
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
            text=given.get("text", "")[:MOST_TEXT],
            kind=PrincipalKind(kind) if kind in tuple(PrincipalKind) else None,
            across=given.get("across", "") == "yes",
        )


class Reach(StrEnum):
    """How much of what happens somebody may know."""

    ALL = "all"
    OWNED = "owned"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Entries, the newest first. Everything from place `first` on was looked at; 1 is all of it.

    `reach` is whose entries could be among them: everybody's, also those about products one owns, or
    only one's own. `known` are the products they name of which the reader may know.
    """

    records: tuple[Record, ...]
    first: int
    reach: Reach = Reach.OWN
    known: frozenset[str] = frozenset()


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


def _event(word: str) -> Event:
    name = word.strip()
    if name not in tuple(Event):
        near = difflib.get_close_matches(name, tuple(Event), n=3, cutoff=0.4) or tuple(Event)
        names = ", ".join(f"`{each}`" for each in near)
        raise Unusable(f"`{name}` is nothing that happens here", code="E760", hint=f"use {names}")
    return Event(name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unusable(
            f"`{text}` is no day", code="E761", hint="write it as `2018-01-31`"
        ) from None
