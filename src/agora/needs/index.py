"""The need for an index of the market: what is told of every product, found by its words.

It is a narrow copy that can be dropped at any time: it is made again from the mesh and the ledger.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from agora.model.search import Answered, Listing, Question, Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an index was made from: the mesh of this hash and the ledger up to a place.

    `seal` is the hash of the record at that place, by which another ledger is noticed.
    """

    mesh: str = ""
    place: int = 0
    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What changed since: `anew` says that nothing of before holds.

    `listings` are those of the whole mesh, None while it is the same. `released` says since when
    readers get the rows they get, `flawed` names those of them of which a check is broken, `uses`
    how often a product was read on a day of the mesh.
    """

    standing: Standing
    today: date
    anew: bool = False
    listings: tuple[Listing, ...] | None = None
    released: Mapping[str, datetime | None] = field(default_factory=dict)
    flawed: Collection[str] = ()
    uses: Mapping[tuple[str, date], int] = field(default_factory=dict)


class Index(Protocol):
    """Finds products by words and facets, in one go and among nothing but what a reader may know.

    Several processes share it; each sees all of a change or nothing of it. Every method raises
    Unavailable when the index cannot be read or written.
    """

    def standing(self) -> Standing:
        """What it was made from."""
        ...

    def keep(self, before: Standing, news: News) -> bool:
        """The news are kept; False, and nothing is changed, when it stands elsewhere by now."""
        ...

    def find(self, mesh: str, question: Question, sight: Sight, now: datetime) -> Answered | None:
        """What fits, counted and ranked; None when the index is of another mesh than this."""
        ...

    def close(self) -> None:
        """Give back every handle."""
        ...
