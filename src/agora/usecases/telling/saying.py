"""Saying: what is said of a product is kept together with the count of it, so that both are right."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from agora.model.discussion import Answer, Question, Rating, Talk
from agora.model.errors import Conflict, Denied, Missing
from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys

Said = Question | Answer
N = TypeVar("N")


def counted(house: House, product: ProductName, make: Callable[[], Put], entry: Entry) -> None:
    """What `make` gives is kept, and how much is said of the product is counted anew beside it.

    Others who speak at the same moment come first or later: `make` is then asked again.
    """
    while True:
        kept = house.store.get(Talk, str(product))
        put = make()
        talk = Put(
            key=str(product),
            noun=_count(house, product, put),
            revision=kept.revision if kept else 0,
        )
        try:
            house.store.commit((put, talk), (entry,))
        except Conflict:
            continue
        return


def of(house: House, kind: type[N], product: ProductName) -> Iterator[Kept[N]]:
    """Everything of a kind that is said of a product, the oldest first."""
    return house.store.find(kind, keys.of_product(product))


def shown(said: Question | Answer | Rating, person: str = "") -> bool:
    """True for what is not hidden; authors see their own all the same."""
    return not said.hidden_by or said.author == person


def question(house: House, product: ProductName, name: str, person: str) -> Kept[Question]:
    """The question of that name, as far as this person sees it; raises Missing."""
    kept = house.store.get(Question, keys.of_product(product, name))
    if kept is None or not shown(kept.noun, person):
        raise missing(name)
    return kept


def said(house: House, product: ProductName, name: str, person: str) -> Kept[Said]:
    """The question or answer of that name, as far as this person sees it; raises Missing."""
    asked = house.store.get(Question, keys.of_product(product, name))
    found: Kept[Said] | None = None
    if asked is not None:
        found = Kept(key=asked.key, revision=asked.revision, noun=asked.noun)
    for kept in () if found else of(house, Answer, product):
        if kept.noun.id == name:
            found = Kept(key=kept.key, revision=kept.revision, noun=kept.noun)
    if found is None or not shown(found.noun, person):
        raise missing(name)
    return found


def no_twin(who: Actor, text: str, others: Iterable[Said]) -> None:
    """Raise Conflict when this person said the same before: a form that was sent twice is kept once."""
    for each in others:
        if (each.author, each.text) == (who.principal.id, text):
            raise Conflict("you said this already", code="E659", hint="edit it, or add to it")


def slower(standing: Said) -> Conflict:
    """The conflict of two who edit the same: whoever was slower sees what stands there now."""
    by = standing.edited_by or standing.author
    return Conflict(
        f"`{by}` changed this meanwhile",
        code="E655",
        hint="put both texts together, and save again",
        standing=standing,
    )


def missing(name: str) -> Missing:
    """The one answer for a question or answer that is not there, or not to be seen."""
    return Missing(
        f"there is no `{name[:100]}` in this discussion",
        code="E668",
        hint="`agora discuss PRODUCT` lists what is said",
    )


def demand(reasons: Iterable[Reason]) -> None:
    """Raise Denied for these reasons, if there are any."""
    found = tuple(reasons)
    if found:
        raise Denied.because(found)


def entry(
    house: House, who: Actor, event: Event, product: ProductName, **facts: str | int
) -> Entry:
    """What the ledger is told: who did what, never what anybody wrote."""
    return house.entry(
        who,
        event,
        subject=str(product),
        facts=tuple(facts.items()),
    )


def _count(house: House, product: ProductName, put: Put) -> Talk:
    questions = _with(house, Question, product, put)
    answers = _with(house, Answer, product, put)
    ratings = [r for r in _with(house, Rating, product, put) if not r.withdrawn]
    answered = {each.question for each in answers if shown(each)}
    open_ = [each for each in questions if shown(each) and each.id not in answered]
    return Talk(
        product=product,
        questions=sum(shown(each) for each in questions),
        open=len(open_),
        ratings=len(ratings),
        stars=sum(each.stars for each in ratings),
    )


def _with(house: House, kind: type[N], product: ProductName, put: Put) -> list[N]:
    found = {kept.key: kept.noun for kept in of(house, kind, product)}
    if isinstance(put.noun, kind):
        found[put.key] = put.noun
    return list(found.values())
