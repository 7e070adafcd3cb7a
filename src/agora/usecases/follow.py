"""Follow: somebody hears what becomes of a product, as long as they may know of it."""

from dataclasses import dataclass, replace

from agora.model.errors import Conflict, Exhausted
from agora.model.names import ProductName
from agora.model.notice import Follow, Following
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.knowing import find_product, may_know
from agora.usecases.telling.hearing import hear

AT_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Whether somebody follows a product now."""

    product: ProductName
    follows: bool


def follow(house: House, who: Actor, product: str) -> Followed:
    """From now on this reader is told of new editions and versions, of ends and broken promises.

    Raises Missing for what they may not know, Exhausted for more than a thousand products.
    """
    name = find_product(house, who.principal, product).name
    hear(house, settle=True)  # what happened before is told to those who followed then
    _set(house, who, name, wanted=True)
    return Followed(product=name, follows=True)


def unfollow(house: House, who: Actor, product: str) -> Followed:
    """Nobody tells this reader of the product any more; works for one they may not know by now, too."""
    named = [each for each in _names(house, who) if str(each) == product]
    name = named[0] if named else find_product(house, who.principal, product).name
    _set(house, who, name, wanted=False)
    return Followed(product=name, follows=False)


def follows(house: House, who: Actor, product: str) -> Followed:
    """Whether this reader follows the product."""
    name = find_product(house, who.principal, product).name
    return Followed(product=name, follows=name in _names(house, who))


def following(house: House, who: Actor) -> tuple[ProductName, ...]:
    """Everything this reader follows and may know of."""
    found = ((name, house.mesh.product(name)) for name in _names(house, who))
    return tuple(name for name, made in found if made and may_know(house, who.principal, made))


def _names(house: House, who: Actor) -> tuple[ProductName, ...]:
    kept = house.store.get(Following, who.principal.id)
    return kept.noun.products if kept else ()


def _set(house: House, who: Actor, product: ProductName, *, wanted: bool) -> None:
    """Both sides of it are as wanted: the product's followers, and what the reader follows."""
    own = who.principal.id
    while True:
        mine = house.store.get(Following, own)
        names = mine.noun.products if mine else ()
        if (product in names) is wanted:
            return
        if wanted and len(names) >= AT_MOST:
            raise Exhausted(
                f"nobody follows more than {AT_MOST:,} products",
                code="E665",
                hint="follow less: `agora follow` lists what you follow",
            )
        left = tuple(name for name in names if name != product)
        chosen = (*left, product) if wanted else left
        try:
            house.store.commit(
                (
                    Put(
                        key=own,
                        noun=Following(follower=own, products=chosen),
                        revision=mine.revision if mine else 0,
                    ),
                    _one(house, own, product, wanted=wanted),
                ),
                (),
            )
        except Conflict:
            continue
        return


def _one(house: House, own: str, product: ProductName, *, wanted: bool) -> Put:
    key = keys.of_product(product, own)
    kept, now = house.store.get(Follow, key), house.now()
    before = kept.noun if kept else Follow(product=product, follower=own, since=now)
    noun = replace(before, since=now, ended_at=None) if wanted else replace(before, ended_at=now)
    return Put(key=key, noun=noun, revision=kept.revision if kept else 0)
