"""Decisions: what one reader may see of one port version, from every rule that concerns it.

Default deny. Allowed is who has exactly one fitting agreement, or whom the owning domain permits,
unless a rule of any layer denies. Rules only narrow: row conditions are joined with AND, the
strictest mask wins, the earliest end wins. Whatever cannot be evaluated denies and says so.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agora.governance.masking import view
from agora.governance.matching import binds, rules_for
from agora.governance.rows import Unbound, bind, columns_of, mistyped
from agora.model.access import Agreement
from agora.model.decision import ColumnView, Decision, RowRule
from agora.model.documents import to_document
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Mask, MaskKind, Policy
from agora.model.reasons import Reason
from agora.model.release import ReleasedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who wants to read what, for which purpose (empty: the only one they have), and when.

    `columns` are those of the release; `agreements` all that exist on the port.
    """

    principal: Principal
    port: PortVersion
    columns: tuple[ReleasedColumn, ...]
    purpose: str
    now: datetime
    agreements: tuple[Agreement, ...] = ()


def decide(mesh: Mesh, ask: Ask) -> Decision:
    """What this reader may see; never raises, and denies whatever it cannot evaluate."""
    if ask.principal.kind is PrincipalKind.AGENT:
        return _decide_for_agent(mesh, ask)
    return _decide(mesh, ask, (ask.principal,))


def _decide_for_agent(mesh: Mesh, ask: Ask) -> Decision:
    """An agent sees what its person sees, narrowed by every rule that binds the agent itself."""
    person = mesh.principal(ask.principal.acts_for)
    if person is None:
        return _deny(mesh, ask, _reason("E401", f"`{ask.principal.id}` acts for nobody"))
    return _decide(mesh, ask, (person, ask.principal))


def _decide(mesh: Mesh, ask: Ask, readers: tuple[Principal, ...]) -> Decision:
    if ask.purpose and ask.purpose not in {purpose.id for purpose in mesh.purposes}:
        return _deny(mesh, ask, _reason("E411", f"there is no purpose `{ask.purpose}`"))
    right = _right(mesh, ask, readers)
    if isinstance(right, Reason):
        return _deny(mesh, ask, right)
    purpose = right.purpose if right else ask.purpose
    rules = _binding(mesh, ask, readers, purpose)
    forbidden = [_why(mesh, p, "E402", "forbids it") for p in rules if p.effect.deny]
    if forbidden:
        return _deny(mesh, ask, *forbidden)
    ends = [p.effect.expires for p in rules if p.effect.expires]
    over = [e for e in ends if ask.now >= e]
    if over:
        return _deny(mesh, ask, _reason("E404", f"the right to read `{ask.port.port}` has ended"))
    return _allow(mesh, ask, readers, right, rules)


def _allow(
    mesh: Mesh,
    ask: Ask,
    readers: tuple[Principal, ...],
    right: Agreement | None,
    rules: Sequence[Policy],
) -> Decision:
    rows = _row_rules(mesh, ask, readers, right, rules)
    if isinstance(rows, Reason):
        return _deny(mesh, ask, rows)
    ends = [p.effect.expires for p in rules if p.effect.expires]
    if right and right.expires:
        ends.append(right.expires)
    return Decision(
        allowed=True,
        port=ask.port,
        principal=ask.principal.id,
        purpose=right.purpose if right else ask.purpose,
        columns=_views(mesh, ask, right, rules),
        rows=rows,
        reasons=(_granted(ask, right),),
        agreement=right.id if right else "",
        expires=min(ends, default=None),
        policy_hash=_hash(mesh, ask, right),
    )


def _right(mesh: Mesh, ask: Ask, readers: tuple[Principal, ...]) -> Agreement | Reason | None:
    """The one agreement that fits, None when the owning domain permits, or why there is neither."""
    consumers = {name for reader in readers[:1] for name in _names(reader)} | {ask.principal.id}
    fitting = [
        a
        for a in ask.agreements
        if a.port == ask.port and a.consumer in consumers and a.active(ask.now)
    ]
    chosen = [a for a in fitting if not ask.purpose or a.purpose == ask.purpose]
    if chosen:
        return _one(chosen)
    if _permitted(mesh, ask, readers[0]):
        return None
    return _no_right(ask, fitting, consumers)


def _one(chosen: list[Agreement]) -> Agreement | Reason:
    purposes = sorted({a.purpose for a in chosen})
    if len(purposes) > 1:
        names = ", ".join(f"`{p}`" for p in purposes)
        return Reason(
            code="E410",
            sentence=f"you may read it for more than one purpose: {names}",
            hint="say which one with `--purpose`",
        )
    return max(chosen, key=lambda a: (a.starts, a.id))


