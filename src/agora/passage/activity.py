"""Activity: the ledger read backwards, as far as one look may go."""

from collections.abc import Iterator

from agora.model.ledger import Record
from agora.needs.house import House

BLOCK = 500


def top(house: House) -> int:
    """The place behind the newest entry, found in few looks and without waiting for the index."""
    last, step = house.index.standing().place, 1
    if not _more(house, last - 1):
        last = 0  # the index was made from another ledger
    while _more(house, last + step):
        last, step = last + step, step * 2
    while step > 1:
        step //= 2
        last += step if _more(house, last + step) else 0
    return last + 1 + _more(house, last)


def _more(house: House, place: int) -> bool:
    """Whether there is an entry behind this place."""
    return next(iter(house.store.records(after=place, limit=1)), None) is not None


def backwards(house: House, before: int, first: int) -> Iterator[Record]:
    """The records before one place and down to another, the newest first."""
    while before > first:
        bottom = max(before - BLOCK, first)
        block = tuple(house.store.records(after=bottom - 1, limit=before - bottom))
        yield from reversed(block)
        before = bottom
