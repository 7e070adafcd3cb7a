"""Access: who may ask for what, and who may answer."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from agora.governance.decisions import Ask, decide
from agora.governance.lifecycle import begun, life
from agora.governance.onward import judge_passing
from agora.governance.rights import oversees
from agora.model.access import Agreement, Request, hash_of
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.reasons import Reason

LONGEST = timedelta(days=3653)
LONGEST_WORDS = 4000
"""So many letters may stand in a reason, a question or an answer."""


def deciders(mesh: Mesh, port: PortVersion) -> tuple[str, ...]:
    """Those who answer requests for a port: the owners of its domain."""
    domain = mesh.domain(port.port.domain)
    return domain.owners if domain else ()


def judge_request(
    mesh: Mesh, request: Request, agreements: Sequence[Agreement]
) -> tuple[Reason, ...]:
    """Why this may not even be asked; empty when the owners should see it."""
    return (
        *_words(mesh, request),
        *judge_parties(mesh, request),
        *judge_passing(mesh, request),
        *_lasting(mesh, request),
        *_person_first(mesh, request, agreements),
        *_standing(request, agreements),
    )


def judge_terms(mesh: Mesh, request: Request) -> tuple[Reason, ...]:
    """Why the terms of use stand against this request: nobody has accepted them as they are now."""
    port = mesh.port(request.port)
    terms = hash_of(port.contract.terms) if port else ""
    if not terms or (request.accepted is not None and request.accepted.hash == terms):
        return ()
    return (
        Reason(
            code="E630",
            sentence=f"the terms of `{request.port}` are not accepted",
            rule=f"{request.port.port.domain}/terms",
            owner=request.port.port.domain,
            hint="`--dry-run` shows them, `--accept-terms` accepts them",
        ),
    )


def judge_words(words: str) -> tuple[Reason, ...]:
    """Why something said about a request is too long to be kept."""
    if len(words) <= LONGEST_WORDS:
        return ()
    return (
        Reason(
            code="E643",
            sentence=f"a text of {len(words):,} letters is too long",
            hint=f"say it in at most {LONGEST_WORDS:,}",
        ),
    )


def _words(mesh: Mesh, request: Request) -> Iterator[Reason]:
    known = {purpose.id for purpose in mesh.purposes}
    if request.purpose not in known:
        names = ", ".join(f"`{p}`" for p in sorted(known))
        yield Reason(
            code="E411",
            sentence=f"there is no purpose `{request.purpose}`",
            hint=f"use one of {names}",
        )
    port = mesh.port(request.port)
    for column in request.columns:
        if port is None or port.contract.column(column) is None:
            yield Reason(code="E422", sentence=f"`{request.port}` has no column `{column}`")
    yield from judge_words(request.reason)
    if not request.reason.strip():
        yield Reason(code="E423", sentence="a request says why", hint="add `--reason`")
    if request.until is not None and request.until <= request.asked_at:
        yield Reason(
            code="E424", sentence="the end lies in the past", hint="choose a later `--until`"
        )
    if request.until is not None and request.until - request.asked_at > LONGEST:
        yield Reason(
            code="E424",
            sentence=f"nothing is agreed for longer than {LONGEST.days // 365} years",
            hint="choose an earlier `--until`, or none and let the owners end it",
        )


def _lasting(mesh: Mesh, request: Request) -> Iterator[Reason]:
    """A version on its way out is not begun with while a newer one stands beside it."""
    found = life(mesh, request.port)
    if found is None or (request.renews and not found.over(request.asked_at)):
        return
    told = begun(request.port, found, request.asked_at)
    if told is not None:
        yield told


def judge_parties(mesh: Mesh, request: Request) -> tuple[Reason, ...]:
    """Why this person may not ask for this consumer; empty when they may."""
    return tuple(_parties(mesh, request))


def _parties(mesh: Mesh, request: Request) -> Iterator[Reason]:
    asker = mesh.principal(request.asked_by)
    if asker is None:
        yield Reason(code="E425", sentence=f"there is no `{request.asked_by}`")
        return
    team = request.consumer.removeprefix("team:")
    if request.consumer.startswith("team:"):
        if team not in {t.id for t in mesh.teams}:
            yield Reason(code="E425", sentence=f"there is no team `{team}`")
        elif team not in asker.teams:
            yield Reason(code="E426", sentence=f"`{asker.id}` is not in team `{team}`")
        return
    consumer = mesh.principal(request.consumer)
    if consumer is None:
        yield Reason(code="E425", sentence=f"there is no `{request.consumer}`")
    elif not _speaks_for(asker, consumer):
        yield Reason(code="E426", sentence=f"`{asker.id}` may not ask for `{consumer.id}`")


def _person_first(
    mesh: Mesh, request: Request, agreements: Sequence[Agreement]
) -> Iterator[Reason]:
    """An agent's own agreement only narrows what its person may read, so the person comes first."""
    consumer = mesh.principal(request.consumer)
    if consumer is None or consumer.kind is not PrincipalKind.AGENT:
        return
    ask = Ask(
        principal=consumer,
        port=request.port,
        columns=(),
        purpose=request.purpose,
        now=request.asked_at,
        agreements=tuple(agreements),
    )
    if not decide(mesh, ask).allowed:
        yield Reason(
            code="E440",
            sentence=f"`{consumer.id}` reads only what `{consumer.acts_for}` may read",
            rule="guardrail/agents",
            owner="governance",
            hint=f"agora request {request.port} --purpose {request.purpose} --as {consumer.acts_for}",
        )


