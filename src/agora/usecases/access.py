"""Access: somebody asks, an owner answers, and the answer is the access."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agora.governance.access import judge_answer, voices_of
from agora.model.access import Agreement, Request, RequestState, Turn
from agora.model.ledger import Event
from agora.model.people import Actor
from agora.model.product import Product
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import filing
from agora.passage.knowing import find_product
from agora.usecases.agreeing import answering, asking, foreseeing
from agora.usecases.agreeing.asking import Asked, Wish
from agora.usecases.agreeing.entries import demand, of_request
from agora.usecases.agreeing.foreseeing import Foresight

NOT_YOURS = "you may not answer this request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The request as answered, and the agreement an approval made."""

    request: Request
    agreement: Agreement | None = None


def offered(house: House, who: Actor, product: str) -> Product:
    """The product of which somebody may ask for tables. Raises Missing."""
    return find_product(house, who.principal, product)


def voices(house: House, who: Actor) -> tuple[str, ...]:
    """In whose names somebody may ask: their own, their teams', those of their agents and services."""
    return voices_of(house.mesh, who.principal)


def ask(
    house: House,
    who: Actor,
    port: str,
    *,
    purpose: str,
    reason: str,
    columns: Sequence[str] = (),
    until: datetime | None = None,
    consumer: str = "",
    edition: str = "",
    accept_terms: bool = False,
    onward: Sequence[str] = (),
) -> Asked:
    """The owners of the port have a request to answer. Raises Missing or Denied with reasons.

    With an `edition` it is about that one alone, which is kept as long as the agreement lasts. What
    a product makes of it may be used `onward` for those purposes, too.
    """
    wish = Wish(
        ports=((port, tuple(columns)),),
        purpose=purpose,
        reason=reason,
        until=until,
        consumer=consumer,
        edition=edition,
        accept_terms=accept_terms,
        onward=tuple(onward),
    )
    return ask_for(house, who, wish)[0]


def ask_for(house: House, who: Actor, wish: Wish, *, seen: str = "") -> tuple[Asked, ...]:
    """The owners of every port of the wish have a request to answer, or nobody has.

    `seen` is what a foresight said of the terms: when they are others by now, nothing is sent.
    Raises Missing, Denied with reasons, Unusable, Conflict.
    """
    found = asking.drafts(house, who, wish)
    foreseeing.unchanged(found, seen)
    return asking.send(house, who, found)


def foresee(house: House, who: Actor, wish: Wish) -> Foresight:
    """What would come of asking: who decides, what stays masked, what stands against it.

    Nothing is written. Raises Missing for what this person may not know of, Unusable.
    """
    return foreseeing.foreseen(house, asking.drafts(house, who, wish))


def answer(
    house: House,
    who: Actor,
    request: str,
    *,
    approve: bool,
    columns: Sequence[str] = (),
    until: datetime | None = None,
    onward: Sequence[str] | None = None,
    words: str = "",
    version: int = 0,
) -> Answered:
    """The request is answered; an approval is the access from this moment on.

    `columns`, `until` and `onward` may only narrow what was asked; with no purpose `onward` at all (an
    empty list) what is made of it serves the agreed purpose alone. A request that was changed is answered only
    by who names the `version` that was looked at.
    Raises Missing, Denied, Conflict, Unusable for a refusal without a reason.
    """
    filing.ready(house)

    def attempt() -> Answered:
        kept = answering.request_of(house, who, request)
        reasons = judge_answer(house.mesh, kept.noun, who.principal)
        demand(house, who, kept.noun.port, NOT_YOURS, reasons)
        answering.pending(kept.noun, version)
        desk = filing.hold(house, kept.noun.port.port)
        if not approve:
            answering.reasoned(words, "a refusal")
            return _settle(house, who, kept, desk, words, None)
        answering.renewable(house, kept.noun.renews)
        made = answering.agreed(house, who, kept.noun, tuple(columns), until, onward)
        return _settle(house, who, kept, desk, words, made)

    return filing.again(attempt)


def _settle(
    house: House,
    who: Actor,
    kept: Kept[Request],
    desk: filing.Hold,
    words: str,
    made: Agreement | None,
) -> Answered:
    answered = replace(
        kept.noun,
        state=RequestState.APPROVED if made else RequestState.REFUSED,
        answered_by=who.principal.id,
        answered_at=house.now(),
        answer=words,
        agreement=made.id if made else "",
    )
    puts = [
        Put(key=answered.id, noun=answered, revision=kept.revision),
        desk.lay(answered),
        *(answering.kept(house, made) if made else ()),
    ]
    event = Event.APPROVED if made else Event.REFUSED_REQUEST
    house.store.commit(puts, (of_request(house, who, event, _as_agreed(answered, made)),))
    return Answered(request=answered, agreement=made)


def _as_agreed(request: Request, made: Agreement | None) -> Request:
    """The request as it was approved: the ledger tells what was given, not what was asked."""
    if made is None:
        return request
    return replace(request, columns=made.columns, until=made.expires, onward=made.onward)


def ask_back(house: House, who: Actor, request: str, words: str) -> Request:
    """The one who asked has a question to answer before the owners do. Raises Missing, Denied."""
    remark = answering.said(house, who, words)

    def attempt() -> Request:
        kept = answering.request_of(house, who, request)
        reasons = judge_answer(house.mesh, kept.noun, who.principal)
        demand(house, who, kept.noun.port, NOT_YOURS, reasons)
        answering.pending(kept.noun, kept.noun.version)
        asked = replace(kept.noun, remarks=(*kept.noun.remarks, remark), turn=Turn.REQUESTER)
        put = Put(key=asked.id, noun=asked, revision=kept.revision)
        house.store.commit((put,), (of_request(house, who, Event.ASKED_BACK, asked),))
        return asked

    return filing.again(attempt)
