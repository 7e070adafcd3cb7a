"""Agreements: what somebody may use, and how it ends, is renewed, or holds for a new version."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agora.governance.access import deciders, judge_answer, speaks, voices_of
from agora.governance.lasting import due as ending
from agora.governance.lasting import family
from agora.governance.rights import may_run, oversees
from agora.model.access import Agreement, Due, DueKind, Request
from agora.model.errors import Conflict, Denied, Missing, Unusable
from agora.model.ledger import Event
from agora.model.people import Actor
from agora.model.product import OutputPort
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import filing, keys
from agora.passage.knowing import find_product
from agora.passage.ruling import agreements_on
from agora.usecases.agreeing import answering, asking, carrying
from agora.usecases.agreeing.asking import Asked
from agora.usecases.agreeing.entries import demand, of_agreement

NEWEST = 200
SOON, AHEAD = timedelta(days=30), timedelta(days=3653)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What somebody may use and has asked for, newest first, and what of it ends soon after `at`.

    The announced end of a version is told however far it is: who uses it has to ask for the next.
    """

    agreements: tuple[Agreement, ...] = ()
    requests: tuple[Request, ...] = ()
    due: tuple[Due, ...] = ()
    at: datetime


def mine(house: House, who: Actor, within: timedelta = SOON) -> Mine:
    """The agreements and newest requests of this person, their teams, agents and services."""
    names = voices_of(house.mesh, who.principal)
    agreements = filing.agreements_of(house, names)
    return Mine(
        agreements=agreements[::-1],
        requests=filing.requests_of(house, names, NEWEST)[::-1],
        due=tuple(
            each
            for each in ending(house.mesh, agreements, house.now(), AHEAD)
            if each.kind is DueKind.VERSION or each.ends <= house.now() + within
        ),
        at=house.now(),
    )


def due(house: House, who: Actor, within: timedelta = SOON) -> tuple[Due, ...]:
    """What ends within this time of all that this person uses or has agreed to, soonest first."""
    return tuple(
        each
        for each in due_everywhere(house, within)
        if who.principal.id in each.owners
        or speaks(house.mesh, who.principal, each.agreement.consumer)
    )


def due_everywhere(house: House, within: timedelta = SOON) -> tuple[Due, ...]:
    """What ends within this time in the whole mesh, for whoever tells people; shown to nobody."""
    until = house.now() + within
    ends = ((port, port.contract.ends) for _, port in house.mesh.ports())
    leaving = [port for port, last in ends if last is not None and house.now() < last <= until]
    found = (*filing.expiring(house, until), *(a for p in leaving for a in _on(house, p)))
    every = {each.id: each for each in found}
    return ending(house.mesh, every.values(), house.now(), within)


def end(house: House, who: Actor, agreement: str, words: str = "") -> Agreement:
    """The agreement, with all that came of it, is over from this moment.

    Its owners may end it, who say why, and those it is for. Raises Missing, Denied, Conflict.
    """

    def attempt() -> Agreement:
        kept = _known(house, who, agreement)
        own = speaks(house.mesh, who.principal, kept.noun.consumer)
        if not own and who.principal.id not in deciders(house.mesh, kept.noun.port):
            raise Denied("only the owners and the consumer may end an agreement", code="E414")
        if not own:
            answering.reasoned(words, "whoever ends an agreement")
        return _end(house, who, kept.noun, words)

    return filing.again(attempt)


def _end(house: House, who: Actor, agreement: Agreement, words: str) -> Agreement:
    desk = filing.hold(house, agreement.port.port)
    there = list(house.store.find(Agreement, keys.agreements_of(agreement.port.port)))
    now = next(kept.noun for kept in there if kept.noun.id == agreement.id)
    if now.ended_at is not None:
        raise _ended(now)
    related = {each.id for each in family(now, [kept.noun for kept in there])}
    over: list[tuple[Kept[Agreement], Agreement]] = [
        (
            kept,
            replace(
                kept.noun, ended_at=house.now(), ended_by=who.principal.id, ended_for=words.strip()
            ),
        )
        for kept in there
        if kept.noun.id == agreement.id
        or (kept.noun.id in related and kept.noun.active(house.now()))
    ]
    puts = [Put(key=kept.key, noun=noun, revision=kept.revision) for kept, noun in over]
    puts.append(desk.lay())
    entries = [of_agreement(house, who, Event.ENDED, noun) for _, noun in over]
    house.store.commit(puts, entries)
    return next(noun for _, noun in over if noun.id == agreement.id)


