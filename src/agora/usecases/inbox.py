"""Inbox: what an owner has to answer, with what policy says of it and what the asker did before."""

from dataclasses import dataclass, replace
from datetime import timedelta

from agora.governance import past
from agora.governance.access import deciders, judge_answer, judge_change, voices_of
from agora.governance.onward import stays_behind
from agora.model.access import Agreement, Past, Request, RequestState, Turn
from agora.model.decision import Decision
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.passage import filing, keys
from agora.usecases.agreeing import answering, asking
from agora.usecases.agreeing.remembering import recent

MEMORY = timedelta(days=90)
NEWEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Requests that wait for this owner, their turn first; that wait for the asker; answered last."""

    open: tuple[Request, ...] = ()
    asked_back: tuple[Request, ...] = ()
    answered: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A request as its owner weighs it.

    `decision` is what the consumer would see after an approval; it and the `past` are for owners.
    `refusals` is why this person may not answer; who `may_change` it asked for it. `agreed` is what
    an approval gave, which may be less than was asked; rules that would not come along with what a
    product makes of it `stay`.
    """

    request: Request
    decision: Decision | None
    past: Past | None
    deciders: tuple[str, ...] = ()
    refusals: tuple[Reason, ...] = ()
    may_change: bool = False
    agreed: Agreement | None = None
    stay: tuple[Reason, ...] = ()


def inbox(house: House, who: Actor) -> Inbox:
    """Everything this person decides about: what waits, and what was answered last, newest first."""
    own = [d.id for d in house.mesh.domains if who.principal.id in d.owners]
    desks = tuple(filing.desks(house, own))
    waits = filing.requests(house, (name for desk in desks for name in desk.open))
    waits = tuple(sorted(waits, key=lambda each: each.id))
    names = sorted(name for desk in desks for name in desk.answered)
    done = filing.requests(house, names[-NEWEST:])
    return Inbox(
        open=tuple(each for each in waits if each.turn is Turn.OWNERS),
        asked_back=tuple(each for each in waits if each.turn is Turn.REQUESTER),
        answered=tuple(
            sorted(done, key=lambda each: each.answered_at or each.asked_at, reverse=True)
        ),
    )


def pending(house: House, who: Actor) -> tuple[Request, ...]:
    """Requests that wait for this person, and this person's own that wait for somebody else."""
    found = inbox(house, who)
    own = filing.requests_of(house, voices_of(house.mesh, who.principal), NEWEST)
    waits = (r for r in own if r.state is RequestState.PENDING)
    every = {each.id: each for each in (*found.open, *found.asked_back, *waits)}
    return tuple(sorted(every.values(), key=lambda each: each.id))


def asked(house: House, who: Actor) -> tuple[Request, ...]:
    """What this very person asked for, or is to have, and still waits for."""
    own = filing.requests_of(house, (who.principal.id,), NEWEST)
    return tuple(each for each in own if each.state is RequestState.PENDING)


def answerers(house: House, who: Actor) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who answers each request that is pending for this person, by the request's id."""
    waiting = ((each.id, house.mesh.domain(each.port.port.domain)) for each in pending(house, who))
    return tuple((request, domain.owners if domain else ()) for request, domain in waiting)


def weigh(house: House, who: Actor, request: str) -> Weighed:
    """One request with what policy would leave of it and what the consumer did before.

    For those who may know of the request, the past and the decision for its owners only.
    Raises Missing.
    """
    asked = answering.request_of(house, who, request).noun
    owners = deciders(house.mesh, asked.port)
    own = who.principal.id in owners
    return Weighed(
        request=asked,
        decision=_decision(house, asked) if own else None,
        past=_past(house, who, asked) if own else None,
        deciders=owners,
        refusals=judge_answer(house.mesh, asked, who.principal),
        may_change=not judge_change(house.mesh, asked, who.principal),
        agreed=_agreed(house, asked),
        stay=_stay(house, asked) if own else (),
    )


def _agreed(house: House, asked: Request) -> Agreement | None:
    kept = house.store.get(Agreement, keys.agreement_on(asked.port, asked.agreement))
    return kept.noun if kept else None


def _stay(house: House, asked: Request) -> tuple[Reason, ...]:
    return stays_behind(house.mesh, asked.port, asked.consumer, asked.purpose, asked.columns)


def _decision(house: House, asked: Request) -> Decision | None:
    product, port = house.mesh.product(asked.port.port.of), house.mesh.port(asked.port)
    if product is None or port is None:
        return None
    edition = asking.release_of(house, asked)
    return asking.would(
        house, asking.Drafted(request=asked, product=product, port=port, edition=edition)
    )


def _past(house: House, who: Actor, asked: Request) -> Past:
    """What the consumer did with what this owner answers for; of anybody else's data, nothing."""
    domains = {d.id for d in house.mesh.domains if who.principal.id in d.owners}
    names = {asked.consumer, asked.asked_by}
    requests = tuple(
        each
        for each in filing.requests_of(house, names, NEWEST)
        if each.port.port.domain in domains and each.id != asked.id
    )
    agreements = tuple(
        each for each in filing.agreements_of(house, names) if each.port.port.domain in domains
    )
    since = house.now() - MEMORY
    conduct = past.conduct(
        (record.entry for record in recent(house, since)),
        domains,
        names,
        {each.id for each in agreements},
        since,
    )
    return replace(conduct, requests=requests[::-1], agreements=agreements[::-1])
