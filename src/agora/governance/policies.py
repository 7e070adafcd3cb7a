"""Policies judged before they are used: whether they mean something, and whether their tests hold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from agora.governance.decisions import Ask, decide
from agora.governance.masking import fitting
from agora.governance.matching import applies, touches
from agora.governance.rows import columns_of, mistyped
from agora.model.access import Agreement
from agora.model.decision import Decision
from agora.model.findings import Finding, Weight
from agora.model.mesh import Mesh
from agora.model.policy import Layer, MaskKind, Policy, PolicyTrial
from agora.model.product import OutputPort
from agora.model.release import ReleasedColumn

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_SPELLED = {"null-value": MaskKind.NULL} | {kind.name.lower(): kind for kind in MaskKind}


def check(mesh: Mesh) -> tuple[Finding, ...]:
    """Everything that is wrong with the rules of a mesh, their tests included."""
    return tuple(finding for policy in mesh.policies for finding in _judged(mesh, policy))


def _judged(mesh: Mesh, policy: Policy) -> Iterator[Finding]:
    ports = [port for _, port in mesh.ports() if _concerns(policy, port)]
    if policy.effect.permit and not policy.who.names_somebody:
        yield _finding(policy, "E152", "it permits without saying whom")
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
    if policy.effect.mask is None:
        return True
    return any(touches(policy.applies_to, c.name, c.labels) for c in port.contract.columns)


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
    principal = mesh.principal(trial.who)
    port = next((p for _, p in mesh.ports() if str(p.name) == trial.port.partition("@")[0]), None)
    if principal is None or port is None:
        return
    decision = decide(mesh, _ask(mesh, trial, port, assumed=True))
    if trial.allowed is not None:
        without = decide(mesh, _ask(mesh, trial, port, assumed=False))
        if without.allowed != trial.allowed:
            said = "may" if without.allowed else "may not"
            yield _broken(policy, trial, f"`{trial.who}` {said} read `{trial.port}`")
    yield from _sees(policy, trial, decision)


def _sees(policy: Policy, trial: PolicyTrial, decision: Decision) -> Iterator[Finding]:
    if trial.sees and not decision.allowed:
        yield _broken(policy, trial, f"`{trial.who}` is refused: {decision.reasons[0].sentence}")
        return
    masks = {column.name: column.mask.kind for column in decision.columns}
    for name, expected in trial.sees:
        if name not in masks:
            yield _broken(policy, trial, f"`{trial.port}` has no column `{name}`")
        elif masks[name] is not _SPELLED[expected]:
            seen = masks[name].name.lower()
            yield _broken(policy, trial, f"`{trial.who}` sees `{name}` {seen}, not {expected}")


def _ask(mesh: Mesh, trial: PolicyTrial, port: OutputPort, *, assumed: bool) -> Ask:
    now = mesh.at or _ANY_TIME
    principal = mesh.principal(trial.who)
    if principal is None:
        raise ValueError(trial.who)
    purposes = [purpose.id for purpose in mesh.purposes]
    purpose = trial.purpose or (purposes[0] if purposes else "")
    agreement = Agreement(
        id="assumed",
        port=port.version,
        consumer=principal.id,
        purpose=purpose,
        starts=now,
        approved_by="test",
    )
    columns = tuple(
        ReleasedColumn(name=c.name, type=c.type, field_id=0, labels=tuple(c.labels))
        for c in port.contract.columns
    )
    ask = Ask(
        principal=principal, port=port.version, columns=columns, purpose=trial.purpose, now=now
    )
    return replace(ask, agreements=(agreement,)) if assumed else ask


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
