"""Whom a rule selects and what it is about."""

import pytest

from agora.governance.matching import applies, binds, concerns, rules_for, selects, touches, voices
from agora.model.names import PortName
from agora.model.policy import Effect, Target, Who
from tests.unit.governance.deciding import (
    ANA,
    ARIA,
    BOARD,
    MESH,
    OWN_PEOPLE,
    SOFIA,
    guardrail,
    own_rule,
    under,
)

COUPONS = PortName("marketing", "campaigns", "coupons")
CAMPAIGNS = PortName("marketing", "campaigns", "campaigns")


@pytest.mark.parametrize(
    ("who", "selected"),
    [
        (Who(), {"ana", "sofia", "service:bi"}),
        (Who(people=("ana", "sofia")), {"ana", "sofia"}),
        (Who(teams=("finance",)), {"ana", "service:bi"}),
        (Who(roles=("analyst", "owner")), {"ana", "sofia"}),
        (Who(kinds=("service",)), {"service:bi"}),
        (Who(purposes=("reporting",)), {"ana", "sofia", "service:bi"}),
        (Who(purposes=("planning",)), set()),
        (Who(owning_domain=True), {"sofia"}),
        (Who(owning_domain=False), {"ana", "service:bi"}),
        (Who(teams=("finance",), kinds=("person",)), {"ana"}),
    ],
)
def test_every_field_that_is_given_must_fit(who, selected):
    found = {p.id for p in (ANA, SOFIA, BOARD) if selects(who, p, "reporting", "sales")}
    assert found == selected


@pytest.mark.parametrize(
    ("target", "coupons", "campaigns"),
    [
        (Target(), True, True),
        (Target(domains=("marketing",)), True, True),
        (Target(domains=("sales",)), False, False),
        (Target(ports=("marketing.campaigns",)), True, True),
        (Target(ports=("marketing.campaigns.coupons",)), True, False),
        (Target(ports=("marketing.campaign",)), False, False),
        (Target(domains=("sales",), ports=("marketing.campaigns",)), False, False),
    ],
)
def test_a_products_name_means_all_of_its_ports(target, coupons, campaigns):
    assert applies(target, "marketing", COUPONS) is coupons
    assert applies(target, "marketing", CAMPAIGNS) is campaigns


@pytest.mark.parametrize(
    ("target", "touched"),
    [
        (Target(), True),
        (Target(columns=("age",)), True),
        (Target(columns=("name",)), False),
        (Target(tags=("personal", "money")), True),
        (Target(tags=("money",)), False),
        (Target(columns=("age",), tags=("money",)), False),
        (Target(columns=("age",), tags=("personal",)), True),
    ],
)
def test_a_column_is_touched_by_name_and_by_label(target, touched):
    assert touches(target, "age", ("personal",)) is touched
    assert concerns(target, [("age", ("personal",))]) is touched
    assert concerns(target, []) is (target == Target())


def test_a_domains_rules_stay_in_the_domain():
    foreign = own_rule(Effect(deny=True), "foreign")
    mesh = under(guardrail(Effect(deny=True)), foreign)
    assert rules_for(mesh, COUPONS) == (guardrail(Effect(deny=True)),)
    assert OWN_PEOPLE in rules_for(mesh, PortName("sales", "orders", "orders"))


def test_an_agent_speaks_with_three_voices_and_others_with_one():
    assert [(v.id, v.kind.value) for v in voices(MESH, ARIA)] == [
        ("ana", "person"), ("ana", "agent"), ("agent:aria", "agent"),
    ]  # fmt: skip
    assert voices(MESH, BOARD) == (BOARD,)


def test_a_rule_binds_while_one_voice_is_not_spared():
    rule = guardrail(Effect(deny=True), unless=(Who(people=("ana",)),))
    assert not binds(rule, (ANA,), "", "sales")
    assert binds(rule, (ANA, SOFIA), "", "sales")
