"""Requests, from the side of those who ask: replied about, changed, withdrawn while they wait."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from agora.governance.access import judge_change
from agora.model.access import Request, RequestState, Turn
from agora.model.ledger import Event
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import filing
from agora.passage.knowing import find_port
from agora.usecases.agreeing import answering, asking
from agora.usecases.agreeing.entries import demand, of_request


def reply(house: House, who: Actor, request: str, words: str) -> Request:
    """The owners have an answer to their question, and it is their turn again.

    Raises Missing, Denied, Conflict when nobody waits any more, Unusable for no words.
    """
    remark = answering.said(house, who, words)

    def replied(asked: Request) -> Request:
        return replace(asked, remarks=(*asked.remarks, remark), turn=Turn.OWNERS)

    return _changed(house, who, request, Event.REPLIED, replied)


def change(
    house: House,
    who: Actor,
    request: str,
    *,
    columns: Sequence[str] | None = None,
    until: datetime | None = None,
    reason: str = "",
    words: str = "",
) -> Request:
    """The request asks for something else from now on: its next version, judged like a new one.

    What is not named stays; no `columns` at all (an empty list) asks for every one.
    """
    remarks = (answering.said(house, who, words),) if words else ()

    def changed(asked: Request) -> Request:
        made = replace(
            asked,
            columns=asked.columns if columns is None else tuple(columns),
            until=until or asked.until,
            reason=reason or asked.reason,
            remarks=(*asked.remarks, *remarks),
            turn=Turn.OWNERS,
            version=asked.version + 1,
        )
        _judge(house, who, made)
        return made

    return _changed(house, who, request, Event.CHANGED_REQUEST, changed)


def withdraw(house: House, who: Actor, request: str, words: str = "") -> Request:
    """Nobody has to answer the request any more."""

    def withdrawn(asked: Request) -> Request:
        return replace(
            asked,
            state=RequestState.WITHDRAWN,
            answered_by=who.principal.id,
            answered_at=house.now(),
            answer=words,
        )

    return _changed(house, who, request, Event.WITHDRAWN, withdrawn)


def _changed(
    house: House, who: Actor, name: str, event: Event, deed: Callable[[Request], Request]
) -> Request:
    filing.ready(house)

    def attempt() -> Request:
        kept = answering.request_of(house, who, name)
        reasons = judge_change(house.mesh, kept.noun, who.principal)
        demand(house, who, kept.noun.port, "you may not change this request", reasons)
        answering.pending(kept.noun, kept.noun.version)
        desk = filing.hold(house, kept.noun.port.port)
        made = deed(kept.noun)
        puts = (
            Put(key=made.id, noun=made, revision=kept.revision),
            desk.lay(made),
        )
        house.store.commit(puts, (of_request(house, who, event, made),))
        return made

    return filing.again(attempt)


def _judge(house: House, who: Actor, request: Request) -> None:
    """It could be asked like this now, by the one who asked first; raises Denied with reasons."""
    product, port = find_port(house, who.principal, str(request.port))
    now = replace(request, asked_at=house.now())
    draft = asking.Drafted(
        request=now, product=product, port=port, edition=asking.release_of(house, now)
    )
    demand(house, who, request.port, "you may not ask for this", asking.judged(house, draft))
