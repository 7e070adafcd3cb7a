"""A mask follows the values of its column; whoever it binds sees no more of what was made of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance.decisions import decide
from agora.governance.inherited import follows
from agora.model.names import PortName, PortVersion
from agora.model.onward import Origin
from agora.model.policy import MaskKind, Policy, Target, Who
from tests.unit.governance.deciding import (
    ANA,
    COLUMNS,
    MESH,
    NOW,
    ORDERS,
    SOFIA,
    agreed,
    ask,
    asks,
    guardrail,
    masked,
    names,
    offered,
    own_rule,
    policies,
    released,
    under,
)

BILLS = PortVersion(PortName("finance", "bills", "bills"), 1)
FRED = replace(SOFIA, id="fred", teams=("finance",), domains=("finance",))
PARTIAL = masked(MaskKind.PARTIAL, first=2)
EMPTY = masked(MaskKind.NULL)
EMAIL, TAGGED = Target(columns=("email",)), Target(tags=("personal",))
OUTSIDE = (Who(owning_domain=True),)


def came(column="email", *, whole=True, **more):
    return Origin(port=ORDERS, column=column, whole=whole, **more)


def seen(rule: Policy, *origins: Origin, reader=ANA):
    """How a reader with an agreement sees the column of the bills that came from these."""
    mesh = replace(under(rule), products=(offered(), offered(BILLS)))
    asked = replace(
        ask(reader, "", (agreed(reader.id, port=BILLS),)),
        port=BILLS,
        columns=released(COLUMNS[1:2]),
        origins={"region": origins},
    )
    (view,) = decide(mesh, asked).columns
    return view


@pytest.mark.parametrize(
    ("rule", "origin", "mask"),
    [
        (own_rule(EMPTY, applies_to=EMAIL), came(), MaskKind.NULL),
        (own_rule(EMPTY, applies_to=EMAIL), came("region"), MaskKind.CLEAR),
        (own_rule(EMPTY, applies_to=TAGGED), came(), MaskKind.NULL),
        (own_rule(EMPTY, applies_to=TAGGED), came("day"), MaskKind.CLEAR),
        (own_rule(EMPTY, applies_to=TAGGED), came("day", labels=("personal",)), MaskKind.NULL),
        (own_rule(EMPTY, applies_to=Target(tags=("unheard-of",))), came("day"), MaskKind.NULL),
        (own_rule(EMPTY, applies_to=EMAIL, unless=OUTSIDE), came(), MaskKind.NULL),
        (own_rule(EMPTY, applies_to=EMAIL, unless=(Who(people=("ana",)),)), came(), MaskKind.CLEAR),
        (own_rule(PARTIAL, applies_to=EMAIL), came(), MaskKind.PARTIAL),
        (own_rule(PARTIAL, applies_to=EMAIL), came(whole=False), MaskKind.NULL),
        (guardrail(EMPTY, applies_to=EMAIL), came(), MaskKind.NULL),
        (guardrail(EMPTY, applies_to=Target(ports=("sales.orders",))), came(), MaskKind.NULL),
        (guardrail(EMPTY, applies_to=Target(domains=("sales",))), came(), MaskKind.NULL),
        (guardrail(EMPTY, applies_to=TAGGED), came(), MaskKind.CLEAR),
    ],
)
def test_whom_a_mask_binds_sees_no_more_of_what_was_made_of_it(rule, origin, mask):
    view = seen(rule, origin)
    assert view.mask.kind is mask
    if mask is not MaskKind.CLEAR:
        (reason,) = view.reasons
        assert (reason.rule, reason.owner) == (rule.name, rule.domain or "governance")


def test_the_owning_domain_is_the_one_the_values_are_of():
    rule = own_rule(EMPTY, applies_to=EMAIL, unless=OUTSIDE)
    assert seen(rule, came(), reader=FRED).mask.kind is MaskKind.NULL
    assert seen(rule, came(), reader=SOFIA).mask.kind is MaskKind.CLEAR


def test_a_rule_that_is_met_twice_is_told_once_and_a_mask_that_is_met_twice_stays_what_it_is():
    view = seen(own_rule(PARTIAL, applies_to=EMAIL), came(), came(labels=("money",)))
    assert (view.mask.kind, len(view.reasons)) == (MaskKind.PARTIAL, 1)


def test_a_rule_that_comes_along_is_part_of_what_a_decision_is_known_by():
    rule = own_rule(EMPTY, applies_to=EMAIL)
    mesh = replace(under(rule), products=(offered(), offered(BILLS)))
    asked = replace(ask(), port=BILLS)
    followed = replace(asked, origins={"region": (came(),)})
    assert decide(mesh, asked).policy_hash != decide(mesh, followed).policy_hash


ORIGINS = st.dictionaries(
    names,
    st.lists(st.builds(came, names, whole=st.booleans()), max_size=2).map(tuple),
    max_size=3,
)


@given(asks, ORIGINS, st.lists(policies(st.just(PARTIAL) | st.just(EMPTY)), max_size=3))
def test_knowing_where_values_came_from_never_shows_more(asked, origins, rules):
    mesh = under(*rules)
    bare, knowing = decide(mesh, asked), decide(mesh, replace(asked, origins=origins))
    assert knowing.allowed == bare.allowed
    for before, after in zip(bare.columns, knowing.columns, strict=True):
        assert after.mask.kind >= before.mask.kind
        assert set(before.reasons) <= set(after.reasons)


@given(policies(st.just(PARTIAL)))
def test_what_does_not_follow_is_a_guardrail_about_tags_or_everything(rule):
    target = rule.applies_to
    assert follows(rule) != (not rule.domain and target == Target(tags=target.tags))


def test_what_cannot_be_looked_up_denies():
    broken = replace(MESH, policies=(*MESH.policies, own_rule(EMPTY, applies_to=EMAIL)))
    asked = replace(ask(), origins={"store": (replace(came(), labels=None),)}, now=NOW)
    assert decide(broken, asked).reasons[0].code == "E421"
