"""Access: somebody asks, an owner answers, and the answer is the access."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agora.governance.access import deciders, judge_answer, judge_request
from agora.model.access import Agreement, Request, RequestState
from agora.model.errors import Conflict, Denied, Missing
from agora.model.ledger import Entry, Event
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.model.release import Release
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.editions import held_by, one, there
from agora.passage.knowing import find_port
from agora.passage.recording import refused
from agora.passage.ruling import agreements_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked and who decides; an agreement when it was settled at once."""

    request: Request
    agreement: Agreement | None = None
    deciders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The request as answered, and the agreement an approval made."""

    request: Request
    agreement: Agreement | None = None


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
) -> Asked:
    """The owners of the port have a request to answer. Raises Missing or Denied with reasons.

    With an `edition` it is about that one alone, which is kept as long as the agreement lasts.
    """
    product, wanted = find_port(house, who.principal, port)
    held = one(house, product, edition)
    if held is not None:
        held_by(held, wanted.version)
    request = Request(
        id=house.new_id("req"),
        port=wanted.version,
        consumer=consumer or who.principal.id,
        asked_by=who.principal.id,
        purpose=purpose,
        reason=reason,
        columns=tuple(columns),
        edition=held.number if held else 0,
        until=until,
        asked_at=house.now(),
    )
    standing = (*agreements_on(house, wanted.name),)
    reasons = judge_request(house.mesh, request, standing)
    _demand(house, who, request, "you may not ask for this", reasons)
    _no_twin(house, request)
    house.store.commit(
        (Put(key=request.id, noun=request),), (_entry(house, who, Event.REQUESTED, request),)
    )
    return Asked(request=request, deciders=deciders(house.mesh, wanted.version))


def answer(
    house: House,
    who: Actor,
    request: str,
    *,
    approve: bool,
    columns: Sequence[str] = (),
    until: datetime | None = None,
    words: str = "",
) -> Answered:
    """The request is answered; an approval is the access from this moment on.

    `columns` and `until` may only narrow what was asked. Raises Missing, Denied, Conflict.
    """
    kept = _request(house, request)
    reasons = judge_answer(house.mesh, kept.noun, who.principal)
    _demand(house, who, kept.noun, "you may not answer this request", reasons)
    if kept.noun.state is not RequestState.PENDING:
        raise Conflict(
            f"`{request}` was answered by `{kept.noun.answered_by}` already", code="E413"
        )
    agreement = _agreement(house, who, kept.noun, tuple(columns), until) if approve else None
    answered = replace(
        kept.noun,
        state=RequestState.APPROVED if approve else RequestState.REFUSED,
        answered_by=who.principal.id,
        answered_at=house.now(),
        answer=words,
        agreement=agreement.id if agreement else "",
    )
    puts = [Put(key=answered.id, noun=answered, revision=kept.revision)]
    if agreement:
        puts.append(Put(key=keys.agreement(agreement), noun=agreement))
        puts += _held(house, agreement)
    event = Event.APPROVED if approve else Event.REFUSED_REQUEST
    house.store.commit(puts, (_entry(house, who, event, answered),))
    return Answered(request=answered, agreement=agreement)


def end(house: House, who: Actor, agreement: str, words: str = "") -> Agreement:
    """The agreement is over from this moment; owners and the consumer may end it."""
    kept = next((k for k in house.store.find(Agreement) if k.noun.id == agreement), None)
    if kept is None:
        raise Missing(f"there is no agreement `{agreement}`", code="E408")
    parties = {*deciders(house.mesh, kept.noun.port), kept.noun.consumer}
    if who.principal.id not in parties:
        raise Denied("only the owners and the consumer may end an agreement", code="E414")
    if kept.noun.ended_at is not None:
        raise Conflict(f"`{agreement}` has ended already", code="E415")
    ended = replace(kept.noun, ended_at=house.now())
    entry = Entry(
        event=Event.ENDED,
        at=house.now(),
        who=who.principal.id,
        operator=who.operator,
        subject=str(ended.port),
        facts=(("agreement", ended.id), ("words", words)),
    )
    house.store.commit((Put(key=kept.key, noun=ended, revision=kept.revision),), (entry,))
    return ended


def pending(house: House, who: Actor) -> tuple[Request, ...]:
    """Requests that wait for this person, and this person's own that wait for somebody else."""
    waiting = (k.noun for k in house.store.find(Request) if k.noun.state is RequestState.PENDING)
    own = who.principal.id
    return tuple(
        r for r in waiting if own in (r.asked_by, r.consumer) or own in deciders(house.mesh, r.port)
    )


