"""Owning: who uses a product, for what, under which agreement, and what of it."""

from dataclasses import dataclass
from datetime import datetime

from agora.model.access import Agreement
from agora.model.names import ProductName


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """One reader of a product for one purpose; without an agreement the domain's own rules let them.

    `used` are the columns their statements named, `people` who read under the agreement.
    """

    name: str
    purpose: str
    agreement: Agreement | None = None
    reads: int = 0
    last: datetime | None = None
    used: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Somebody who was refused a product for one reason, how often and when last.

    `rules` are those of the refusals that were about this product alone.
    """

    name: str
    code: str
    rules: tuple[str, ...] = ()
    times: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A product as its owners see its use; everything from place `first` of the ledger was looked at."""

    product: ProductName
    consumers: tuple[Consumer, ...]
    first: int
    refusals: tuple[Refusal, ...] = ()
