"""Answering: a request that is kept is found for those who may know of it, and settled once."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agora.governance.access import judge_words, may_know
from agora.governance.lasting import replaced
from agora.model.access import Agreement, Remark, Request, RequestState
from agora.model.errors import Conflict, Denied, Missing, Unusable
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.model.release import Release
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import filing, keys
from agora.passage.editions import there
from agora.usecases.agreeing.entries import demand

_OVER = {
    RequestState.APPROVED: ("E413", "was answered by `{}` already"),
    RequestState.REFUSED: ("E413", "was answered by `{}` already"),
    RequestState.WITHDRAWN: ("E633", "was withdrawn by `{}`"),
}


def request_of(house: House, who: Actor, name: str) -> Kept[Request]:
    """The request, for those who may know of it; for everybody else there is none. Raises Missing."""
    kept = house.store.get(Request, name)
    if kept is None or not may_know(house.mesh, kept.noun, who.principal):
        raise Missing(
            f"there is no request `{name}`", code="E408", hint="`agora approve` lists what waits"
        )
    return kept


def pending(request: Request, version: int = 0) -> None:
    """The request still waits, and asks for what was looked at (`version`, 1 if none is named).

    Raises Conflict.
    """
    if request.state is not RequestState.PENDING:
        code, words = _OVER[request.state]
        raise Conflict(f"`{request.id}` {words.format(request.answered_by)}", code=code)
    if (version or 1) != request.version:
        raise Conflict(
            f"`{request.id}` was changed and asks for something else by now",
            code="E635",
            hint=f"look at it again, and answer `{request.id}@{request.version}`",
        )


def said(house: House, who: Actor, words: str) -> Remark:
    """Something that is said about a request; raises Unusable for nothing, Denied for too much."""
    if not words.strip():
        raise Unusable("nothing is said", code="E641", hint="put it into words")
    reasons = judge_words(words)
    if reasons:
        raise Denied.because(reasons)
    return Remark(who=who.principal.id, at=house.now(), words=words.strip())


def reasoned(words: str, deed: str) -> None:
    """Who says no gives a reason, which the other reads; raises Unusable."""
    if not words.strip():
        raise Unusable(f"{deed} says why", code="E632", hint="add `--reason`")
    reasons = judge_words(words)
    if reasons:
        raise Denied.because(reasons)


def agreed(
    house: House,
    who: Actor,
    request: Request,
    columns: tuple[str, ...],
    until: datetime | None,
    onward: Sequence[str] | None = None,
) -> Agreement:
    """The agreement that an approval makes, not kept yet; raises Denied for more than was asked."""
    passed = request.onward if onward is None else tuple(onward)
    reasons = (
        *_widened(request, columns, until, passed),
        *_empty(house, request, columns, until),
    )
    demand(house, who, request.port, "an answer may only narrow what was asked", reasons)
    ends = [moment for moment in (request.until, until) if moment is not None]
    port = house.mesh.port(request.port)
    return Agreement(
        id=house.new_id("agr"),
        port=request.port,
        consumer=request.consumer,
        purpose=request.purpose,
        columns=columns or request.columns,
        onward=passed,
        edition=request.edition,
        starts=house.now(),
        expires=min(ends, default=None),
        terms=request.terms or (port.contract.terms if port else ""),
        approved_by=who.principal.id,
        request=request.id,
        accepted=request.accepted,
        renews=request.renews,
    )


def kept(house: House, agreement: Agreement) -> tuple[Put, ...]:
    """The agreement is kept in the place of those it replaces, and holds its edition's rows."""
    there = list(house.store.find(Agreement, keys.agreements_of(agreement.port.port)))
    revisions = {each.key: each.revision for each in there}
    puts = list(filing.filing(agreement))
    for gone in replaced(agreement, [each.noun for each in there]):
        key = keys.agreement(gone)
        puts.append(Put(key=key, noun=gone, revision=revisions[key]))
    return (*puts, *_held(house, agreement))


def renewable(house: House, name: str) -> Agreement | None:
    """The agreement a request renews, None for none; raises Conflict when it cannot be any more."""
    found = filing.agreement(house, name) if name else None
    if found is None:
        return None
    old = found.noun
    if old.renewed_by:
        raise Conflict(
            f"`{old.id}` is renewed already",
            code="E636",
            hint=f"`{old.renewed_by}` has taken its place",
        )
    if old.ended_at is not None:
        raise Conflict(
            f"`{old.id}` was ended by `{old.ended_by}` and is not renewed",
            code="E637",
            hint=f"agora request {old.port} --purpose {old.purpose} --reason …",
        )
    return old


def _held(house: House, agreement: Agreement) -> tuple[Put, ...]:
    """The release row once more, unchanged, so that nobody takes its rows away in the same moment."""
    if not agreement.edition:
        return ()
    made = house.store.get(Release, keys.release(agreement.port.port.of, agreement.edition))
    if made is None:
        raise Missing(f"there is no edition {agreement.edition}", code="E460")
    return (Put(key=made.key, noun=there(house, made.noun), revision=made.revision),)


def _widened(
    request: Request, columns: tuple[str, ...], until: datetime | None, onward: tuple[str, ...]
) -> Iterator[Reason]:
    """What of an answer goes beyond what was asked."""
    for column in columns:
        if request.columns and column not in request.columns:
            yield Reason(code="E416", sentence=f"column `{column}` was not asked for")
    if until is not None and request.until is not None and until > request.until:
        yield Reason(code="E416", sentence="the request asked for a shorter time")
    for purpose in onward:
        if purpose not in request.onward:
            yield Reason(code="E416", sentence=f"nobody asked to pass it on for `{purpose}`")


def _empty(
    house: House, request: Request, columns: tuple[str, ...], until: datetime | None
) -> Iterator[Reason]:
    """What would leave nothing of the access: an end that has passed, columns that are not there."""
    port = house.mesh.port(request.port)
    for column in columns:
        if port is not None and port.contract.column(column) is None:
            yield Reason(code="E422", sentence=f"`{request.port}` has no column `{column}`")
    ends = [moment for moment in (request.until, until) if moment is not None]
    if ends and min(ends) <= house.now():
        yield Reason(
            code="E424", sentence="the end lies in the past", hint="choose a later `--until`"
        )