def _agreement(
    house: House, who: Actor, request: Request, columns: tuple[str, ...], until: datetime | None
) -> Agreement:
    reasons = (*_widened(request, columns, until), *_empty(house, request, columns, until))
    _demand(house, who, request, "an answer may only narrow what was asked", reasons)
    ends = [moment for moment in (request.until, until) if moment is not None]
    port = house.mesh.port(request.port)
    return Agreement(
        id=house.new_id("agr"),
        port=request.port,
        consumer=request.consumer,
        purpose=request.purpose,
        columns=columns or request.columns,
        edition=request.edition,
        starts=house.now(),
        expires=min(ends, default=None),
        terms=port.contract.terms if port else "",
        approved_by=who.principal.id,
        request=request.id,
    )


def _held(house: House, agreement: Agreement) -> tuple[Put, ...]:
    """The release row once more, unchanged, so that nobody takes its rows away in the same moment."""
    if not agreement.edition:
        return ()
    kept = house.store.get(Release, keys.release(agreement.port.port.of, agreement.edition))
    if kept is None:
        raise Missing(f"there is no edition {agreement.edition}", code="E460")
    return (Put(key=kept.key, noun=there(house, kept.noun), revision=kept.revision),)


def _widened(
    request: Request, columns: tuple[str, ...], until: datetime | None
) -> tuple[Reason, ...]:
    extra = [c for c in columns if request.columns and c not in request.columns]
    reasons = [Reason(code="E416", sentence=f"column `{c}` was not asked for") for c in extra]
    if until is not None and request.until is not None and until > request.until:
        reasons.append(Reason(code="E416", sentence="the request asked for a shorter time"))
    return tuple(reasons)


def _empty(
    house: House, request: Request, columns: tuple[str, ...], until: datetime | None
) -> Iterator[Reason]:
    """What would leave nothing of the access: an end that has passed, columns that are not there."""
    port = house.mesh.port(request.port)
    for column in columns:
        if port is not None and port.contract.column(column) is None:
            yield Reason(code="E422", sentence=f"`{request.port}` has no column `{column}`")
    if until is not None and until <= house.now():
        yield Reason(
            code="E424", sentence="the end lies in the past", hint="choose a later `--until`"
        )


def _request(house: House, request: str) -> Kept[Request]:
    kept = house.store.get(Request, request)
    if kept is None:
        raise Missing(
            f"there is no request `{request}`", code="E408", hint="`agora approve` lists what waits"
        )
    return kept


def _no_twin(house: House, request: Request) -> None:
    for kept in house.store.find(Request):
        other = kept.noun
        same = (other.port, other.consumer, other.purpose, other.edition) == (
            request.port,
            request.consumer,
            request.purpose,
            request.edition,
        )
        if same and other.state is RequestState.PENDING:
            raise Conflict(f"`{other.id}` asks for the same and waits for an answer", code="E417")


def _demand(
    house: House, who: Actor, request: Request, sentence: str, reasons: tuple[Reason, ...]
) -> None:
    """Raise Denied for these reasons, if there are any; the ledger hears of it first."""
    if not reasons:
        return
    problem = Denied.because(reasons, sentence)
    refused(house, who, str(request.port), "", problem, event=Event.DENIED)
    raise problem


def _entry(house: House, who: Actor, event: Event, request: Request) -> Entry:
    return Entry(
        event=event,
        at=house.now(),
        who=who.principal.id,
        operator=who.operator,
        subject=str(request.port),
        purpose=request.purpose,
        facts=(
            ("request", request.id),
            ("consumer", request.consumer),
            ("columns", request.columns),
            ("until", request.until.isoformat() if request.until else ""),
            ("agreement", request.agreement),
            *((("edition", request.edition),) if request.edition else ()),
        ),
    )