def speaks(mesh: Mesh, who: Principal, consumer: str) -> bool:
    """True for those who may ask in the name of a consumer, and end or renew what it was given."""
    team = consumer.removeprefix("team:")
    if team != consumer:
        return team in who.teams
    found = mesh.principal(consumer)
    return who.id == consumer or (found is not None and _speaks_for(who, found))


def voices_of(mesh: Mesh, who: Principal) -> tuple[str, ...]:
    """Every consumer somebody speaks for: themselves, their teams, their agents and services."""
    names = [who.id, *(f"team:{team}" for team in who.teams)]
    names += [each.id for each in mesh.principals if _speaks_for(who, each)]
    own = {domain.id for domain in mesh.domains if domain.team and domain.team in who.teams}
    names += [each.name.service for each in mesh.products if each.name.domain in own]
    return tuple(dict.fromkeys(names))


def may_know(mesh: Mesh, request: Request, who: Principal) -> bool:
    """True for those who asked, those it is for, those who decide, and who oversees the mesh."""
    sides = (request.asked_by, *deciders(mesh, request.port))
    return who.id in sides or oversees(mesh, who) or speaks(mesh, who, request.consumer)


def judge_change(mesh: Mesh, request: Request, who: Principal) -> tuple[Reason, ...]:
    """Why this person may not change or withdraw a request; empty for those who asked."""
    if who.id == request.asked_by or speaks(mesh, who, request.consumer):
        return ()
    return (
        Reason(
            code="E634",
            sentence=f"`{who.id}` did not ask for it",
            rule="guardrail/own-requests",
            owner="governance",
            hint=f"`{request.asked_by}` may change or withdraw it",
        ),
    )


def _speaks_for(asker: Principal, consumer: Principal) -> bool:
    """People ask for themselves, for their agents and for their own teams' services."""
    if asker.id in (consumer.id, consumer.acts_for):
        return True
    return consumer.kind is PrincipalKind.SERVICE and bool(set(asker.teams) & set(consumer.teams))


def _standing(request: Request, agreements: Sequence[Agreement]) -> Iterator[Reason]:
    for agreement in agreements:
        same = (agreement.port, agreement.consumer, agreement.purpose, agreement.edition) == (
            request.port,
            request.consumer,
            request.purpose,
            request.edition,
        )
        if same and agreement.active(request.asked_at) and covers(agreement, request):
            yield Reason(
                code="E427",
                sentence=f"agreement `{agreement.id}` allows this already",
                hint="query it: the approval is the access",
            )


def covers(agreement: Agreement, request: Request) -> bool:
    """True when an agreement gives all columns and uses for all the time that a request asks for."""
    columns = bool(agreement.columns) and (
        not request.columns or not set(request.columns) <= set(agreement.columns)
    )
    longer = agreement.expires is not None and (
        request.until is None or request.until > agreement.expires
    )
    further = set(request.onward) - set(agreement.onward)
    return not (columns or longer or further)


def judge_answer(mesh: Mesh, request: Request, who: Principal) -> tuple[Reason, ...]:
    """Why this person may not answer; empty for an owner who neither asked nor profits."""
    owners = deciders(mesh, request.port)
    member = request.consumer in {f"team:{team}" for team in who.teams}
    if member or who.id in _involved(mesh, request):
        return (
            Reason(
                code="E428",
                sentence="nobody approves their own request",
                rule="guardrail/four-eyes",
                owner="governance",
                hint=f"another owner answers it: {_named(o for o in owners if o != who.id)}",
            ),
        )
    if who.id not in owners:
        return (
            Reason(
                code="E429",
                sentence=f"`{who.id}` does not own `{request.port.port}`",
                rule=f"{request.port.port.domain}/owners",
                owner=request.port.port.domain,
                hint=f"its owners are {_named(owners)}",
            ),
        )
    return ()


def _involved(mesh: Mesh, request: Request) -> set[str]:
    """Those who asked or would profit; behind an agent stands its person."""
    named = {request.asked_by, request.consumer}
    found = (mesh.principal(name) for name in named)
    return named | {each.acts_for for each in found if each is not None}


def _named(names: Iterable[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return ", ".join(listed) or "nobody yet"
