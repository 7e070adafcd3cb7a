"""Counting: the book of the scorecard, counted on in the ledger from where it was left off."""

from agora.model.errors import Conflict
from agora.model.scorecard import Book
from agora.needs.house import House
from agora.needs.store import Put
from agora.quality.counting import counted

KEY = "counted"
"""Under another key than the books in which each product of a statement was counted by itself."""
FAR = 500
"""So many records are counted again rather than kept: the store keeps every revision of a book."""


def book(house: House) -> Book:
    """Everything counted up to the newest entry."""
    kept = house.store.get(Book, KEY)
    before = kept.noun if kept else Book()
    now = counted(before, house.store.records(after=before.place))
    if now.place - before.place > FAR:
        put = Put(key=KEY, noun=now, revision=kept.revision if kept else 0)
        try:
            house.store.commit((put,), ())
        except Conflict:
            return now  # somebody else counted on at the same time, and kept it
    return now
