"""Discuss: people ask about a product and answer. Nothing that was said is lost, or kept twice.

Whoever may know the product may read all of it and take part. An edit names the revision it
changes: who was slower sees what stands there.
"""

from dataclasses import dataclass, replace

from agora.governance import discussion as judge
from agora.governance.rights import oversees
from agora.model.discussion import Answer, Question, Rating, Talk
from agora.model.errors import Conflict
from agora.model.ledger import Event
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.knowing import find_product
from agora.usecases.telling import saying
from agora.usecases.telling.saying import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer with the revision to name when editing it, and whether this reader may, or hide it."""

    answer: Answer
    revision: int
    accepted: bool
    editable: bool
    hideable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its answers: the accepted one first, then the owners', then by time."""

    question: Question
    revision: int
    editable: bool
    hideable: bool
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """Everything that is said about a product, as this reader may see it, the newest first.

    Who oversees the mesh may hide the words of ratings, too.
    """

    product: ProductName
    talk: Talk
    asked: tuple[Asked, ...]
    ratings: tuple[Rating, ...]
    oversees: bool


def discussion(house: House, who: Actor, product: str) -> Discussion:
    """What is said about the product. Raises Missing."""
    name = find_product(house, who.principal, product).name
    own = who.principal.id
    asked = [k for k in saying.of(house, Question, name) if saying.shown(k.noun, own)]
    ratings = [k.noun for k in saying.of(house, Rating, name) if not k.noun.withdrawn]
    ratings.sort(key=lambda each: each.at, reverse=True)
    return Discussion(
        product=name,
        talk=talk(house, name),
        asked=tuple(_asked(house, who, kept) for kept in reversed(asked)),
        ratings=tuple(r if saying.shown(r, own) else replace(r, words="") for r in ratings),
        oversees=oversees(house.mesh, who.principal),
    )


def talk(house: House, product: ProductName) -> Talk:
    """How much is said about a product, and its stars: one look, for one who knows of it already."""
    kept = house.store.get(Talk, str(product))
    return kept.noun if kept else Talk(product=product)


def question(house: House, who: Actor, product: str, text: str) -> Question:
    """The product has a question, and its owners hear of it. Raises Missing, Denied, Conflict."""
    name = find_product(house, who.principal, product).name
    words = judge.plain(text)
    saying.demand((*judge.judge_speaker(who.principal), *judge.judge_text(words)))
    made = Question(
        id=house.new_id("que"), product=name, author=who.principal.id, at=house.now(), text=words
    )

    def make() -> Put:
        saying.no_twin(who, words, (kept.noun for kept in saying.of(house, Question, name)))
        return Put(key=keys.of_product(name, made.id), noun=made)

    entry = saying.entry(house, who, Event.QUESTIONED, name, question=made.id)
    saying.counted(house, name, make, entry)
    return made


def reply(house: House, who: Actor, product: str, asked: str, text: str) -> Answer:
    """The question has one answer more, marked when it is an owner's; whoever asked hears of it."""
    name = find_product(house, who.principal, product).name
    about = saying.question(house, name, asked, who.principal.id).noun
    words = judge.plain(text)
    saying.demand((*judge.judge_speaker(who.principal), *judge.judge_text(words)))
    made = Answer(
        id=house.new_id("ans"),
        product=name,
        question=about.id,
        author=who.principal.id,
        of_owner=judge.speaks_for(house.mesh, name, who.principal),
        at=house.now(),
        text=words,
    )

    def make() -> Put:
        saying.no_twin(who, words, (kept.noun for kept in _answers(house, about)))
        return Put(key=keys.answer(name, about.id, made.id), noun=made)

    facts = {"question": about.id, "answer": made.id, "asked_by": about.author}
    saying.counted(house, name, make, saying.entry(house, who, Event.ANSWERED, name, **facts))
    return made


def edit(house: House, who: Actor, product: str, said: str, text: str, *, revision: int) -> Said:
    """The question or answer says this now; what it said before stays in its history.

    Raises Conflict, with what stands there, when it is not at the `revision` that was seen.
    """
    name = find_product(house, who.principal, product).name
    own = who.principal.id
    kept = saying.said(house, name, said, own)
    words = judge.plain(text)
    saying.demand(
        (*judge.judge_edit(house.mesh, kept.noun, who.principal), *judge.judge_text(words))
    )
    made = replace(kept.noun, text=words, edited_by=own, edited_at=house.now())
    put = Put(key=kept.key, noun=made, revision=revision)
    entry = saying.entry(house, who, Event.REWORDED, name, remark=said, revision=revision + 1)
    try:
        house.store.commit((put,), (entry,))
    except Conflict:
        raise saying.slower(saying.said(house, name, said, own).noun) from None
    return made


def accept(house: House, who: Actor, product: str, answer: str) -> Question:
    """The question is settled by this answer; another one may take its place later."""
    name = find_product(house, who.principal, product).name
    found = saying.said(house, name, answer, who.principal.id).noun
    if not isinstance(found, Answer) or found.hidden_by:
        raise saying.missing(answer)
    kept = saying.question(house, name, found.question, who.principal.id)
    saying.demand(judge.judge_accept(house.mesh, kept.noun, who.principal))
    made = replace(kept.noun, accepted=found.id)
    facts = {"question": made.id, "answer": found.id, "author": found.author}
    entry = saying.entry(house, who, Event.SETTLED, name, **facts)
    house.store.commit((Put(key=kept.key, noun=made, revision=kept.revision),), (entry,))
    return made


def hide(house: House, who: Actor, product: str, said: str, reason: str = "") -> Said:
    """Nobody but its author sees this any more; its history keeps it. Raises Missing, Denied."""
    name = find_product(house, who.principal, product).name
    own, why = who.principal.id, judge.plain(reason)
    found = saying.said(house, name, said, own).noun
    saying.demand(judge.judge_hide(house.mesh, found, who.principal))
    saying.demand(judge.judge_text(why, needed=own != found.author))

    def make() -> Put:
        kept = saying.said(house, name, said, own)
        hidden = replace(kept.noun, hidden_by=own, hidden_why=why)
        return Put(key=kept.key, noun=hidden, revision=kept.revision)

    entry = saying.entry(house, who, Event.HIDDEN, name, remark=said, author=found.author)
    saying.counted(house, name, make, entry)
    return replace(found, hidden_by=own, hidden_why=why)


def _asked(house: House, who: Actor, kept: Kept[Question]) -> Asked:
    noun = kept.noun
    answers = [e for e in _answers(house, noun) if saying.shown(e.noun, who.principal.id)]
    answers.sort(key=lambda each: (each.noun.id != noun.accepted, not each.noun.of_owner))
    return Asked(
        question=noun,
        revision=kept.revision,
        editable=_editable(house, who, noun),
        hideable=_hideable(house, who, noun),
        answers=tuple(
            Answered(
                answer=each.noun,
                revision=each.revision,
                accepted=each.noun.id == noun.accepted,
                editable=_editable(house, who, each.noun),
                hideable=_hideable(house, who, each.noun),
            )
            for each in answers
        ),
    )


def _editable(house: House, who: Actor, said: Said) -> bool:
    return not tuple(judge.judge_edit(house.mesh, said, who.principal))


def _hideable(house: House, who: Actor, said: Said) -> bool:
    return not said.hidden_by and not tuple(judge.judge_hide(house.mesh, said, who.principal))


def _answers(house: House, asked: Question) -> list[Kept[Answer]]:
    return list(house.store.find(Answer, keys.answer(asked.product, asked.id)))
