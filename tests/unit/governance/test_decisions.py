"""Deciding, case by case where a table of cases would hide the point."""

from dataclasses import replace

import pytest

from agora.governance.decisions import decide
from agora.governance.ground import ground
from agora.model.expressions import Attribute, ColumnRef, Compare, Comparison, Literal, OneOf
from agora.model.names import PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Effect, MaskKind, Target, Who
from tests.unit.governance.deciding import (
    ANA,
    ARIA,
    BOARD,
    COLUMNS,
    DAY,
    MESH,
    NOW,
    ORDERS,
    OWN_PEOPLE,
    SOFIA,
    agreed,
    ask,
    guardrail,
    masked,
    own_rule,
    released,
    under,
)

IN_STORES = OneOf(item=ColumnRef(name="store"), options=(Attribute(scope="user", name="stores"),))


def codes(decision):
    return [reason.code for reason in decision.reasons]


def kinds(decision):
    return {column.name: column.mask.kind for column in decision.columns}


def test_nothing_allows_unless_something_allows():
    decision = decide(MESH, ask(agreements=()))
    assert codes(decision) == ["E403"]
    assert decision.reasons[0].hint.startswith("agora request sales.orders@1 --purpose")
    assert decision.reasons[0].rule == "sales/agreements"


@pytest.mark.parametrize("consumer", ["ana", "team:finance"])
def test_an_agreement_for_the_reader_or_a_team_allows(consumer):
    decision = decide(MESH, ask(agreements=(agreed(consumer),)))
    assert decision.allowed
    assert decision.purpose == "reporting"
    assert decision.agreement == f"agr-{consumer}-reporting"
    assert decision.hides_nothing


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consumer": "team:sales"}, "E403"),
        ({"port": PortVersion(ORDERS.port, 2)}, "E403"),
        ({"expires": NOW}, "E441"),
        ({"ended_at": NOW - DAY}, "E441"),
        ({"starts": NOW + DAY}, "E441"),
        ({"purpose": "abolished"}, "E411"),
    ],
)
def test_an_agreement_that_does_not_fit_allows_nothing(change, code):
    assert codes(decide(MESH, ask(agreements=(replace(agreed(), **change),)))) == [code]


def test_a_purpose_that_is_not_agreed_lists_those_that_are():
    decision = decide(MESH, ask(purpose="planning"))
    assert codes(decision) == ["E403"]
    assert "`reporting`" in decision.reasons[0].sentence


def test_an_unheard_of_purpose_is_refused_even_to_the_owners():
    assert codes(decide(MESH, ask(SOFIA, "unheard-of"))) == ["E411"]


def test_several_purposes_and_none_given_lists_them():
    both = (agreed(), agreed(purpose="planning"))
    decision = decide(MESH, ask(agreements=both))
    assert codes(decision) == ["E410"]
    assert "`planning`, `reporting`" in decision.reasons[0].sentence
    assert decide(MESH, ask(purpose="planning", agreements=both)).purpose == "planning"


def test_the_permit_carries_where_several_agreements_leave_the_choice_open():
    both = tuple(agreed("sofia", purpose) for purpose in ("reporting", "planning"))
    decision = decide(MESH, ask(SOFIA, agreements=both))
    assert decision.allowed
    assert decision.agreement == ""
    assert decision.reasons[0].rule == "sales/policies"


def test_of_two_agreements_for_one_purpose_the_newest_counts():
    older = agreed(id="older", starts=NOW - 2 * DAY, columns=("age",))
    assert decide(MESH, ask(agreements=(older, agreed(id="newer")))).agreement == "newer"


@pytest.mark.parametrize(
    "change",
    [
        {"domain": "finance"},
        {"who": Who()},
        {"applies_to": Target(columns=("age",))},
        {"applies_to": Target(tags=("personal",))},
        {"unless": (Who(people=("sofia",)),)},
        {"effect": Effect()},
    ],
)
def test_only_the_owning_domain_permits_whole_ports_to_whom_it_names(change):
    mesh = replace(MESH, policies=(replace(OWN_PEOPLE, **change),))
    assert decide(MESH, ask(SOFIA, agreements=())).allowed
    assert not decide(mesh, ask(SOFIA, agreements=())).allowed


def test_a_denial_of_any_layer_wins_and_every_one_is_named():
    no = Effect(deny=True)
    mesh = under(guardrail(no, "never", title="Never"), own_rule(no, "not-this"))
    decision = decide(mesh, ask())
    assert codes(decision) == ["E402", "E402"]
    named = [(r.sentence, r.rule, r.owner) for r in decision.reasons]
    assert ("Never: forbids it", "guardrail/never", "governance") in named
    assert ("not-this: forbids it", "sales/not-this", "sales") in named


