"""Offers: what a contract promises beside its rows: service levels, roles, places, a price."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from agora.model.contract import Price, ServiceLevel
from agora.spec.texts import Text

_TOLD = frozenset({"id", "server", "description", "customProperties", "roles"})


def levels(text: Text) -> Iterator[ServiceLevel]:
    """Every service level, in order."""
    for node in text.get("slaProperties") or ():
        yield ServiceLevel(
            property=str(node["property"]),
            value="" if node["value"] is None else str(node["value"]),
            unit=str(node.get("unit") or ""),
            element=str(node.get("element") or ""),
            description=str(node.get("description") or ""),
        )


def roles(text: Text) -> tuple[str, ...]:
    """The roles by which access is given."""
    return tuple(sorted(str(node.get("role")) for node in _nodes(text, "roles")))


def servers(text: Text) -> tuple[tuple[str, str], ...]:
    """Each server with everything that says where it is, as one text."""
    found = []
    for node in _nodes(text, "servers"):
        place = {key: value for key, value in node.items() if key not in _TOLD}
        found.append((str(node.get("server")), json.dumps(place, sort_keys=True, default=str)))
    return tuple(sorted(found))


def price(text: Text) -> Price | None:
    """What using it costs, when the contract says so."""
    node = text.get("price")
    if not isinstance(node, dict):
        return None
    amount = node.get("priceAmount")
    return Price(
        amount=Decimal(str(amount)) if isinstance(amount, int | Decimal) else None,
        currency=str(node.get("priceCurrency") or ""),
        unit=str(node.get("priceUnit") or ""),
    )


def _nodes(text: Text, key: str) -> list[dict[str, Any]]:
    return [node for node in text.get(key) or () if isinstance(node, dict)]
