"""Related products: those read together, and those alike."""

from dataclasses import dataclass

from agora.model.names import ProductName


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pair:
    """Two products, in the order of their names, and how many statements read both."""

    one: ProductName
    other: ProductName
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Which products were read in one statement, as the ledger tells up to its record `place`."""

    place: int = 0
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A product that goes with another: joined so many `times`, or alike in columns and tags.

    `columns` and `tags` are those that both have.
    """

    product: ProductName
    title: str
    times: int = 0
    likeness: float = 0.0
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
