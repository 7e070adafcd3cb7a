"""Asking: one or several ports for one purpose, each request judged before anybody sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agora.governance.access import covers, deciders, judge_request, judge_terms
from agora.governance.onward import ONWARD
from agora.model.access import Accepted, Agreement, Request, RequestState, hash_of
from agora.model.decision import Decision
from agora.model.errors import Conflict, Missing, Unusable
from agora.model.ledger import Entry, Event
from agora.model.people import Actor, Principal
from agora.model.product import OutputPort, Product
from agora.model.reasons import Reason
from agora.model.release import Release
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.editions import held_by, one
from agora.passage.filing import again, filing, hold, ready, waiting
from agora.passage.knowing import find_port
from agora.passage.ruling import agreements_on, rule, rule_as_if
from agora.usecases.agreeing.carrying import held
from agora.usecases.agreeing.entries import demand, of_agreement, of_request

FORESEEN = "~foreseen"
"""The id of an agreement that is only thought of; it sorts behind every real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to ask for: ports, each with its columns, and what all have in common."""

    ports: tuple[tuple[str, tuple[str, ...]], ...]
    purpose: str
    reason: str
    consumer: str = ""
    until: datetime | None = None
    edition: str = ""
    accept_terms: bool = False
    onward: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked and who decides; an agreement when it was settled at once."""

    request: Request
    agreement: Agreement | None = None
    deciders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A request that is not sent, with what it is about."""

    request: Request
    product: Product
    port: OutputPort
    edition: Release | None


def drafts(house: House, who: Actor, wish: Wish) -> tuple[Drafted, ...]:
    """The requests this wish comes to, none of them sent; raises Missing, or Unusable for no port."""
    if not wish.ports:
        raise Unusable("nothing is asked for", code="E638", hint="name a product or port")
    bundle = house.new_id("bun") if len(wish.ports) > 1 else ""
    found = tuple(_draft(house, who, wish, bundle, *each) for each in wish.ports)
    if len({each.port.version for each in found}) < len(found):
        raise Unusable("a table is asked for twice", code="E642", hint="name each of them once")
    return found


def _draft(
    house: House, who: Actor, wish: Wish, bundle: str, port: str, columns: tuple[str, ...]
) -> Drafted:
    product, wanted = find_port(house, who.principal, port)
    edition = one(house, product, wish.edition)
    if edition is not None:
        held_by(edition, wanted.version)
    request = _request(house, who, wish, wanted, columns)
    request = replace(request, bundle=bundle, edition=edition.number if edition else 0)
    return Drafted(request=request, product=product, port=wanted, edition=edition)


def renewal(house: House, who: Actor, old: Agreement, wish: Wish) -> Drafted:
    """The request to let an agreement go on; who held it knows of its port. Raises Missing."""
    product, port = house.mesh.product(old.port.port.of), house.mesh.port(old.port)
    if product is None or port is None:
        raise Missing(f"`{old.port}` is not offered any more", code="E405")
    request = _request(house, who, wish, port, old.columns)
    same = request.accepted is None and old.accepted is not None
    if same and old.terms == port.contract.terms:
        request = replace(request, accepted=old.accepted, terms=old.terms)
    request = replace(request, renews=old.id, edition=old.edition, onward=old.onward)
    return Drafted(request=request, product=product, port=port, edition=release_of(house, request))


def _request(
    house: House, who: Actor, wish: Wish, wanted: OutputPort, columns: tuple[str, ...]
) -> Request:
    terms = wanted.contract.terms if wish.accept_terms else ""
    accepted = Accepted(by=who.principal.id, at=house.now(), hash=hash_of(terms))
    return Request(
        id=house.new_id("req"),
        port=wanted.version,
        consumer=wish.consumer or who.principal.id,
        asked_by=who.principal.id,
        purpose=wish.purpose,
        reason=wish.reason,
        columns=columns,
        onward=wish.onward,
        until=wish.until,
        asked_at=house.now(),
        terms=terms,
        accepted=accepted if accepted.hash else None,
    )


def send(house: House, who: Actor, found: Sequence[Drafted]) -> tuple[Asked, ...]:
    """The owners have every one of these requests to answer, or none. Raises Denied, Conflict."""
    return again(lambda: send_once(house, who, found))


def send_once(
    house: House, who: Actor, found: Sequence[Drafted], more: Sequence[Put] = ()
) -> tuple[Asked, ...]:
    """The same, and `more` is kept with them; raises Conflict also when somebody was faster."""
    ready(house)
    desks = {port: hold(house, port) for port in {each.port.name for each in found}}
    for each in found:
        reasons = judged(house, each)
        if not reasons:
            nothing_new(house, each)
            reasons = judge_terms(house.mesh, each.request)
        demand(house, who, each.request.port, "you may not ask for this", reasons)
    asked = tuple(_settled(house, each) for each in found)
    puts: list[Put] = [*more]
    entries: list[Entry] = []
    for made in asked:
        no_twin(house, made.request)
        puts += filing(made.request)
        entries.append(of_request(house, who, Event.REQUESTED, made.request))
        if made.agreement:
            puts += filing(made.agreement)
            entries.append(of_agreement(house, who, Event.CARRIED, made.agreement))
    for port, desk in desks.items():
        puts.append(desk.lay(*(a.request for a in asked if a.request.port.port == port)))
    house.store.commit(puts, entries)
    return asked


def _settled(house: House, draft: Drafted) -> Asked:
    """What was asked; settled at once where an agreement on an earlier version holds for it too."""
    request = draft.request
    carried = carried_over(house, draft)
    if carried is None:
        return Asked(request=request, deciders=deciders(house.mesh, request.port))
    settled = replace(
        request,
        state=RequestState.APPROVED,
        answered_by=carried.approved_by,
        answered_at=house.now(),
        answer=f"carried over from `{carried.carried_from}`",
        agreement=carried.id,
    )
    return Asked(request=settled, agreement=carried)


def carried_over(house: House, draft: Drafted) -> Agreement | None:
    """The agreement on an earlier version that gives all that is asked for in this one, or None."""
    request = draft.request
    same = (request.consumer, request.purpose)
    fits = (a for a in held(house, draft.port) if (a.consumer, a.purpose) == same)
    return next((a for a in fits if not request.edition and covers(a, request)), None)


def judged(house: House, draft: Drafted) -> tuple[Reason, ...]:
    """Why this may not be asked: it cannot be, or no approval would let the consumer read."""
    agreements = agreements_on(house, draft.port.name)
    reasons = judge_request(house.mesh, draft.request, agreements)
    decision = would(house, draft) if not reasons else None
    if decision is None or decision.allowed:
        return reasons
    against = decision.reasons
    if draft.request.consumer.startswith("team:"):
        against = tuple(each for each in against if each.code in ONWARD)
    return tuple(
        replace(
            each,
            code="E640",
            sentence=f"no approval could open it: {each.sentence}",
            hint=each.hint if each.code in ONWARD else "",
        )
        for each in against
    )


def would(house: House, draft: Drafted) -> Decision | None:
    """The decision the consumer would have if all of it were approved; of a team, the asker's."""
    request = draft.request
    reader = reader_of(house, request)
    if reader is None:
        return None
    thought = Agreement(
        id=FORESEEN,
        port=request.port,
        consumer=request.consumer,
        purpose=request.purpose,
        columns=request.columns,
        edition=request.edition,
        starts=house.now(),
        expires=request.until,
        approved_by=next(iter(deciders(house.mesh, request.port)), ""),
    )
    return rule_as_if(house, reader, draft.product, draft.port, thought, draft.edition).decision


