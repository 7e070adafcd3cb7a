"""Refusals: who was refused a product and why, from what the ledger says of it."""

from collections.abc import Iterable
from dataclasses import replace

from agora.model.activity import products
from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.model.owning import Refusal

REFUSED = frozenset({Event.QUERY_REFUSED, Event.DENIED})


def refusals(product: ProductName, entries: Iterable[Entry]) -> tuple[Refusal, ...]:
    """Everybody who was refused the product, once for each reason; the newest come first.

    Entries come newest first. A rule is told only of a refusal that was about this product alone:
    else it may be another's.
    """
    found: dict[tuple[str, str, tuple[str, ...]], Refusal] = {}
    for entry in entries:
        about = products(entry)
        if entry.event not in REFUSED or str(product) not in about:
            continue
        facts = dict(entry.facts)
        told = facts.get("rules") if len(about) == 1 else ()
        rules = tuple(dict.fromkeys(told)) if isinstance(told, tuple) else ()
        key = entry.who, str(facts.get("code", "")), rules
        before = found.get(key) or Refusal(name=key[0], code=key[1], rules=rules, last=entry.at)
        found[key] = replace(before, times=before.times + 1)
    return tuple(found.values())