def test_a_guardrail_binds_the_owners_too_unless_it_spares_them():
    rule = guardrail(Effect(deny=True))
    spared = replace(rule, unless=(Who(owning_domain=True),))
    assert not decide(under(rule), ask(SOFIA)).allowed
    assert decide(under(spared), ask(SOFIA)).allowed


@pytest.mark.parametrize("tag", ["personal", "secret"])
def test_a_denial_by_tag_is_about_ports_that_have_such_a_column(tag):
    mesh = under(guardrail(Effect(deny=True), applies_to=Target(tags=(tag,))))
    plain = replace(MESH.products[0].ports[0].contract, columns=COLUMNS[:2])
    bare = replace(mesh.products[0], ports=(replace(mesh.products[0].ports[0], contract=plain),))
    assert not decide(mesh, ask()).allowed
    assert decide(replace(mesh, products=(bare,)), ask(columns=released(COLUMNS[:2]))).allowed


def test_a_label_counts_from_the_release_and_from_the_contract():
    rule = guardrail(masked(MaskKind.NULL), applies_to=Target(tags=("personal",)))
    unlabelled = tuple(replace(c, labels=()) for c in released())
    assert kinds(decide(under(rule), ask(columns=unlabelled)))["age"] is MaskKind.NULL
    lowered = tuple(replace(c, tags=(), classification="") for c in COLUMNS)
    port = MESH.products[0].ports[0]
    low = replace(port, contract=replace(port.contract, columns=lowered))
    mesh = replace(under(rule), products=(replace(MESH.products[0], ports=(low,)),))
    assert kinds(decide(mesh, ask()))["age"] is MaskKind.NULL
    assert kinds(decide(mesh, ask(columns=unlabelled)))["age"] is MaskKind.CLEAR


def test_columns_outside_the_agreement_are_hidden_and_say_so():
    decision = decide(MESH, ask(agreements=(agreed(columns=("store", "age")),)))
    hidden = {name for name, kind in kinds(decision).items() if kind is MaskKind.HIDDEN}
    assert hidden == {c.name for c in COLUMNS} - {"store", "age"}
    assert [c.name for c in decision.visible] == ["store", "age"]
    region = next(c for c in decision.columns if c.name == "region")
    assert region.reasons[0].rule == "agreement/agr-ana-reporting"


def test_row_rules_are_bound_and_named():
    decision = decide(under(own_rule(Effect(rows=IN_STORES), rows_text="store in …")), ask())
    options = (Literal(value=3), Literal(value=5))
    assert decision.rows[0].condition == OneOf(item=ColumnRef(name="store"), options=options)
    assert decision.rows[0].reason.rule == "sales/own-rule"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Attribute(scope="user", name="missing"), "E420"),
        (Attribute(scope="user", name="stores"), "E420"),
        (Attribute(scope="user", name="region"), "E420"),
    ],
)
def test_an_attribute_that_is_missing_or_does_not_fit_denies_with_the_rule(rule, code):
    rows = Compare(by=Comparison.EQUAL, left=ColumnRef(name="store"), right=rule)
    decision = decide(under(own_rule(Effect(rows=rows))), ask())
    assert codes(decision) == [code]
    assert decision.reasons[0].rule == "sales/own-rule"


@pytest.mark.parametrize(
    "rule",
    [
        own_rule(Effect(rows=ColumnRef(name="unknown"))),
        own_rule(Effect(rows=ColumnRef(name="region"))),
        own_rule(Effect()),
        guardrail(masked(MaskKind.NULL), "own-rule", applies_to=Target(tags=("personal", "odd"))),
    ],
)
def test_a_rule_that_cannot_be_evaluated_denies_and_is_named(rule):
    decision = decide(under(rule), ask())
    assert codes(decision) == ["E421"]
    assert decision.reasons[0].rule == rule.name


def test_whatever_breaks_while_deciding_denies():
    decision = decide(MESH, ask(now=NOW.replace(tzinfo=None)))
    assert codes(decision) == ["E421"]
    assert decision.policy_hash == ""


def test_the_earliest_end_wins_and_a_past_one_denies():
    rules = (own_rule(Effect(expires=NOW + 2 * DAY)), guardrail(Effect(expires=NOW + DAY)))
    asked = ask(agreements=(agreed(expires=NOW + 3 * DAY),))
    assert decide(under(*rules), asked).expires == NOW + DAY
    assert codes(decide(under(own_rule(Effect(expires=NOW))), asked)) == ["E441"]


def test_a_port_the_mesh_does_not_have_is_refused():
    gone = PortVersion(ORDERS.port, 9)
    assert codes(decide(MESH, ask(port=gone, agreements=(agreed(port=gone),)))) == ["E405"]