def had(house: House, draft: Drafted) -> str:
    """Why there is nothing to ask for: its domain's own rules let this reader see all of it already.

    A team, a product that passes it on, and an edition that is to be kept do need an agreement.
    """
    request = draft.request
    reader = house.mesh.principal(request.consumer)
    if reader is None or request.edition or request.onward or house.mesh.built_by(reader.id):
        return ""
    now = rule(house, reader, request.purpose, draft.product, draft.port).decision
    then = would(house, draft)
    if not now.allowed or now.agreement or then is None or now.rows != then.rows:
        return ""
    masks = {column.name: column.mask.kind for column in now.columns}
    if any(column.mask.kind < masks[column.name] for column in then.columns):
        return ""
    named = "you" if reader.id == request.asked_by else f"`{reader.id}`"
    return f"{named} may read `{request.port}` already, by the rules of {request.port.port.domain}"


def nothing_new(house: House, draft: Drafted) -> None:
    """An approval would give something; raises Conflict where it is there already."""
    already = had(house, draft)
    if already:
        raise Conflict(already, code="E427", hint="query it")


def release_of(house: House, request: Request) -> Release | None:
    """The edition a request is about, None for whatever is current."""
    if not request.edition:
        return None
    kept = house.store.get(Release, keys.release(request.port.port.of, request.edition))
    return kept.noun if kept else None


def reader_of(house: House, request: Request) -> Principal | None:
    """Who would read under this request."""
    team = request.consumer.startswith("team:")
    return house.mesh.principal(request.asked_by if team else request.consumer)


def no_twin(house: House, request: Request) -> None:
    """Nobody asks for the same and waits; raises Conflict."""
    other = twin(house, request)
    if other is not None:
        raise Conflict(f"`{other.id}` asks for the same and waits for an answer", code="E417")


def twin(house: House, request: Request) -> Request | None:
    """Another request for the same that waits for an answer."""

    def same(each: Request) -> tuple[object, ...]:
        return each.port, each.consumer, each.purpose, each.edition

    waits = (each for each in waiting(house, request.port.port) if each.id != request.id)
    return next((each for each in waits if same(each) == same(request)), None)
