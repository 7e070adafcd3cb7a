"""Refusals: who got no answer of a product and why, from what the ledger says of it."""

from dataclasses import replace

from agora.model.activity import products
from agora.model.codes import CODES
from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.model.owning import Refusal

REFUSED = frozenset({Event.QUERY_REFUSED, Event.DENIED})


class Refusals:
    """Everybody who was refused a product, or whose statement failed, once for each reason.

    A rule is told only of a refusal that was about this product alone: else it may be another's.
    """

    def __init__(self, product: ProductName) -> None:
        """Nobody was yet."""
        self._product = str(product)
        self._found: dict[tuple[str, str, tuple[str, ...]], Refusal] = {}

    def hear(self, entry: Entry) -> None:
        """One entry more; they come newest first."""
        about, facts = products(entry), dict(entry.facts)
        code = unanswered(entry)
        if code is None or self._product not in about:
            return
        told = facts.get("rules") if len(about) == 1 else ()
        rules = tuple(dict.fromkeys(told)) if isinstance(told, tuple) else ()
        key = entry.who, code, rules
        before = self._found.get(key) or Refusal(
            name=entry.who, code=code, rules=rules, last=entry.at
        )
        self._found[key] = replace(before, times=before.times + 1)

    def found(self) -> tuple[Refusal, ...]:
        """Who was refused last comes first."""
        return tuple(self._found.values())


def unanswered(entry: Entry) -> str | None:
    """The code of why somebody got no answer, also of a statement that failed on its way; else None."""
    facts = dict(entry.facts)
    if entry.event in REFUSED:
        return str(facts.get("code", ""))
    outcome = str(facts.get("outcome", "")) if entry.event is Event.QUERY_CLOSED else ""
    return outcome if outcome in CODES else None
