"""Consumers: who uses a product for what, from what was agreed and what the ledger says was read."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from agora.model.access import Agreement
from agora.model.activity import about, product_of
from agora.model.ledger import Entry, Event
from agora.model.owning import Consumer
from agora.model.product import Product
from agora.workshop.lineage.usage import tables, used_columns

Words = tuple[str, ...]
REMEMBERED = 500
"""So many statements, each of which may be long, are remembered with the columns they named."""


class Consumers:
    """Everybody who may read a product by agreement, or was seen to."""

    def __init__(self, product: Product, agreements: Collection[Agreement], now: datetime) -> None:
        """Nothing was read yet."""
        self._product = product
        self._agreed = {each.id: each for each in agreements}
        self._found = {
            each.id: Consumer(name=each.consumer, purpose=each.purpose, agreement=each)
            for each in agreements
            if each.active(now)
        }
        self._used: dict[tuple[str, Words], Words] = {}

    def hear(self, entry: Entry) -> None:
        """One entry more: what is a read of it counts under the agreement it was made with."""
        if not self._reads(entry):
            return
        ids = _words(dict(entry.facts).get("agreements"))
        by = next((self._agreed[name] for name in ids if name in self._agreed), None)
        key = by.id if by else f"{entry.who} {entry.purpose}"
        name, purpose = (by.consumer, by.purpose) if by else (entry.who, entry.purpose)
        before = self._found.get(key) or Consumer(name=name, purpose=purpose, agreement=by)
        self._found[key] = replace(
            before,
            reads=before.reads + 1,
            last=max(before.last, entry.at) if before.last else entry.at,
            used=tuple(sorted({*before.used, *self._columns(entry)})),
            people=tuple(sorted({*before.people, entry.who})),
        )

    def found(self, before: Callable[[str], datetime | None]) -> tuple[Consumer, ...]:
        """Who read it last comes first; `before` says when somebody did who was not seen to."""
        told = (
            each if each.last else replace(each, last=before(each.name))
            for each in self._found.values()
        )
        return tuple(sorted(told, key=_newest))

    def _reads(self, entry: Entry) -> bool:
        if entry.event not in (Event.QUERY_OPENED, Event.BUILD_READ):
            return False
        named = about(entry) if entry.event is Event.QUERY_OPENED else about(entry)[1:]
        return str(self._product.name) in map(product_of, named)

    def _columns(self, entry: Entry) -> Words:
        """The columns a statement named; of equal statements one is looked at, while some are kept."""
        facts = dict(entry.facts)
        if entry.event is not Event.QUERY_OPENED:
            return ()
        key = str(facts.get("sql", "")), _words(facts.get("columns"))
        if key not in self._used:
            if len(self._used) >= REMEMBERED:
                self._used.clear()
            used = used_columns(key[0], tables(key[1]))
            ports = self._product.ports
            self._used[key] = tuple(name for port in ports for name in used.of(port.version))
        return self._used[key]


def _newest(each: Consumer) -> tuple[float, str, str]:
    return (-each.last.timestamp() if each.last else 0, each.name, each.purpose)


def _words(value: object) -> Words:
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
