"""Rules judged before they are used, and the trials beside them."""

from dataclasses import replace

import pytest
from hypothesis import given

from agora.governance.policies import check
from agora.model.contract import Column
from agora.model.expressions import ColumnRef, Compare, Comparison, Literal
from agora.model.findings import Weight
from agora.model.names import PortName, PortVersion
from agora.model.policy import Effect, Layer, MaskKind, PolicyTrial, Target, Who
from agora.model.types import parse_type
from tests.unit.governance.deciding import (
    COLUMNS,
    MESH,
    OWN_PEOPLE,
    effects,
    guardrail,
    masked,
    offered,
    own_rule,
    policies,
)

PERSONAL = Target(tags=("personal",))
TRIED = (PolicyTrial(who="sofia", port="sales.orders", allowed=True),)
NORTH = Compare(by=Comparison.EQUAL, left=ColumnRef(name="region"), right=Literal(value="north"))


def found(*rules, mesh=MESH):
    mesh = replace(mesh, policies=(replace(OWN_PEOPLE, trials=TRIED), *rules))
    return [(f.code, f.sentence) for f in check(mesh)]


def tried(effect, *trials, **fields):
    return guardrail(effect, trials=trials or TRIED, **fields)


def seen(who="ana", **sees):
    return PolicyTrial(who=who, port="sales.orders", sees=tuple(sees.items()), line=7)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (own_rule(Effect(permit=True), trials=TRIED), "E152"),
        (tried(Effect(permit=True), who=Who(people=("ana",))), "E152"),
        (own_rule(Effect(permit=True), who=Who(people=("ana",)), applies_to=PERSONAL, trials=TRIED), "E153"),
        (tried(Effect(rows=ColumnRef(name="unknown")), who=Who(people=("nobody",))), "E151"),
        (tried(Effect(rows=replace(NORTH, right=Literal(value=3))), who=Who(people=("nobody",))), "E151"),
        (tried(masked(MaskKind.PARTIAL, first=1), applies_to=PERSONAL), "E156"),
        (tried(masked(MaskKind.CONSTANT, constant="x"), applies_to=Target(columns=("age",))), "E156"),
        (tried(masked(MaskKind.NULL), applies_to=Target(columns=("unknown",))), "E153"),
        (tried(masked(MaskKind.NULL), applies_to=Target(domains=("finance",))), "E153"),
        (guardrail(masked(MaskKind.NULL)), "E155"),
    ],
)  # fmt: skip
def test_a_rule_that_means_nothing_is_found(rule, code):
    assert [c for c, _ in found(rule)] == [code]


def test_a_rule_without_effect_is_found_and_refuses():
    codes = sorted(c for c, _ in found(tried(Effect())))
    assert codes == ["E153", "E154", "E154"]  # the permit's own trial fails with it


@pytest.mark.parametrize(
    "rule",
    [
        tried(masked(MaskKind.NULL), seen(age="null-value", store="clear"), applies_to=PERSONAL),
        tried(masked(MaskKind.NULL), seen(age="null"), applies_to=PERSONAL),
        tried(masked(MaskKind.HIDDEN), seen("agent:aria", age="hidden"), who=Who(kinds=("agent",)), applies_to=PERSONAL),
        tried(masked(MaskKind.PARTIAL, first=1), seen(email="partial"), applies_to=Target(columns=("email",))),
        tried(Effect(rows=NORTH)),
        tried(Effect(deny=True), PolicyTrial(who="ana", port="sales.orders@1", allowed=False), unless=(Who(owning_domain=True),)),
        tried(Effect(expires=MESH.at), unless=(Who(),)) if MESH.at else tried(Effect(rows=NORTH)),
    ],
)  # fmt: skip
def test_a_sound_rule_with_a_trial_that_holds_is_not_complained_about(rule):
    assert found(rule) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (tried(masked(MaskKind.NULL), seen(age="clear"), applies_to=PERSONAL), "sees `age` null, not clear"),
        (tried(masked(MaskKind.NULL), seen(age="invisible"), applies_to=PERSONAL), "not invisible"),
        (tried(masked(MaskKind.NULL), seen(height="clear"), applies_to=PERSONAL), "no column `height`"),
        (tried(Effect(deny=True), seen(age="clear"), unless=(Who(owning_domain=True),)), "`ana` is refused"),
        (tried(Effect(rows=NORTH), PolicyTrial(who="ana", port="sales.orders", allowed=False)), "`ana` may read"),
        (tried(Effect(deny=True)), "`sofia` may not read"),
    ],
)  # fmt: skip
def test_a_trial_that_does_not_hold_says_what_is_seen_instead(rule, words):
    codes, sentences = zip(*found(rule), strict=True)
    assert set(codes) == {"E154"}
    assert any(words in sentence for sentence in sentences)


def test_a_trial_of_a_permit_assumes_no_agreement():
    stranger = PolicyTrial(who="ana", port="sales.orders", allowed=False)
    rule = replace(OWN_PEOPLE, id="again", trials=(*TRIED, stranger))
    assert found(rule) == []


def test_dropping_a_denial_makes_its_trial_fail():
    trial = PolicyTrial(who="ana", port="sales.orders", allowed=False)
    kept = tried(Effect(deny=True), trial, unless=(Who(owning_domain=True),))
    dropped = replace(kept, effect=Effect(rows=NORTH))
    assert found(kept) == []
    assert [c for c, _ in found(dropped)] == ["E154"]


@pytest.mark.parametrize(
    "trial",
    [
        PolicyTrial(who="nobody", port="sales.orders", allowed=True),
        PolicyTrial(who="ana", port="sales.nothing", allowed=True),
        PolicyTrial(who="ana", port="sales.orders@9", allowed=True),
    ],
)
def test_unknown_words_of_a_trial_are_for_those_who_read_texts(trial):
    assert found(tried(Effect(rows=NORTH), trial)) == []


def test_a_trial_without_version_is_about_the_newest():
    newer = offered(
        PortVersion(PortName("sales", "orders", "orders"), 2),
        (*COLUMNS, Column(name="new", type=parse_type("DATE"))),
    )
    product = replace(MESH.products[0], ports=(*MESH.products[0].ports, *newer.ports))
    mesh = replace(MESH, products=(product,))
    rule = tried(masked(MaskKind.NULL), seen(new="clear"), applies_to=PERSONAL)
    assert found(rule, mesh=mesh) == []


def test_findings_name_the_file_and_the_line_of_the_trial():
    rule = tried(
        masked(MaskKind.NULL), seen(age="clear"), applies_to=PERSONAL, file="guardrails/x.yaml"
    )
    (finding,) = check(replace(MESH, policies=(rule,)))
    assert finding.place == "guardrails/x.yaml:7:1"
    assert finding.weight is Weight.ERROR


def test_an_empty_mesh_asks_for_no_trials():
    mesh = replace(MESH, products=(), purposes=())
    assert found(guardrail(masked(MaskKind.NULL)), mesh=mesh) == []


def test_a_domains_rule_is_about_its_own_ports():
    rule = replace(
        own_rule(masked(MaskKind.NULL), trials=TRIED), domain="finance", layer=Layer.DOMAIN
    )
    assert [c for c, _ in found(rule)] == ["E153"]


@given(policies(effects()))
def test_checking_never_raises(rule):
    check(replace(MESH, policies=(OWN_PEOPLE, replace(rule, trials=(*TRIED, seen(age="clear"))))))