def _no_right(ask: Ask, fitting: list[Agreement], consumers: set[str]) -> Reason:
    port = ask.port.port
    if fitting:
        names = ", ".join(f"`{p}`" for p in sorted({a.purpose for a in fitting}))
        return Reason(
            code="E403",
            sentence=f"purpose `{ask.purpose}` is not agreed; yours: {names}",
            rule=f"{port.domain}/agreements",
            owner=port.domain,
            hint=f"agora request {ask.port} --purpose {ask.purpose} --reason …",
        )
    past = [a for a in ask.agreements if a.port == ask.port and a.consumer in consumers]
    ended = any(not a.active(ask.now) for a in past)
    return Reason(
        code="E404" if ended else "E403",
        sentence="your agreement has ended" if ended else "there is no agreement that lets you",
        rule=f"{port.domain}/agreements",
        owner=port.domain,
        hint=f"agora request {ask.port} --purpose {ask.purpose or '…'} --reason …",
    )


def _names(principal: Principal) -> tuple[str, ...]:
    return (principal.id, *(f"team:{team}" for team in principal.teams))


def _permitted(mesh: Mesh, ask: Ask, reader: Principal) -> bool:
    domain = ask.port.port.domain
    return any(
        policy.effect.permit
        and policy.domain == domain
        and policy.who.names_somebody
        and binds(policy, reader, ask.purpose, domain)
        for policy in rules_for(mesh, ask.port.port)
    )


def _binding(
    mesh: Mesh, ask: Ask, readers: tuple[Principal, ...], purpose: str
) -> tuple[Policy, ...]:
    """Every rule that binds the reader, or, for an agent, the person or the agent."""
    domain = ask.port.port.domain
    return tuple(
        policy
        for policy in rules_for(mesh, ask.port.port)
        if any(binds(policy, reader, purpose, domain) for reader in readers)
    )


def _row_rules(
    mesh: Mesh,
    ask: Ask,
    readers: tuple[Principal, ...],
    right: Agreement | None,
    rules: Sequence[Policy],
) -> tuple[RowRule, ...] | Reason:
    types = {column.name: column.type for column in ask.columns}
    found = []
    for policy in rules:
        if policy.effect.rows is None:
            continue
        try:
            condition = bind(policy.effect.rows, readers[0], right)
        except Unbound as missing:
            return _why(mesh, policy, "E420", f"asks for `{missing}`, which you do not have")
        if mistyped(policy.effect.rows, types) or not columns_of(condition) <= types.keys():
            return _why(mesh, policy, "E421", "cannot be evaluated on this table")
        found.append(
            RowRule(condition=condition, reason=_why(mesh, policy, "E400", policy.rows_text))
        )
    return tuple(found)


def _views(
    mesh: Mesh, ask: Ask, right: Agreement | None, rules: Sequence[Policy]
) -> tuple[ColumnView, ...]:
    port = mesh.port(ask.port)
    masking = tuple(p for p in rules if p.effect.mask is not None)
    whose = {p.name: _owner(mesh, p) for p in masking}
    views = []
    for column in ask.columns:
        promised = port.contract.column(column.name) if port else None
        labels = frozenset(column.labels) | (promised.labels if promised else frozenset())
        views.append(view(column, labels, masking, whose))
    return tuple(_agreed(each, right) for each in views)


def _agreed(each: ColumnView, right: Agreement | None) -> ColumnView:
    if right is None or not right.columns or each.name in right.columns:
        return each
    reason = Reason(
        code="E400", sentence="the agreement leaves this column out", rule=f"agreement/{right.id}"
    )
    return replace(each, mask=Mask(kind=MaskKind.HIDDEN), reasons=(*each.reasons, reason))


def _granted(ask: Ask, right: Agreement | None) -> Reason:
    domain = ask.port.port.domain
    if right is None:
        return Reason(
            code="E400",
            sentence="the owning domain permits it",
            rule=f"{domain}/policies",
            owner=domain,
        )
    return Reason(
        code="E400",
        sentence=f"agreed by `{right.approved_by}` for `{right.purpose}`",
        rule=f"agreement/{right.id}",
        owner=domain,
    )


def _why(mesh: Mesh, policy: Policy, code: str, words: str) -> Reason:
    return Reason(
        code=code,
        sentence=f"{policy.title or policy.id}: {words}" if words else policy.title,
        rule=policy.name,
        owner=_owner(mesh, policy),
    )


def _owner(mesh: Mesh, policy: Policy) -> str:
    domain = mesh.domain(policy.domain)
    return domain.team or domain.id if domain else "governance"


def _reason(code: str, sentence: str) -> Reason:
    return Reason(code=code, sentence=sentence, owner="governance")


def _deny(mesh: Mesh, ask: Ask, *reasons: Reason) -> Decision:
    return Decision(
        allowed=False,
        port=ask.port,
        principal=ask.principal.id,
        purpose=ask.purpose,
        reasons=reasons,
        policy_hash=_hash(mesh, ask, None),
    )


def _hash(mesh: Mesh, ask: Ask, right: Agreement | None) -> str:
    """The hash of every rule that could concern this port, and of the agreement used."""
    rules = [to_document(policy) for policy in rules_for(mesh, ask.port.port)]
    text = json.dumps([rules, to_document(right)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
