"""Search: what somebody may know of, ranked by how well it fits their words."""

from collections.abc import Iterator
from dataclasses import dataclass

from agora.model.people import Actor
from agora.model.product import Product
from agora.needs.house import House
from agora.passage.knowing import known
from agora.passage.ruling import rule

WEIGHTS = {"name": 5.0, "title": 4.0, "tags": 3.0, "column": 2.0, "summary": 2.0, "readme": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A product that fits: `matched` says where, `access` is `open` or `on request`."""

    product: Product
    score: float
    access: str
    matched: tuple[str, ...] = ()


def search(house: House, who: Actor, words: str = "") -> tuple[Hit, ...]:
    """Every product this person may know of that holds all the words, best first."""
    wanted = words.lower().split()
    hits = [
        hit for product in known(house, who.principal) if (hit := _hit(house, who, product, wanted))
    ]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, str(hit.product.name))))


def _hit(house: House, who: Actor, product: Product, wanted: list[str]) -> Hit | None:
    texts = list(_texts(product))
    found = [[where for where, text in texts if word in text.lower()] for word in wanted]
    if not all(found):
        return None
    places = tuple(dict.fromkeys(where for wheres in found for where in wheres))
    return Hit(
        product=product,
        score=sum(WEIGHTS[where] for wheres in found for where in set(wheres)),
        access=_access(house, who, product),
        matched=places,
    )


def _texts(product: Product) -> Iterator[tuple[str, str]]:
    yield "name", str(product.name)
    yield "title", product.title
    yield "summary", f"{product.summary} {product.description}"
    yield "tags", " ".join(product.tags)
    yield "readme", product.readme
    for port in product.ports:
        yield "name", str(port.name)
        for column in port.contract.columns:
            yield "column", f"{column.name} {column.title} {column.description}"


def _access(house: House, who: Actor, product: Product) -> str:
    rulings = [rule(house, who.principal, who.purpose, product, port) for port in product.ports]
    return "open" if any(r.decision.allowed for r in rulings) else "on request"
