"""Policies judged before they are used: whether they mean something, and whether their tests hold."""

from collections.abc import Iterator
from datetime import UTC, datetime

from agora.governance.decisions import Ask, decide
from agora.governance.lifecycle import life
from agora.governance.masking import fitting
from agora.governance.matching import applies, concerns, touches
from agora.governance.rows import columns_of, mistyped
from agora.model.access import Agreement
from agora.model.decision import Decision
from agora.model.findings import Finding, Weight
from agora.model.mesh import Mesh
from agora.model.people import Principal
from agora.model.policy import Effect, Layer, MaskKind, Policy, PolicyTrial
from agora.model.product import OutputPort
from agora.model.release import ReleasedColumn

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_SPELLED = {"null-value": MaskKind.NULL} | {kind.name.lower(): kind for kind in MaskKind}


def check(mesh: Mesh) -> tuple[Finding, ...]:
    """Everything that is wrong with the rules of a mesh, their tests included."""
    return tuple(finding for policy in mesh.policies for finding in _judged(mesh, policy))


def _judged(mesh: Mesh, policy: Policy) -> Iterator[Finding]:
    ports = [port for _, port in mesh.ports() if _concerns(policy, port)]
    if policy.effect.permit:
        yield from _permit_fits(policy)
    if policy.effect == Effect():
        yield _finding(policy, "E153", "it has no effect: everything it concerns is refused")
    if not ports and mesh.products:
        yield _finding(policy, "E153", "it applies to nothing in this mesh", warning=True)
    for port in ports:
        yield from _rows_fit(policy, port)
        yield from _mask_fits(policy, port)
    if not policy.trials and mesh.products and ports:
        yield _finding(policy, "E155", "it has no test beside it", warning=True)
    for trial in policy.trials:
        yield from _tried(mesh, policy, trial)


def _concerns(policy: Policy, port: OutputPort) -> bool:
    if policy.layer is Layer.DOMAIN and policy.domain != port.name.domain:
        return False
    if not applies(policy.applies_to, port.name.domain, port.name):
        return False
    return concerns(policy.applies_to, ((c.name, c.labels) for c in port.contract.columns))


def _permit_fits(policy: Policy) -> Iterator[Finding]:
    target = policy.applies_to
    if policy.layer is Layer.GUARDRAIL:
        yield _finding(
            policy, "E152", "only the owning domain opens its products, no guardrail does"
        )
    elif not policy.who.names_somebody:
        yield _finding(policy, "E152", "it permits without saying whom")
    if target.columns or target.tags:
        words = "a permit opens whole tables; hide columns with a mask beside it"
        yield _finding(policy, "E153", words)


def _rows_fit(policy: Policy, port: OutputPort) -> Iterator[Finding]:
    if policy.effect.rows is None:
        return
    types = {column.name: column.type for column in port.contract.columns}
    unknown = columns_of(policy.effect.rows) - types.keys()
    words = [f"there is no column `{name}`" for name in sorted(unknown)]
    for sentence in words or mistyped(policy.effect.rows, types):
        yield _finding(policy, "E151", f"on `{port.name}` {sentence}")


def _mask_fits(policy: Policy, port: OutputPort) -> Iterator[Finding]:
    mask = policy.effect.mask
    if mask is None:
        return
    for column in port.contract.columns:
        touched = touches(policy.applies_to, column.name, column.labels)
        if touched and fitting(mask, column.type) != mask:
            kind = mask.kind.name.lower()
            words = f"`{kind}` cannot mask `{port.name}.{column.name}` ({column.type})"
            yield _finding(policy, "E156", words)


def _tried(mesh: Mesh, policy: Policy, trial: PolicyTrial) -> Iterator[Finding]:
    """The trial's rule holds; a fitting agreement is assumed, except where the rule permits.

    A version that answers nobody any more is not tried: no rule could make it answer.
    """
    principal, port = mesh.principal(trial.who), _port(mesh, trial.port)
    standing = life(mesh, port.version) if port else None
    if principal is None or port is None or standing is None:
        return
    if standing.over(mesh.at or _ANY_TIME):
        return
    assumed = decide(mesh, _ask(mesh, trial, principal, port, assumed=True))
    if trial.allowed is not None:
        bare = decide(mesh, _ask(mesh, trial, principal, port, assumed=False))
        allowed = (bare if policy.effect.permit else assumed).allowed
        if allowed != trial.allowed:
            said = "may" if allowed else "may not"
            yield _broken(policy, trial, f"`{trial.who}` {said} read `{trial.port}`")
    yield from _sees(policy, trial, assumed)


def _port(mesh: Mesh, name: str) -> OutputPort | None:
    """The port a trial names; without a version the newest."""
    wanted, _, major = name.partition("@")
    found = [port for _, port in mesh.ports() if str(port.name) == wanted]
    chosen = [port for port in found if not major or str(port.version) == name]
    return max(chosen, key=lambda port: port.contract.major, default=None)


def _sees(policy: Policy, trial: PolicyTrial, decision: Decision) -> Iterator[Finding]:
    if trial.sees and not decision.allowed:
        words = f"`{trial.who}` is refused: {decision.reasons[0].sentence}"
        yield _broken(policy, trial, words)
        return
    masks = {column.name: column.mask.kind for column in decision.columns}
    for name, expected in trial.sees:
        if name not in masks:
            yield _broken(policy, trial, f"`{trial.port}` has no column `{name}`")
        elif masks[name] is not _SPELLED.get(expected):
            seen = masks[name].name.lower()
            yield _broken(policy, trial, f"`{trial.who}` sees `{name}` {seen}, not {expected}")


def _ask(
    mesh: Mesh, trial: PolicyTrial, principal: Principal, port: OutputPort, *, assumed: bool
) -> Ask:
    now = mesh.at or _ANY_TIME
    purposes = (trial.purpose, *(purpose.id for purpose in mesh.purposes))
    agreement = Agreement(
        id="assumed",
        port=port.version,
        consumer=principal.acts_for or principal.id,
        purpose=next((purpose for purpose in purposes if purpose), ""),
        starts=now,
        approved_by="test",
    )
    return Ask(
        principal=principal,
        port=port.version,
        columns=tuple(
            ReleasedColumn(name=c.name, type=c.type, field_id=0, labels=tuple(sorted(c.labels)))
            for c in port.contract.columns
        ),
        purpose=trial.purpose,
        now=now,
        agreements=(agreement,) if assumed else (),
    )


def _broken(policy: Policy, trial: PolicyTrial, sentence: str) -> Finding:
    return Finding(
        file=policy.file,
        line=trial.line,
        column=1,
        code="E154",
        sentence=f"its test does not hold: {sentence}",
    )


def _finding(policy: Policy, code: str, sentence: str, *, warning: bool = False) -> Finding:
    weight = Weight.WARNING if warning else Weight.ERROR
    return Finding(file=policy.file, line=1, column=1, code=code, sentence=sentence, weight=weight)
