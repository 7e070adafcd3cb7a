"""Rate: who has read a product says how it was, with stars and words: one rating each, no owner's own."""

from dataclasses import dataclass, replace

from agora.governance import discussion as judge
from agora.model.discussion import Rating, Reader
from agora.model.ledger import Event
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.knowing import find_product
from agora.usecases.telling import saying
from agora.usecases.telling.hearing import hear


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What this reader gave a product, and why they may not rate it, if so."""

    rating: Rating | None = None
    why_not: tuple[Reason, ...] = ()


def own_rating(house: House, who: Actor, product: str) -> Own:
    """What a reader gave the product, and why they may give nothing, if so. Raises Missing."""
    name = find_product(house, who.principal, product).name
    kept = _kept(house, who, name)
    standing = kept.noun if kept and not kept.noun.withdrawn else None
    return Own(rating=standing, why_not=tuple(_against(house, who, name, 1)))


def rate(house: House, who: Actor, product: str, stars: int, words: str = "") -> Rating:
    """The product has this person's rating, in the place of the one before. Raises Missing, Denied."""
    name = find_product(house, who.principal, product).name
    text = judge.plain(words)
    saying.demand(
        (*_against(house, who, name, stars), *judge.judge_text(text, needed=False)),
    )
    made = Rating(product=name, author=who.principal.id, at=house.now(), stars=stars, words=text)
    _keep(house, who, name, made, Event.RATED, stars)
    return made


def withdraw(house: House, who: Actor, product: str) -> Rating:
    """The product has no rating of this person any more; its history keeps it. Raises Missing."""
    name = find_product(house, who.principal, product).name
    kept = _kept(house, who, name)
    if kept is None or kept.noun.withdrawn:
        raise saying.missing(f"rating of {who.principal.id}")
    made = replace(kept.noun, withdrawn=True)
    _keep(house, who, name, made, Event.RATED, 0)
    return made


def hide_rating(house: House, who: Actor, product: str, author: str, reason: str) -> Rating:
    """The words of a rating are hidden; its stars count. For those who oversee the mesh."""
    name = find_product(house, who.principal, product).name
    kept = house.store.get(Rating, keys.of_product(name, author))
    if kept is None or kept.noun.withdrawn:
        raise saying.missing(f"rating of {author}")
    why = judge.plain(reason)
    saying.demand((*judge.judge_hide(house.mesh, kept.noun, who.principal), *judge.judge_text(why)))
    made = replace(kept.noun, hidden_by=who.principal.id, hidden_why=why)
    entry = saying.entry(house, who, Event.HIDDEN, name, remark="rating", author=author)
    house.store.commit((Put(key=kept.key, noun=made, revision=kept.revision),), (entry,))
    return made


def _against(house: House, who: Actor, product: ProductName, stars: int) -> tuple[Reason, ...]:
    hear(house)
    read = house.store.get(Reader, keys.of_product(product, who.principal.id))
    found = judge.judge_rating(house.mesh, product, who.principal, stars, has_read=read is not None)
    return tuple(found)


def _keep(
    house: House, who: Actor, product: ProductName, made: Rating, event: Event, stars: int
) -> None:
    def make() -> Put:
        kept = _kept(house, who, product)
        revision = kept.revision if kept else 0
        return Put(key=keys.of_product(product, who.principal.id), noun=made, revision=revision)

    saying.counted(house, product, make, saying.entry(house, who, event, product, stars=stars))


def _kept(house: House, who: Actor, product: ProductName) -> Kept[Rating] | None:
    return house.store.get(Rating, keys.of_product(product, who.principal.id))
