"""Counting: what the ledger adds up to, counted on from where it was left off."""

import contextlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from agora.model.errors import Conflict
from agora.model.ledger import Record
from agora.model.operating import Journal
from agora.model.scorecard import Book
from agora.needs.house import House
from agora.needs.store import Put
from agora.quality.counting import counted
from agora.quality.runs import heard

B = TypeVar("B", Book, Journal)
SHELF = "counted/"
FAR = 500
"""So many records are rather counted again than a whole book is written."""


def book(house: House) -> Book:
    """Everything counted for the scorecard, up to the newest entry."""
    return _counted_on(house, Book(), counted)


def journal(house: House) -> Journal:
    """What is known of runs and of maintenance, up to the newest entry."""
    return _counted_on(house, Journal(), heard)


def _counted_on(house: House, empty: B, count: Callable[[B, Iterable[Record]], B]) -> B:
    """The one that went furthest is kept, under its place; those before it are gone, revisions and all."""
    kept = tuple(house.store.find(type(empty), SHELF))
    before = kept[-1].noun if kept else empty
    now = count(before, house.store.records(after=before.place))
    if now.place - before.place > FAR:
        with contextlib.suppress(Conflict):  # somebody else counted just as far, and kept it
            house.store.commit((Put(key=f"{SHELF}{now.place:020}", noun=now),), ())
            house.store.forget(kept)
    return now
