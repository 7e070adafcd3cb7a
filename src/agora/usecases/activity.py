"""Activity: what happened, as far as somebody may know, looked for by person, product, time, words."""

from collections.abc import Iterable

from agora.governance.activity import fits, reach, shown
from agora.model.activity import Found, Sought, products
from agora.model.ledger import Record
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.activity import backwards, top
from agora.passage.knowing import may_know

PAGE = 50
MOST = 20_000
"""So many records are looked at for one page; looking goes on from there when somebody asks."""


def activity(
    house: House, who: Actor, sought: Sought, *, before: int = 0, limit: int = PAGE
) -> Found:
    """The newest entries that are like this, from before this place (0: from the newest).

    Operator and governance see everything, owners what concerns their products, everybody their own.
    """
    last = before or top(house)
    found: list[Record] = []
    first = max(last - MOST, 1)
    for record in backwards(house, last, first):
        seen = shown(house.mesh, who.principal, record)
        if seen is not None and fits(house.mesh, sought, seen.entry):
            found.append(seen)
            if len(found) == limit:
                first = record.place
                break
    return Found(
        records=tuple(found),
        first=first,
        reach=reach(house.mesh, who.principal),
        known=_known(house, who, found),
    )


def _known(house: House, who: Actor, records: Iterable[Record]) -> frozenset[str]:
    named = {name for record in records for name in products(record.entry)}
    found = (each for each in house.mesh.products if str(each.name) in named)
    return frozenset(str(each.name) for each in found if may_know(house, who.principal, each))
