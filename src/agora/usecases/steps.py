"""Steps: what somebody new has done, ticked from what really happened."""

from agora.model.errors import Conflict
from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.model.newcomer import Deed, LabelRead
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.knowing import find_product
from agora.passage.newcomer import steps as counted

MOST = 200


def steps(house: House) -> tuple[tuple[Deed, bool], ...]:
    """The five steps in order, each with whether it was done since the first visitor came."""
    done = counted(house).done
    return tuple((deed, deed in done) for deed in Deed)


def searched(house: House, who: Actor, words: str, hits: int) -> None:
    """The ledger says that somebody searched, for what, and how much there was."""
    told = " ".join(words.split())[:MOST]
    if told:
        facts = (("words", told), ("hits", hits))
        house.store.commit((), (_entry(house, who, Event.SEARCHED, "", facts),))


def label_read(house: House, who: Actor, name: str) -> None:
    """The ledger says that somebody read this label, once for each day. Raises Missing."""
    product = find_product(house, who.principal, name).name
    key, today = _key(who, product), house.now().date()
    kept = house.store.get(LabelRead, key)
    if kept is not None and kept.noun.day == today:
        return
    put = Put(key=key, noun=LabelRead(day=today), revision=kept.revision if kept else 0)
    entry = _entry(house, who, Event.LABEL_READ, str(product))
    try:
        house.store.commit((put,), (entry,))
    except Conflict:
        return  # the same person opened it twice at once: it is noted


def _key(who: Actor, product: ProductName) -> str:
    return keys.of_product(product, who.principal.id)


def _entry(
    house: House,
    who: Actor,
    event: Event,
    subject: str,
    facts: tuple[tuple[str, str | int], ...] = (),
) -> Entry:
    return house.entry(
        who,
        event,
        subject=subject,
        purpose=who.purpose,
        facts=facts,
    )
