"""Listing: what the market's index is told of a product, all of it from the mesh's files."""

from collections.abc import Iterator
from datetime import UTC
from functools import lru_cache
from typing import cast

from agora.model.mesh import Mesh
from agora.model.product import OutputPort, Product
from agora.model.search import FIELDS, Listing
from agora.quality.levels import bounds

MANAGED = "managed"


def texts(mesh: Mesh, product: Product) -> tuple[str, ...]:
    """The words of a product, one text for each of the fields that are searched."""
    return _gathered(_Same(mesh), _Same(product))


class _Same:
    """The very same object: comparing two by content would cost more than it saves."""

    __slots__ = ("it",)

    def __init__(self, it: Mesh | Product) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it


@lru_cache(maxsize=2048)
def _gathered(whole: _Same, one: _Same) -> tuple[str, ...]:
    mesh, product = cast("Mesh", whole.it), cast("Product", one.it)
    found: dict[str, list[str]] = {field: [] for field in FIELDS}
    for field, text in _texts(mesh, product):
        if text:
            found[field].append(text)
    return tuple(" \n".join(found[field]) for field in FIELDS)


def listing(mesh: Mesh, product: Product) -> Listing:
    """What the index holds of a product."""
    levels = [level for port in product.ports for level in port.contract.service_levels]
    promised = bounds(levels, mesh.at.tzinfo if mesh.at else UTC)
    return Listing(
        name=product.name,
        listed=product.listed,
        texts=_gathered.__wrapped__(_Same(mesh), _Same(product)),
        kind=str(product.kind),
        state=str(product.status),
        tags=product.every_tag(),
        formats=_formats(product),
        age=promised.age,
        begins=promised.begins,
        ends=promised.ends,
    )


def _texts(mesh: Mesh, product: Product) -> Iterator[tuple[str, str]]:
    used = product.every_tag()
    yield "name", str(product.name)
    yield "title", product.title
    yield "summary", product.summary
    yield "summary", product.description
    yield "tags", " ".join(used)
    yield "readme", product.readme
    for port in product.ports:
        yield from _port(product, port)
    yield from (("glossary", text) for text in _glossary(mesh, product, frozenset(used)))


def _port(product: Product, port: OutputPort) -> Iterator[tuple[str, str]]:
    if port.name.port != product.name.product:
        yield "name", port.name.port
    yield "title", port.contract.title
    yield "summary", port.description
    yield "summary", port.contract.description
    for column in port.contract.columns:
        yield "column", " ".join(filter(None, (column.name, column.title, column.description)))


def _glossary(mesh: Mesh, product: Product, used: frozenset[str]) -> Iterator[str]:
    """What the mesh says of the words a product uses: its domain, its tags, the purposes it reads for."""
    domain = mesh.domain(product.name.domain)
    if domain is not None:
        yield domain.title
    for tag in mesh.tags:
        if tag.id in used:
            yield f"{tag.title} {tag.description}"
    reads = frozenset(each.purpose for each in product.inputs)
    for purpose in mesh.purposes:
        if purpose.id in reads:
            yield f"{purpose.title} {purpose.description}"


def _formats(product: Product) -> tuple[str, ...]:
    elsewhere = {each.port: each.type for each in product.build.external}
    return tuple(sorted({elsewhere.get(port.version, MANAGED) for port in product.ports}))
