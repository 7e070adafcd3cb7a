"""Activity: the ledger read backwards, as far as one look may go."""

from collections.abc import Iterator

from agora.model.ledger import Record
from agora.needs.house import House
from agora.passage.indexing import indexed

BLOCK = 500


def top(house: House) -> int:
    """The place behind the newest entry."""
    return indexed(house) + 1


def backwards(house: House, before: int, first: int) -> Iterator[Record]:
    """The records before one place and down to another, the newest first."""
    while before > first:
        bottom = max(before - BLOCK, first)
        block = tuple(house.store.records(after=bottom - 1, limit=before - bottom))
        yield from reversed(block)
        before = bottom
