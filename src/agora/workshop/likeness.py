"""Likeness: how much two products have in common, by the columns they promise and their tags."""

from collections.abc import Iterable

from agora.model.product import Product
from agora.model.related import Related

LEAST = 0.1
"""What has less in common than this is not alike."""
_COLUMNS, _TAGS = 0.7, 0.3


def alike(product: Product, others: Iterable[Product], most: int) -> tuple[Related, ...]:
    """The products that have most in common with this one, most alike first; each says in what."""
    found = [
        each
        for other in others
        if other.name != product.name and (each := _alike(product, other)).likeness >= LEAST
    ]
    return tuple(sorted(found, key=lambda each: (-each.likeness, each.product))[:most])


def _alike(product: Product, other: Product) -> Related:
    columns = _columns(product), _columns(other)
    tags = frozenset(product.tags), frozenset(other.tags)
    return Related(
        product=other.name,
        title=other.title,
        likeness=round(_COLUMNS * _share(*columns) + _TAGS * _share(*tags), 3),
        columns=tuple(sorted(columns[0] & columns[1])),
        tags=tuple(sorted(tags[0] & tags[1])),
    )


def _columns(product: Product) -> frozenset[str]:
    return frozenset(c.name.lower() for port in product.ports for c in port.contract.columns)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of what either has both have (Jaccard)."""
    return len(one & other) / len(one | other) if one | other else 0.0
