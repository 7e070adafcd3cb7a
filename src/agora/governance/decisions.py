"""Decisions: what one reader may see of one port version, from every rule that concerns it.

Default deny. Allowed is who has exactly one fitting agreement, or whom the owning domain permits,
unless a rule of any layer denies. Rules only narrow: row conditions are joined with AND, the
strictest mask wins, the earliest end wins. Whatever cannot be evaluated denies and says so.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agora.governance.agreeing import (
    Right,
    leaves_out,
    narrowed,
    other_edition,
    right,
    standing,
    unknown_purpose,
)
from agora.governance.ground import GOVERNANCE, Ground, canonical, ground
from agora.governance.inherited import Following, binding, following
from agora.governance.lifecycle import notice, over
from agora.governance.masking import masked_by, view
from agora.governance.matching import binds, concerns, voices
from agora.governance.onward import judge_use
from agora.governance.rows import Unbound, bind, mistyped
from agora.model.access import Agreement
from agora.model.decision import ColumnView, Decision, RowRule
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.onward import Given, Origin
from agora.model.people import Principal
from agora.model.policy import Effect, Policy
from agora.model.reasons import Reason
from agora.model.release import ReleasedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who wants to read what, for which purpose (empty: the only one they have), and when.

    `columns` are those of the release, `edition` is its number (0: none yet); `agreements` are all
    that exist on the port; `given` is what other domains gave for what is in it, and `origins` says
    of which columns of other tables the values of a column tell.
    """

    principal: Principal
    port: PortVersion
    columns: tuple[ReleasedColumn, ...]
    purpose: str
    now: datetime
    agreements: tuple[Agreement, ...] = ()
    given: tuple[Given, ...] = ()
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    edition: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An ask with everything it is judged by.

    `own` are the reader's agreements, ended ones too; `came` are the masks that came along.
    """

    ask: Ask
    ground: Ground
    readers: tuple[Principal, ...]
    labels: Mapping[str, frozenset[str]]
    own: tuple[Agreement, ...]
    came: Mapping[str, tuple[Following, ...]]

    def deny(self, *reasons: Reason) -> Decision:
        """The denial for these reasons."""
        return _denied(self.ask, reasons, self.policy_hash)

    @property
    def policy_hash(self) -> str:
        """The hash of every rule and agreement that was considered, whatever their order."""
        came = (each.rule for masks in self.came.values() for each in masks)
        return _hash(self.ground, *self.own, *self.ask.given, *came)

    def why(self, policy: Policy, code: str, words: str) -> Reason:
        """A reason that names a rule and whose it is."""
        return Reason(
            code=code,
            sentence=f"{policy.title or policy.id}: {words}" if words else policy.title,
            rule=policy.name,
            owner=self.ground.owners[policy.domain],
        )


def decide(mesh: Mesh, ask: Ask) -> Decision:
    """What this reader may see; never raises, and denies whatever it cannot evaluate."""
    try:
        return _decide(_case(mesh, ask))
    except Exception:  # noqa: BLE001 (whatever goes wrong while deciding is a denial)
        words = f"what applies to `{ask.port}` cannot be evaluated"
        reason = Reason(code="E421", sentence=words, rule="guardrail/fail-closed", owner=GOVERNANCE)
        return _denied(ask, (reason,), "")


def _case(mesh: Mesh, ask: Ask) -> _Case:
    here = ground(mesh, ask.port)
    readers = voices(mesh, ask.principal)
    promised = here.promised or {}
    released = {c.name: promised.get(c.name, frozenset()).union(c.labels) for c in ask.columns}
    own = standing(ask.agreements, ask.port, readers[0]) if readers else ()
    if readers[1:]:
        agents = (ask.port, ask.principal.id)
        own = (*own, *(a for a in ask.agreements if (a.port, a.consumer) == agents))
    return _Case(
        ask=ask,
        ground=here,
        readers=readers,
        labels={**promised, **released},
        own=own,
        came=following(mesh, ask.origins),
    )


def _decide(case: _Case) -> Decision:
    ask = case.ask
    refusal = _unknown(case)
    if refusal is not None:
        return case.deny(refusal)
    found = _right(case)
    if isinstance(found, Reason):
        return case.deny(found)
    inside = ask.port.port.domain in case.readers[0].domains
    beyond = judge_use(ask.given, ask.port, found.purpose, inside=inside)
    if beyond:
        return case.deny(*beyond)
    ended = over(ask.port, case.ground.life, ask.now) if case.ground.life else None
    if ended is not None:
        return case.deny(ended)
    rules = tuple(
        rule
        for rule in case.ground.rules
        if binds(rule, case.readers, found.purpose, ask.port.port.domain)
        and concerns(rule.applies_to, case.labels.items())
    )
    against = tuple(reason for rule in rules for reason in _against(case, rule))
    return case.deny(*against) if against else _allow(case, found, rules)


def _unknown(case: _Case) -> Reason | None:
    """Why nobody could be given anything here: words or names the mesh does not know."""
    ask = case.ask
    if not case.readers:
        words = f"`{ask.principal.id}` acts for nobody"
        return Reason(code="E401", sentence=words, rule="guardrail/agents", owner=GOVERNANCE)
    if case.ground.promised is None:
        words = f"there is no port `{ask.port}` in this mesh"
        return Reason(code="E405", sentence=words, rule="guardrail/ports", owner=GOVERNANCE)
    if ask.purpose and ask.purpose not in case.ground.purposes:
        return unknown_purpose(ask.purpose)
    return None


def _right(case: _Case) -> Right | Reason:
    """The reader's right; an agent has its person's, narrowed by its own agreement."""
    ask, person = case.ask, case.readers[0]
    alive = tuple(a for a in case.own if a.active(ask.now))
    active = tuple(a for a in alive if a.edition in (0, ask.edition))
    ended = standing([a for a in case.own if a.edition in (0, ask.edition)], ask.port, person)
    ours = standing(active, ask.port, person)
    found = right(case.ground, case.readers, ask.port, ask.purpose, ours, ended)
    if isinstance(found, Reason):
        return other_edition(standing(alive, ask.port, person), ask.purpose) or found
    return narrowed(found, ask.principal, active, ask.port)


def _against(case: _Case, rule: Policy) -> tuple[Reason, ...]:
    """Why this rule denies, or cannot be evaluated and therefore denies."""
    if rule.effect.deny:
        return (case.why(rule, "E402", "forbids it"),)
    if rule.effect.permit:
        return ()
    if rule.effect == Effect():
        return (case.why(rule, "E421", "says nothing that can be evaluated"),)
    undefined = sorted(set(rule.applies_to.tags) - case.ground.tags)
    if undefined:
        return (
            case.why(rule, "E421", f"names the tag `{undefined[0]}`, which nobody has defined"),
        )
    ends = rule.effect.expires
    if ends is not None and case.ask.now >= ends:
        return (case.why(rule, "E441", "the right to read it has ended"),)
    return ()


def _allow(case: _Case, found: Right, rules: tuple[Policy, ...]) -> Decision:
    rows = tuple(_row(case, found, rule) for rule in rules if rule.effect.rows is not None)
    broken = tuple(reason for reason in rows if isinstance(reason, Reason))
    if broken:
        return case.deny(*broken)
    ends = [rule.effect.expires for rule in rules] + [a.expires for a in found.agreements]
    return Decision(
        allowed=True,
        port=case.ask.port,
        principal=case.ask.principal.id,
        purpose=found.purpose,
        columns=_views(case, found, rules),
        rows=tuple(row for row in rows if isinstance(row, RowRule)),
        reasons=(_granted(case, found),),
        agreement=found.agreement.id if found.agreement else "",
        expires=min((end for end in ends if end is not None), default=None),
        notices=_notices(case),
        policy_hash=case.policy_hash,
        physical=any(rule.effect.physical for rule in rules),
    )


def _notices(case: _Case) -> tuple[Reason, ...]:
    ask, standing = case.ask, case.ground.life
    told = notice(ask.port, standing, ask.now) if standing else None
    return (told,) if told else ()


def _row(case: _Case, found: Right, rule: Policy) -> RowRule | Reason:
    types = {column.name: column.type for column in case.ask.columns}
    if rule.effect.rows is None or mistyped(rule.effect.rows, types):
        return case.why(rule, "E421", "cannot be evaluated on this table")
    try:
        condition = bind(rule.effect.rows, case.readers[0], found.agreement, types)
    except Unbound as missing:
        return case.why(rule, "E420", str(missing))
    return RowRule(condition=condition, reason=case.why(rule, "E400", rule.rows_text))


def _views(case: _Case, found: Right, rules: tuple[Policy, ...]) -> tuple[ColumnView, ...]:
    touching = masked_by(rules, {c.name: case.labels[c.name] for c in case.ask.columns})
    owners = dict(case.ground.owners)
    for name, masks in case.came.items():
        more = binding(masks, case.readers, found.purpose)
        touching[name] = tuple(dict.fromkeys((*touching.get(name, ()), *more)))
        owners |= {each.rule.domain: each.owner for each in masks}
    views = []
    for column in case.ask.columns:
        left_out = [leaves_out(agreement, column) for agreement in found.agreements]
        views.append(
            view(
                column,
                touching.get(column.name, ()),
                owners,
                tuple(reason for reason in left_out if reason is not None),
            )
        )
    return tuple(views)


def _granted(case: _Case, found: Right) -> Reason:
    domain = case.ask.port.port.domain
    if found.agreement is None:
        words, rule = "the owning domain permits it", f"{domain}/policies"
    else:
        words = f"agreed by `{found.agreement.approved_by}` for `{found.purpose}`"
        rule = f"agreement/{found.agreement.id}"
    return Reason(code="E400", sentence=words, rule=rule, owner=domain)


def _denied(ask: Ask, reasons: tuple[Reason, ...], policy_hash: str) -> Decision:
    return Decision(
        allowed=False,
        port=ask.port,
        principal=ask.principal.id,
        purpose=ask.purpose,
        reasons=reasons,
        policy_hash=policy_hash,
    )


def _hash(here: Ground, *more: Agreement | Given | Policy) -> str:
    texts = (here.digest, *sorted(canonical(each) for each in more))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
