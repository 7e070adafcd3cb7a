"""Indexing: the market's index says what the mesh and the ledger say, whoever asks first."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from agora.model.errors import Unavailable
from agora.model.ledger import Event, Record
from agora.model.names import PortVersion, ProductName
from agora.model.release import Release
from agora.needs.house import House
from agora.needs.index import News, Standing
from agora.passage import keys
from agora.passage.listing import listing
from agora.passage.ruling import current_release

RELEASES = frozenset({Event.RELEASED, Event.ROLLED_BACK})
_READS = frozenset({Event.QUERY_OPENED, Event.BUILD_READ})
_TRIES = 5


@dataclass(slots=True)
class Heard:
    """What the ledger tells from a place on: which products were released, which were read when."""

    place: int = 0
    seal: str = ""
    released: set[ProductName] = field(default_factory=set)
    uses: Counter[tuple[str, date]] = field(default_factory=Counter)

    def hear(self, record: Record) -> None:
        """One record more."""
        entry = record.entry
        self.place, self.seal = record.place, record.hash
        if entry.event in RELEASES:
            self.released.update(named(entry.subject))
        elif entry.event in _READS:
            for name in dict.fromkeys(named(entry.subject)):
                self.uses[str(name), entry.at.date()] += 1


def named(subject: str) -> Iterator[ProductName]:
    """The products that the subject of an entry names, by themselves or by their ports."""
    for word in subject.split(", "):
        try:
            yield PortVersion.parse(word).port.of if "@" in word else ProductName.parse(word)
        except ValueError:
            continue


def indexed(house: House) -> int:
    """The index is of this mesh and knows the ledger up to this place. Raises Unavailable.

    Where many search while much happens, others are often faster. Whoever was overtaken twice is
    content: the second one to overtake looked at the ledger after they had come themselves.
    """
    for tried in range(_TRIES):
        before = house.index.standing()
        if tried > 1 and before.mesh == house.mesh.hash:
            return before.place
        news = _news(house, before)
        if news is None:
            return before.place
        if house.index.keep(before, news):
            return news.standing.place
    raise Unavailable("the search index is busy", code="E670", hint="try again in a moment")


def _news(house: House, before: Standing) -> News | None:
    """What the index does not know yet; None when there is nothing."""
    heard = _since(house.store.records(after=max(before.place - 1, 0)), before)
    anew = heard is None
    if heard is None:
        heard = Heard()
        for record in house.store.records():
            heard.hear(record)
    mesh = house.mesh
    rows = {str(name): _rows(house, name) for name in heard.released}
    standing = Standing(mesh=mesh.hash, place=heard.place, seal=heard.seal)
    if standing == before:
        return None
    other = mesh.hash != before.mesh
    return News(
        standing=standing,
        today=house.now().date(),
        anew=anew,
        listings=tuple(listing(mesh, p) for p in mesh.products) if other else None,
        released={name: made.released_at if made else None for name, made in rows.items()},
        flawed={name for name, made in rows.items() if made and made.flawed},
        uses=heard.uses,
    )


def _since(records: Iterable[Record], before: Standing) -> Heard | None:
    """What is new in the ledger; None when it is another ledger than the index was made from."""
    heard = Heard(place=before.place, seal=before.seal)
    met = before.place == 0
    for record in records:
        if record.place == before.place and record.hash == before.seal:
            met = True
        elif record.place > before.place and met:
            heard.hear(record)
        else:
            return None
    return heard if met else None


def _rows(house: House, name: ProductName) -> Release | None:
    """The release that made the rows readers get: a rollback does not make them any fresher."""
    product = house.mesh.product(name)
    release = current_release(house, product) if product else None
    if release is None or not release.restores:
        return release
    made = house.store.get(Release, keys.release(name, release.restores))
    return made.noun if made else release
