"""Access: who may ask for what, and who may answer."""

from collections.abc import Iterable, Iterator, Sequence

from agora.model.access import Agreement, Request
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.reasons import Reason


def deciders(mesh: Mesh, port: PortVersion) -> tuple[str, ...]:
    """Those who answer requests for a port: the owners of its domain."""
    domain = mesh.domain(port.port.domain)
    return domain.owners if domain else ()


def judge_request(
    mesh: Mesh, request: Request, agreements: Sequence[Agreement]
) -> tuple[Reason, ...]:
    """Why this may not even be asked; empty when the owners should see it."""
    return (*_words(mesh, request), *_parties(mesh, request), *_standing(request, agreements))


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
    if not request.reason.strip():
        yield Reason(code="E423", sentence="a request says why", hint="add `--reason`")
    if request.until is not None and request.until <= request.asked_at:
        yield Reason(
            code="E424", sentence="the end lies in the past", hint="choose a later `--until`"
        )


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


def _speaks_for(asker: Principal, consumer: Principal) -> bool:
    """People ask for themselves, for their agents and for their own teams' services."""
    if asker.id in (consumer.id, consumer.acts_for):
        return True
    return consumer.kind is PrincipalKind.SERVICE and bool(set(asker.teams) & set(consumer.teams))


def _standing(request: Request, agreements: Sequence[Agreement]) -> Iterator[Reason]:
    for agreement in agreements:
        same = (agreement.port, agreement.consumer, agreement.purpose) == (
            request.port,
            request.consumer,
            request.purpose,
        )
        if same and agreement.active(request.asked_at) and not _wider(request, agreement):
            yield Reason(
                code="E427",
                sentence=f"agreement `{agreement.id}` allows this already",
                hint="query it: the approval is the access",
            )


def _wider(request: Request, agreement: Agreement) -> bool:
    columns = bool(agreement.columns) and (
        not request.columns or not set(request.columns) <= set(agreement.columns)
    )
    longer = agreement.expires is not None and (
        request.until is None or request.until > agreement.expires
    )
    return columns or longer


def judge_answer(mesh: Mesh, request: Request, who: Principal) -> tuple[Reason, ...]:
    """Why this person may not answer; empty for an owner who neither asked nor profits."""
    owners = deciders(mesh, request.port)
    if who.id in (request.asked_by, request.consumer):
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


def _named(names: Iterable[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return ", ".join(listed) or "nobody yet"
