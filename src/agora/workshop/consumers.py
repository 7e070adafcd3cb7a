"""Consumers: who uses a product for what, from what was agreed and what the ledger says was read."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from agora.model.access import Agreement
from agora.model.activity import about, product_of
from agora.model.ledger import Entry, Event
from agora.model.owning import Consumer
from agora.model.product import Product
from agora.workshop.lineage.usage import Used, tables, used_columns

Words = tuple[str, ...]


def consumers(
    product: Product, agreements: Collection[Agreement], entries: Iterable[Entry], now: datetime
) -> tuple[Consumer, ...]:
    """Everybody who may read it by agreement or was seen to; who read it last comes first."""
    agreed = {each.id: each for each in agreements}
    found = {
        each.id: Consumer(name=each.consumer, purpose=each.purpose, agreement=each)
        for each in agreements
        if each.active(now)
    }
    read: dict[tuple[str, Words], Used] = {}
    for entry in entries:
        if entry.event in (Event.QUERY_OPENED, Event.BUILD_READ) and _reads(product, entry):
            _seen(product, entry, agreed, found, read)
    return tuple(sorted(found.values(), key=_newest))


def _reads(product: Product, entry: Entry) -> bool:
    named = about(entry) if entry.event is Event.QUERY_OPENED else about(entry)[1:]
    return str(product.name) in map(product_of, named)


def _newest(each: Consumer) -> tuple[float, str, str]:
    return (-each.last.timestamp() if each.last else 0, each.name, each.purpose)


def _seen(
    product: Product,
    entry: Entry,
    agreed: dict[str, Agreement],
    found: dict[str, Consumer],
    read: dict[tuple[str, Words], Used],
) -> None:
    """One read more, under the agreement it was made with."""
    ids = _words(dict(entry.facts).get("agreements"))
    by = next((agreed[name] for name in ids if name in agreed), None)
    key = by.id if by else f"{entry.who} {entry.purpose}"
    name, purpose = (by.consumer, by.purpose) if by else (entry.who, entry.purpose)
    before = found.get(key) or Consumer(name=name, purpose=purpose, agreement=by)
    found[key] = replace(
        before,
        reads=before.reads + 1,
        last=max(before.last, entry.at) if before.last else entry.at,
        used=tuple(sorted({*before.used, *_used(product, entry, read)})),
        people=tuple(sorted({*before.people, entry.who})),
    )


def _used(product: Product, entry: Entry, read: dict[tuple[str, Words], Used]) -> Words:
    """The columns a statement named; equal statements are looked at once."""
    facts = dict(entry.facts)
    if entry.event is not Event.QUERY_OPENED:
        return ()
    key = str(facts.get("sql", "")), _words(facts.get("columns"))
    if key not in read:
        read[key] = used_columns(key[0], tables(key[1]))
    return tuple(name for port in product.ports for name in read[key].of(port.version))


def _words(value: object) -> Words:
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
