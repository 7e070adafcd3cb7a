"""Activity: what happened, as far as somebody may know, looked for by person, product, time, words."""

from collections.abc import Iterator

from agora.governance.activity import fits, shown
from agora.model.activity import Found, Sought
from agora.model.ledger import Record
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.indexing import indexed

PAGE = 50
BLOCK = 500
MOST = 20_000
"""So many records are looked at for one page; looking goes on from there when somebody asks."""


def activity(
    house: House, who: Actor, sought: Sought, *, before: int = 0, limit: int = PAGE
) -> Found:
    """The newest entries that are like this, from before this place (0: from the newest).

    Operator and governance see everything, owners what concerns their products, everybody their own.
    """
    top = before or indexed(house) + 1
    found: list[Record] = []
    first = max(top - MOST, 1)
    for record in _backwards(house, top, first):
        seen = shown(house.mesh, who.principal, record)
        if seen is not None and fits(house.mesh, sought, seen.entry):
            found.append(seen)
            if len(found) == limit:
                first = record.place
                break
    return Found(records=tuple(found), first=first)


def _backwards(house: House, top: int, first: int) -> Iterator[Record]:
    """The records before `top` and down to `first`, the newest first."""
    while top > first:
        bottom = max(top - BLOCK, first)
        block = tuple(house.store.records(after=bottom - 1, limit=top - bottom))
        yield from reversed(block)
        top = bottom
