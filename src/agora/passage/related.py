"""Related: which products are read together, counted on in the ledger from where it was left off."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from agora.model.errors import Conflict
from agora.model.ledger import Event, Record
from agora.model.names import PortVersion, ProductName
from agora.model.people import Principal
from agora.model.product import Product
from agora.model.related import Pair, Related, Together
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage.knowing import may_know

KEY = "read-together"
FAR = 1_000
"""So many records without a new pair are not read twice."""


def together(house: House) -> Together:
    """How many statements read two products at once, counted on from the last time."""
    kept = house.store.get(Together, KEY)
    before = kept.noun if kept else Together()
    times = Counter({(pair.one, pair.other): pair.times for pair in before.pairs})
    place = before.place
    for record in house.store.records(after=before.place):
        place = record.place
        times.update(combinations(sorted(set(_read(record))), 2))
    pairs = (Pair(one=one, other=other, times=n) for (one, other), n in sorted(times.items()))
    now = Together(place=place, pairs=tuple(pairs))
    if now.pairs != before.pairs or now.place - before.place > FAR:
        try:
            house.store.commit((Put(key=KEY, noun=now, revision=kept.revision if kept else 0),), ())
        except Conflict:
            return now  # somebody else counted on at the same time, and kept it
    return now


def joined(
    house: House, principal: Principal, product: ProductName, most: int
) -> tuple[Related, ...]:
    """The products that were read most often in one statement with this one, as far as one may know."""
    found = sorted(_beside(together(house), product), key=lambda each: (-each[1], each[0]))
    known = ((house.mesh.product(name), times) for name, times in found)
    told = (
        Related(product=other.name, title=other.title, times=times)
        for other, times in known
        if other is not None and may_know(house, principal, other)
    )
    return tuple(told)[:most]


def _beside(counted: Together, product: ProductName) -> Iterator[tuple[ProductName, int]]:
    for pair in counted.pairs:
        if product in (pair.one, pair.other):
            yield (pair.other if pair.one == product else pair.one), pair.times


def _read(record: Record) -> Iterator[ProductName]:
    """The products one statement of a person read."""
    if record.entry.event is Event.QUERY_OPENED:
        for name in record.entry.subject.split(", "):
            if name:
                yield PortVersion.parse(name).port.of


def others(house: House, principal: Principal, product: Product) -> Iterator[Product]:
    """Every other product this person may know of."""
    for other in house.mesh.products:
        if other.name != product.name and may_know(house, principal, other):
            yield other
