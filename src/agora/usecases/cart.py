"""Cart: what a person is about to ask for, several ports for one purpose, until it is sent."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from agora.governance.access import judge_words
from agora.model.access import Cart, Item
from agora.model.errors import Denied, Missing
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import filing
from agora.passage.knowing import find_port
from agora.usecases.agreeing import asking, foreseeing
from agora.usecases.agreeing.asking import Asked, Wish
from agora.usecases.agreeing.foreseeing import Foresight


def cart(house: House, who: Actor) -> Cart:
    """What lies in this person's cart."""
    return _kept(house, who)[0]


def add(house: House, who: Actor, port: str, columns: Sequence[str] = ()) -> Cart:
    """The port lies in the cart, once, with these columns. Raises Missing, Denied for no column."""
    _, wanted = find_port(house, who.principal, port)
    strange = [name for name in columns if wanted.contract.column(name) is None]
    if strange:
        raise Missing(f"`{wanted.version}` has no column `{strange[0]}`", code="E422")
    item = Item(port=wanted.version, columns=tuple(columns))

    def with_it(there: Cart) -> Cart:
        others = tuple(each for each in there.items if each.port != item.port)
        return replace(there, items=(*others, item))

    return _changed(house, who, with_it)


def remove(house: House, who: Actor, port: str) -> Cart:
    """The port lies in the cart no more. Raises Missing."""

    def without(there: Cart) -> Cart:
        left = tuple(i for i in there.items if port not in (str(i.port), str(i.port.port)))
        if len(left) == len(there.items):
            raise Missing(
                f"`{port}` is not in your cart", code="E639", hint="`agora cart` lists what is"
            )
        return replace(there, items=left)

    return _changed(house, who, without)


def draft(
    house: House,
    who: Actor,
    *,
    purpose: str = "",
    reason: str = "",
    consumer: str = "",
    until: datetime | None = None,
    onward: Sequence[str] | None = None,
) -> Cart:
    """The cart says what for, why, for whom and until when; what is not named stays."""
    reasons = judge_words(reason)
    if reasons:
        raise Denied.because(reasons)

    def drafted(there: Cart) -> Cart:
        return replace(
            there,
            purpose=purpose or there.purpose,
            reason=reason or there.reason,
            consumer=consumer or there.consumer,
            until=until or there.until,
            onward=there.onward if onward is None else tuple(onward),
        )

    return _changed(house, who, drafted)


def foresee_cart(house: House, who: Actor) -> Foresight:
    """What would come of sending the cart; nothing is sent."""
    return foreseeing.foreseen(house, asking.drafts(house, who, _wish(cart(house, who))))


def send(
    house: House, who: Actor, *, accept_terms: bool = False, seen: str = ""
) -> tuple[Asked, ...]:
    """Every owner has their requests to answer, in one bundle, and the cart is empty.

    Raises Unusable for an empty cart, Missing, Denied with reasons, Conflict.
    """

    def attempt() -> tuple[Asked, ...]:
        there, kept = _kept(house, who)
        wish = replace(_wish(there), accept_terms=accept_terms)
        found = asking.drafts(house, who, wish)
        foreseeing.unchanged(found, seen)
        empty = Put(
            key=who.principal.id,
            noun=Cart(person=who.principal.id),
            revision=kept.revision if kept else 0,
        )
        return asking.send_once(house, who, found, (empty,))

    return filing.again(attempt)


def _wish(there: Cart) -> Wish:
    return Wish(
        ports=tuple((str(item.port), item.columns) for item in there.items),
        purpose=there.purpose,
        reason=there.reason,
        consumer=there.consumer,
        until=there.until,
        onward=there.onward,
    )


def _kept(house: House, who: Actor) -> tuple[Cart, Kept[Cart] | None]:
    kept = house.store.get(Cart, who.principal.id)
    return (kept.noun if kept else Cart(person=who.principal.id)), kept


def _changed(house: House, who: Actor, deed: Callable[[Cart], Cart]) -> Cart:
    def attempt() -> Cart:
        there, kept = _kept(house, who)
        made = deed(there)
        if made != there:
            put = Put(key=made.person, noun=made, revision=kept.revision if kept else 0)
            house.store.commit((put,), ())
        return made

    return filing.again(attempt)
