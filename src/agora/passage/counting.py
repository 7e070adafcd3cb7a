"""Counting: the book of the scorecard, counted on in the ledger from where it was left off."""

import contextlib

from agora.model.errors import Conflict
from agora.model.scorecard import Book
from agora.needs.house import House
from agora.needs.store import Put
from agora.quality.counting import counted

SHELF = "counted/"
FAR = 500
"""So many records are rather counted again than a whole book is written."""


def book(house: House) -> Book:
    """Everything counted up to the newest entry.

    The one that went furthest is kept, under its place; those before it are gone, revisions and all.
    """
    kept = tuple(house.store.find(Book, SHELF))
    before = kept[-1].noun if kept else Book()
    now = counted(before, house.store.records(after=before.place))
    if now.place - before.place > FAR:
        with contextlib.suppress(Conflict):  # somebody else counted just as far, and kept it
            house.store.commit((Put(key=f"{SHELF}{now.place:020}", noun=now),), ())
            house.store.forget(kept)
    return now
