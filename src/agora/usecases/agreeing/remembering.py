"""Remembering: the ledger from a moment on, without reading what lies before it."""

from collections.abc import Iterator
from datetime import datetime

from agora.model.ledger import Record
from agora.needs.house import House


def recent(house: House, since: datetime) -> Iterator[Record]:
    """The records since this moment, in order; found by halves, as places grow with time."""
    low, step = 0, 1
    while _before(house, low + step, since):
        low, step = low + step, step * 2
    while step > 1:
        step //= 2
        if _before(house, low + step, since):
            low += step
    return house.store.records(after=low)


def _before(house: House, place: int, since: datetime) -> bool:
    """True when there is a record at this place, and it is older."""
    found = next(house.store.records(after=place - 1, limit=1), None)
    return found is not None and found.entry.at < since
