"""Home: how much somebody may know of, and which of it has the newest rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Release
from agora.model.search import Answered, Question, Sort
from agora.needs.house import House
from agora.passage.finding import answered
from agora.passage.ruling import current_release

FEW = 6
MANY = 1000
"""A market of more products is not indexed while somebody waits for their first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A product with the release its readers get now, None before the first."""

    product: Product
    release: Release | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """How many `products` somebody may know of; those released last, and their own domains'.

    While a huge market is being indexed, only their own domains' products are told: None is known.
    """

    products: int | None
    recent: tuple[Served, ...] = ()
    mine: tuple[Served, ...] = ()


def home(house: House, who: Actor) -> Home:
    """What this person meets first; nothing of it is asked product by product. Raises Unavailable."""
    domains = who.principal.domains
    if len(house.mesh.products) > MANY and house.index.standing().mesh != house.mesh.hash:
        return Home(products=None, mine=_own(house, domains))
    newest = _newest(house, who)
    return Home(
        products=newest.total,
        recent=tuple(each for each in _served(house, newest) if each.release),
        mine=_served(house, _newest(house, who, domains)) if domains else (),
    )


def _own(house: House, domains: Collection[str]) -> tuple[Served, ...]:
    """Some of their domains' products, which their people may know of, listed or not."""
    own = [each for each in house.mesh.products if each.name.domain in domains][:FEW]
    return tuple(Served(product=p, release=current_release(house, p)) for p in own)


def _newest(house: House, who: Actor, domains: Sequence[str] = ()) -> Answered:
    where = (("domain", tuple(domains)),) if domains else ()
    return answered(house, who, Question(where=where, sort=Sort.NEWEST, limit=FEW))


def _served(house: House, found: Answered) -> tuple[Served, ...]:
    named = (house.mesh.product(ProductName.parse(each.name)) for each in found.listed)
    return tuple(
        Served(product=each, release=current_release(house, each)) for each in named if each
    )