def renew(
    house: House,
    who: Actor,
    agreement: str,
    *,
    until: datetime | None = None,
    reason: str = "",
    accept_terms: bool = False,
) -> Asked:
    """The owners have a request to let the agreement go on, before or after it has expired.

    Raises Missing, Denied with reasons, Conflict when it was ended or renewed already.
    """
    old = _known(house, who, agreement).noun
    answering.renewable(house, old.id)
    wish = asking.Wish(
        ports=(),
        purpose=old.purpose,
        reason=reason or f"to go on with `{old.id}`",
        consumer=old.consumer,
        until=until,
        accept_terms=accept_terms,
    )
    return asking.send(house, who, (asking.renewal(house, who, old, wish),))[0]


def extend(house: House, who: Actor, agreement: str, *, until: datetime | None) -> Agreement:
    """The agreement goes on until then, by its owners' own will; another end is what it has now.

    Raises Missing, Denied (also for who would profit), Conflict, Unusable for no longer time.
    """
    if until is None:
        raise Unusable("until when?", code="E644", hint="name the last day: `--until 2018-12-31`")

    def attempt() -> Agreement:
        known = _known(house, who, agreement).noun
        desk = filing.hold(house, known.port.port)
        old = answering.renewable(house, known.id) or known
        asked = _as_request(house, old, until)
        reasons = judge_answer(house.mesh, asked, who.principal)
        demand(house, who, old.port, "you may not extend this agreement", reasons)
        if old.expires is None or until <= old.expires:
            raise Unusable(
                f"`{old.id}` lasts that long already",
                code="E644",
                hint="name a later day, or end it",
            )
        made = answering.agreed(house, who, asked, old.columns, None)
        made = replace(made, terms=old.terms, request=old.request)
        entry = of_agreement(house, who, Event.EXTENDED, made)
        house.store.commit((*answering.kept(house, made), desk.lay()), (entry,))
        return made

    return filing.again(attempt)


def carry_over(house: House, who: Actor, name: str) -> tuple[Agreement, ...]:
    """Agreements on earlier versions hold for the newer ones of a product that break nothing of them.

    Raises Missing, or Denied for who may not run the product.
    """
    product = find_product(house, who.principal, name)
    reasons = may_run(house.mesh, product.name, who.principal)
    demand(house, who, product.name, "you may not carry agreements over", reasons)
    return carrying.carry(house, who, product)


def _known(house: House, who: Actor, name: str) -> Kept[Agreement]:
    """The agreement, for those who may know of it; for everybody else there is none."""
    kept = filing.agreement(house, name)
    if kept is None or not _may_know(house, who, kept.noun):
        raise Missing(
            f"there is no agreement `{name}`", code="E408", hint="`agora agreements` lists yours"
        )
    return kept


def _may_know(house: House, who: Actor, agreement: Agreement) -> bool:
    return (
        who.principal.id in deciders(house.mesh, agreement.port)
        or speaks(house.mesh, who.principal, agreement.consumer)
        or oversees(house.mesh, who.principal)
    )


def _ended(agreement: Agreement) -> Conflict:
    by = agreement.renewed_by
    return Conflict(
        f"`{agreement.id}` has ended already",
        code="E415",
        hint=f"`{by}` has taken its place: end that one" if by else "nothing is left to do",
    )


def _as_request(house: House, old: Agreement, until: datetime) -> Request:
    """The extension as if the consumer had asked for it, so that it is judged like any other."""
    return Request(
        id=old.request,
        port=old.port,
        consumer=old.consumer,
        asked_by=old.consumer,
        purpose=old.purpose,
        reason="extended",
        columns=old.columns,
        onward=old.onward,
        edition=old.edition,
        until=until,
        asked_at=house.now(),
        terms=old.terms,
        accepted=old.accepted,
        renews=old.id,
    )


def _on(house: House, port: OutputPort) -> tuple[Agreement, ...]:
    return tuple(a for a in agreements_on(house, port.name) if a.port == port.version)
