"""Hearing: the ledger read on from where the last reading ended, each entry told exactly once.

Where it ended is kept in the same commit as what was told, so of several that read on at once only
one keeps what it found; the others look again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from agora.governance import notice as telling
from agora.governance.notice import Telling
from agora.model.access import Agreement, Request
from agora.model.discussion import Reader
from agora.model.ledger import Entry, Event, Record
from agora.model.names import ProductName
from agora.model.notice import Follow, Opened
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.usecases.telling.piling import Pile, begun

AT_ONCE = 500
"""So many entries are read in one step; a step that told nothing is kept only when it is full."""
OPEN_AT_MOST = 500
_TALK = (Event.QUESTIONED, Event.ANSWERED, Event.SETTLED)


def hear(house: House, *, settle: bool = False) -> int:
    """Everything the ledger holds is told; give how many notices that made.

    Where it ended is only kept when something was told, or the step was full: a mesh at rest is
    not written to. With `settle` it is kept in any case, so that nobody is told of it later.
    """
    made = 0
    while True:
        pile = begun(house)
        before, more = pile.heard.place, _step(pile)
        worth = more or pile.puts or (settle and pile.heard.place != before)
        if not worth:
            return made
        if pile.commit():
            made += pile.made()


def followers(house: House, product: ProductName) -> tuple[str, ...]:
    """Who follows a product now."""
    found = house.store.find(Follow, keys.of_product(product))
    return tuple(kept.noun.follower for kept in found if kept.noun.ended_at is None)


def _step(pile: Pile) -> bool:
    """The next entries are on the pile; True when there may be more."""
    records = list(pile.house.store.records(after=pile.heard.place, limit=AT_ONCE))
    for record in records:
        pile.tell(_told(pile.house, record.entry), record.recorded_at)
        _reading(pile, record)
    if records:
        pile.heard = replace(pile.heard, place=records[-1].place)
    return len(records) == AT_ONCE


def _told(house: House, entry: Entry) -> Iterator[Telling]:
    facts = dict(entry.facts)
    if entry.event in telling.OF_AGREEMENTS:
        agreed = house.store.get(Agreement, f"{entry.subject}/{facts.get('agreement', '')}")
        if agreed is not None:
            yield from telling.about_agreement(house.mesh, entry, agreed.noun)
    elif entry.event is Event.UNDELIVERED:
        yield from telling.undelivered(entry)
    elif entry.event in _TALK:
        yield from telling.about_talk(house.mesh, ProductName.parse(entry.subject), entry)
    elif entry.event is Event.RELEASED:
        product, number = ProductName.parse(entry.subject), int(str(facts.get("release", 0)))
        yield from telling.about_release(product, entry, number, followers(house, product))
    elif entry.event is Event.RUN_ENDED:
        product = ProductName.parse(entry.subject)
        yield from telling.about_run(house.mesh, product, entry, followers(house, product))
    elif entry.event in telling.OF_REQUESTS:
        asked = house.store.get(Request, str(facts.get("request", "")))
        if asked is not None:
            yield from telling.about_request(house.mesh, entry, asked.noun)


def _reading(pile: Pile, record: Record) -> None:
    """Who read a product to its end is one of its readers from then on."""
    entry, facts = record.entry, dict(record.entry.facts)
    statement = str(facts.get("statement", ""))
    if entry.event is Event.QUERY_OPENED:
        read = facts.get("releases", ())
        products = [word.rpartition("#")[0] for word in read] if isinstance(read, tuple) else []
        opened = Opened(statement=statement, who=entry.who, products=tuple(products))
        pile.heard = replace(pile.heard, open=(*pile.heard.open, opened)[-OPEN_AT_MOST:])
    elif entry.event is Event.QUERY_CLOSED:
        left = tuple(each for each in pile.heard.open if each.statement != statement)
        ended = [each for each in pile.heard.open if each.statement == statement]
        pile.heard = replace(pile.heard, open=left)
        if facts.get("outcome") == "complete":
            _have_read(pile, ended, entry.at)


def _have_read(pile: Pile, ended: Sequence[Opened], at: datetime) -> None:
    known = {put.key for put in pile.puts if isinstance(put.noun, Reader)}
    for each in ended:
        for name in each.products:
            product = ProductName.parse(name)
            key = keys.of_product(product, each.who)
            if key not in known and pile.house.store.get(Reader, key) is None:
                known.add(key)
                reader = Reader(product=product, person=each.who, at=at)
                pile.puts.append(Put(key=key, noun=reader))