def test_an_agent_reads_under_its_persons_agreement_and_their_values():
    rule = own_rule(Effect(rows=IN_STORES))
    person, agent = decide(under(rule), ask()), decide(under(rule), ask(ARIA))
    assert agent.allowed
    assert agent.rows == person.rows
    assert agent.principal == "agent:aria"


def test_an_agents_own_agreement_gives_nothing_its_person_has_not():
    assert not decide(MESH, ask(ARIA, agreements=(agreed("agent:aria"),))).allowed


def test_an_agents_own_agreement_narrows():
    own = agreed("agent:aria", columns=("age",), expires=NOW + DAY)
    other = agreed("agent:aria", "planning", columns=("store",))
    decision = decide(MESH, ask(ARIA, agreements=(agreed(), own, other)))
    assert [c.name for c in decision.visible] == ["age"]
    assert decision.expires == NOW + DAY
    assert decision.agreement == "agr-ana-reporting"


@pytest.mark.parametrize(
    "who",
    [
        Who(kinds=("agent",)),
        Who(people=("agent:aria",)),
        Who(people=("ana",), kinds=("agent",)),
        Who(people=("ana",)),
    ],
)
def test_a_rule_about_the_agent_or_its_person_binds_the_agent(who):
    rule = guardrail(masked(MaskKind.HIDDEN), who=who, applies_to=Target(tags=("personal",)))
    assert kinds(decide(under(rule), ask(ARIA)))["age"] is MaskKind.HIDDEN


def test_sparing_only_the_person_or_only_the_agent_does_not_spare_the_agent():
    for spared in (Who(people=("ana",)), Who(kinds=("agent",)), Who(kinds=("person",))):
        rule = guardrail(Effect(deny=True), unless=(spared,))
        assert not decide(under(rule), ask(ARIA)).allowed


@pytest.mark.parametrize("acts_for", ["", "nobody", "agent:aria"])
def test_an_agent_that_acts_for_nobody_or_for_an_agent_is_refused(acts_for):
    decision = decide(MESH, ask(replace(ARIA, acts_for=acts_for)))
    assert codes(decision) == ["E401"]


def test_services_are_readers_like_others():
    assert decide(MESH, ask(BOARD, agreements=(agreed("service:bi"),))).allowed
    assert not decide(MESH, ask(BOARD, agreements=(agreed("ana"),))).allowed


def test_the_hash_covers_every_rule_and_every_own_agreement():
    rule = guardrail(masked(MaskKind.NULL), who=Who(people=("nobody",)))
    elsewhere = guardrail(masked(MaskKind.NULL), applies_to=Target(domains=("finance",)))
    plain = decide(MESH, ask()).policy_hash
    assert decide(under(rule), ask()).policy_hash != plain
    assert decide(MESH, ask(agreements=(agreed(terms="new"),))).policy_hash != plain
    assert decide(under(elsewhere), ask()).policy_hash == plain
    assert decide(MESH, ask(now=NOW + DAY)).policy_hash == plain
    assert decide(MESH, ask(ANA, agreements=(agreed(), agreed("x", id="y")))).policy_hash == plain


def test_rules_of_a_domain_nobody_knows_are_owned_by_its_name():
    mesh = replace(under(own_rule(Effect(deny=True))), domains=())
    assert decide(mesh, ask()).reasons[0].owner == "sales"
    assert ground(mesh, ORDERS).owners == {"sales": "sales"}
    assert ground(mesh, ORDERS) is ground(mesh, ORDERS)
    assert ground(replace(mesh), ORDERS) == ground(mesh, ORDERS)


def test_a_team_named_like_a_person_is_nobody():
    odd = Principal(id="team:finance", kind=PrincipalKind.PERSON)
    decision = decide(MESH, ask(odd, agreements=(agreed("team:team:finance"),)))
    assert not decision.allowed


@pytest.mark.parametrize(
    ("agreements", "edition", "code"),
    [
        ((agreed(edition=12),), 12, ""),
        ((agreed(edition=12),), 13, "E462"),
        ((agreed(edition=12),), 0, "E462"),
        ((agreed(edition=12), agreed(id="agr-2")), 13, ""),
        ((agreed(edition=12, expires=NOW),), 12, "E441"),
        ((agreed(edition=12, purpose="campaigns"),), 13, "E403"),
    ],
)
def test_an_agreement_on_an_edition_is_the_right_to_that_one_alone(agreements, edition, code):
    found = decide(MESH, ask(purpose="reporting", agreements=agreements, edition=edition))
    assert found.allowed is (not code)
    if code:
        assert found.reasons[0].code == code
