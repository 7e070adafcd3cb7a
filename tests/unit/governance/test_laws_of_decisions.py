"""The laws of deciding, for any rules, readers and agreements."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agora.governance.decisions import decide
from agora.governance.masking import strictest
from agora.governance.shielding import shield
from agora.model.access import Agreement
from agora.model.expressions import All
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Effect, Layer, MaskKind, Policy, Who
from tests.unit.governance.deciding import (
    ANA,
    MESH,
    agreed,
    ask,
    asks,
    conditions,
    effects,
    masks,
    policies,
    readers,
    under,
)

rules = st.lists(policies(effects()), max_size=4)


def facts(decision):
    """Everything a decision lets somebody see, without the order in which its rules were read."""
    rows = sorted(repr(rule.condition) for rule in decision.rows)
    seen = [(c.name, c.mask) for c in decision.columns]
    return decision.allowed, decision.purpose, decision.expires, rows, seen


def no_wider(narrow, wide):
    """True when `narrow` shows nothing that `wide` does not show."""
    if not narrow.allowed:
        return True
    if not wide.allowed or narrow.purpose != wide.purpose:
        return False
    conditions = [rule.condition for rule in narrow.rows]
    if any(rule.condition not in conditions for rule in wide.rows):
        return False
    if wide.expires and (narrow.expires is None or narrow.expires > wide.expires):
        return False
    before = {c.name: c.mask for c in wide.columns}
    return all(strictest([before[c.name], c.mask]) == c.mask for c in narrow.columns)


@given(rules, policies(effects()), asks)
def test_a_further_rule_never_widens(some, further, asked):
    assert no_wider(decide(under(*some, further), asked), decide(under(*some), asked))


@given(rules.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))), asks)
def test_the_order_of_rules_does_not_matter(orders, asked):
    one, other = (decide(under(*some), asked) for some in orders)
    assert facts(one) == facts(other)
    assert one.policy_hash == other.policy_hash


@given(asks.flatmap(lambda a: st.tuples(st.just(a), st.permutations(a.agreements))), rules)
def test_the_order_of_agreements_does_not_matter(asked, some):
    ordered, agreements = asked
    ids = [replace(a, id=f"agr-{n}") for n, a in enumerate(agreements)]
    one = decide(under(*some), replace(ordered, agreements=tuple(ids)))
    other = decide(under(*some), replace(ordered, agreements=tuple(reversed(ids))))
    assert (facts(one), one.policy_hash) == (facts(other), other.policy_hash)


@given(
    st.lists(policies(effects(conditions) | st.just(Effect()) | st.just(Effect(permit=True)))),
    asks | st.builds(lambda a: replace(a, now=a.now.replace(tzinfo=None)), asks),
)
def test_deciding_never_raises_and_always_says_why(some, asked):
    decision = decide(under(*some), asked)
    assert decision.reasons
    assert all(r.sentence and r.code and r.rule and r.owner for r in decision.reasons)


@given(rules, asks)
def test_a_denial_names_no_column_and_no_row(some, asked):
    decision = decide(under(*some), asked)
    assert decision.allowed or not (decision.columns or decision.rows or decision.agreement)


@given(rules, asks)
def test_a_shield_shows_exactly_what_the_decision_shows(some, asked):
    decision = decide(under(*some), asked)
    if not decision.allowed:
        return
    shown = shield(decision)
    assert set(shown.columns) <= set(decision.columns)
    assert all(c.mask.kind is not MaskKind.HIDDEN for c in shown.columns)
    assert shown.rows == (
        All(parts=tuple(r.condition for r in decision.rows)) if decision.rows else None
    )
    clear = all(c.mask.kind is MaskKind.CLEAR for c in decision.columns)
    assert shown.barrier is not (clear and not decision.rows)


@given(rules, asks)
def test_an_agent_never_sees_more_than_its_person(some, asked):
    mesh = under(*some)
    agent = decide(mesh, replace(asked, principal=MESH.principal("agent:aria")))
    person = decide(mesh, replace(asked, principal=ANA))
    if agent.allowed and person.allowed and agent.purpose != person.purpose:
        return  # a permit for no purpose and an agreement for one cannot be compared
    assert no_wider(agent, person)


@given(
    st.lists(policies(effects() | st.just(Effect(permit=True)), domain=st.just("sales"))),
    policies(effects(), domain=st.just(""), unless=st.just(())),
    asks,
)
def test_no_rule_of_a_domain_weakens_a_guardrail_without_waiver(own, guard, asked):
    alone = decide(under(guard, mesh=replace(MESH, policies=(permit_all(),))), asked)
    beside = decide(under(guard, *own, mesh=replace(MESH, policies=(permit_all(),))), asked)
    assert no_wider(beside, alone) or beside.purpose != alone.purpose


def permit_all():
    kinds = tuple(kind.value for kind in PrincipalKind)
    effect, who = Effect(permit=True), Who(kinds=kinds)
    return Policy(id="all", layer=Layer.DOMAIN, domain="sales", who=who, effect=effect)


@given(rules, st.text(max_size=8), st.text(max_size=8))
def test_whoever_has_no_right_sees_nothing(some, name, team):
    stranger = Principal(id=f"x{name}", kind=PrincipalKind.PERSON, teams=(f"x{team}",))
    assert not decide(under(*some), ask(stranger)).allowed


@given(rules, asks, readers)
def test_other_peoples_agreements_change_nothing(some, asked, other):
    foreign = agreed(f"not-{other.id}", "planning", id="foreign")
    mesh = under(*some)
    with_it = decide(mesh, replace(asked, agreements=(*asked.agreements, foreign)))
    assert with_it == decide(mesh, asked)


@given(st.lists(masks, max_size=5), masks)
def test_masks_join_in_any_order_and_more_never_show_more(some, further):
    joined = strictest(some)
    assert joined == strictest(reversed(some)) == strictest([*some, *some])
    assert strictest([joined, strictest([*some, further])]) == strictest([*some, further])
    assert strictest([*some, further]).kind >= max(joined.kind, further.kind)


def test_an_agreement_ends_to_the_moment():
    def until(end) -> Agreement:
        return agreed(expires=end)

    asked = ask()
    assert not decide(MESH, replace(asked, agreements=(until(asked.now),))).allowed
    assert decide(MESH, replace(asked, agreements=(until(asked.now.replace(hour=9)),))).allowed
