"""Onward: the cases under tests/cases/making, what a refusal says, and who may make what."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given as suppose
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agora.governance.decisions import decide
from agora.governance.onward import judge_making, judge_passing, judge_use, served, stays_behind
from agora.model.access import Request
from agora.model.decision import ColumnView, Decision, RowRule
from agora.model.expressions import Literal
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.onward import Given
from agora.model.policy import Effect, Mask, MaskKind, Target, Who
from agora.model.reasons import Reason
from agora.model.types import Kind, Type
from tests.unit.governance.deciding import (
    ANA,
    MESH,
    NOW,
    ORDERS,
    SOFIA,
    agreed,
    ask,
    guardrail,
    offered,
    own_rule,
    under,
)

CASES = YAML(typ="safe").load(Path(__file__).parents[2] / "cases" / "making" / "onward.yaml")
PURPOSES = ("reporting", "planning", "campaigns")
MAKER = ProductName("sales", "orders")
WHY = Reason(code="E400", sentence="their own stores", rule="sales/own-stores", owner="sales")
COLUMN = ColumnView(name="age", type=Type(kind=Kind.BIGINT))
SOURCE = PortVersion(PortName("shop", "tills", "tills"), 1)


def came(of="tills", purpose="reporting", **more):
    port = PortVersion(PortName("shop", of, of), 1)
    return Given(port=port, to=MAKER, purpose=purpose, **more)


@pytest.mark.parametrize("case", CASES, ids=range(1, len(CASES) + 1))
def test_case(case):
    given = [
        came(each["of"], each["for"], onward=tuple(each.get("onward", ())))
        for each in case["given"]
    ]
    assert list(served(given, PURPOSES)) == case["purposes"]
    allowed = [p for p in sorted(PURPOSES) if not judge_use(given, ORDERS, p, inside=False)]
    assert allowed == case["purposes"]


SOME = st.builds(
    came,
    purpose=st.sampled_from(("", *PURPOSES)),
    onward=st.lists(st.sampled_from(PURPOSES), max_size=2).map(tuple),
)


@suppose(st.lists(SOME, max_size=4), SOME)
def test_what_is_made_of_more_serves_no_more(given, another):
    assert set(served([*given, another], PURPOSES)) <= set(served(given, PURPOSES))


def test_a_refusal_says_whose_word_it_is_and_how_to_ask():
    (reason,) = judge_use([came(agreement="agr-1")], ORDERS, "planning", inside=True)
    assert (reason.code, reason.owner, reason.rule) == ("E800", "shop", "agreement/agr-1")
    assert reason.hint.endswith(
        "agora request shop.tills@1 --for service:sales.orders --purpose reporting"
        " --onward planning --reason …"
    )
    (hidden,) = judge_use([came(listed=False)], ORDERS, "planning", inside=True)
    assert "tills" not in hidden.sentence + hidden.hint
    assert hidden.hint == "ask the owners of `sales.orders`"
    assert hidden.rule == "guardrail/onward-use"
    (unknown,) = judge_use([came(purpose="")], ORDERS, "planning", inside=True)
    assert "no purpose known" in unknown.sentence


def test_only_those_inside_need_not_say_what_for():
    assert judge_use([came()], ORDERS, "", inside=True) == ()
    (reason,) = judge_use([came()], ORDERS, "", inside=False)
    assert reason.code == "E801"


def test_a_decision_heeds_what_was_given():
    allowed = replace(ask(ANA, "", (agreed("ana", "reporting"),)), given=(came(),))
    refused = replace(allowed, given=(came(purpose="planning"),))
    assert decide(MESH, allowed).allowed
    assert decide(MESH, refused).reasons[0].code == "E800"
    assert decide(MESH, allowed).policy_hash != decide(MESH, refused).policy_hash
    assert decide(MESH, replace(ask(SOFIA, "", ()), given=(came(),))).allowed
    assert not decide(MESH, replace(ask(SOFIA, "planning", ()), given=(came(),))).allowed


def request(consumer, *onward):
    return Request(
        id="r", port=ORDERS, consumer=consumer, asked_by="ana", purpose="reporting", reason="x",
        onward=onward, asked_at=NOW,
    )  # fmt: skip


def test_only_products_pass_on_and_only_for_what_there_is():
    own = "service:sales.orders"
    assert [*judge_passing(MESH, request("ana"))] == []
    assert [*judge_passing(MESH, request(own, "planning"))] == []
    codes = [reason.code for reason in judge_passing(MESH, request("ana", "fun"))]
    assert codes == ["E411", "E802"]


def seen(*, mask=MaskKind.CLEAR, rows=False, **more):
    view = replace(COLUMN, mask=Mask(kind=mask), reasons=(WHY,) if mask else ())
    rule = (RowRule(condition=Literal(value=True), reason=WHY),) if rows else ()
    return Decision(allowed=True, port=ORDERS, principal="ana", columns=(view,), rows=rule, **more)


@pytest.mark.parametrize(
    ("own", "its", "columns", "what"),
    [
        (seen(), seen(), {"age"}, []),
        (seen(rows=True), seen(), {"age"}, ["rows"]),
        (seen(rows=True), seen(rows=True), {"age"}, []),
        (seen(mask=MaskKind.NULL), seen(), {"age"}, ["`age`"]),
        (seen(mask=MaskKind.NULL), seen(mask=MaskKind.HIDDEN), {"age"}, []),
        (seen(mask=MaskKind.NULL), seen(), {"store"}, []),
        (seen(mask=MaskKind.NULL, rows=True), seen(), {"age"}, ["rows", "`age`"]),
        (seen(rows=True), seen(agreement="agr-1"), {"age"}, []),
        (seen(rows=True), replace(seen(), allowed=False), {"age"}, []),
    ],
)
def test_who_makes_a_product_has_no_more_by_it(own, its, columns, what):
    found = list(judge_making(own, its, columns))
    assert [each.code for each in found] == ["E803"] * len(what)
    assert [each.sentence for each in found] == [
        f"the product would see {part} of `sales.orders@1` that you do not" for part in what
    ]


BILLS = PortVersion(PortName("finance", "bills", "bills"), 1)
PAYERS = PortVersion(PortName("sales", "payers", "payers"), 1)
EMPTY, DENY = Effect(mask=Mask(kind=MaskKind.NULL)), Effect(deny=True)
SOME_ROWS = Effect(rows=Literal(value=True))
TAGGED, NAMED = Target(tags=("personal",)), Target(columns=("age",))
OUTSIDE = (Who(owning_domain=True),)
SERVICES = (*OUTSIDE, Who(kinds=("service",)))
PEOPLE = Who(kinds=("person",))


@pytest.mark.parametrize(
    ("rule", "port", "columns", "hidden"),
    [
        (guardrail(EMPTY, applies_to=TAGGED, who=PEOPLE), BILLS, (), ""),
        (guardrail(EMPTY, applies_to=TAGGED, unless=OUTSIDE), BILLS, (), ""),
        (guardrail(EMPTY, applies_to=TAGGED, unless=SERVICES), BILLS, (), "`email`, `age`"),
        (guardrail(EMPTY, applies_to=TAGGED, unless=SERVICES), PAYERS, (), ""),
        (guardrail(EMPTY, applies_to=NAMED, who=PEOPLE), BILLS, ("age", "day"), ""),
        (own_rule(EMPTY, applies_to=TAGGED, who=PEOPLE), BILLS, ("age",), ""),
        (own_rule(EMPTY, applies_to=TAGGED, who=PEOPLE), PAYERS, ("age",), ""),
        (own_rule(EMPTY, applies_to=NAMED, who=PEOPLE), PAYERS, ("age",), ""),
        (own_rule(SOME_ROWS, who=PEOPLE), BILLS, ("day",), "rows"),
        (own_rule(SOME_ROWS), BILLS, ("day",), ""),
        (own_rule(DENY, who=PEOPLE), BILLS, (), "everything"),
        (own_rule(DENY, applies_to=TAGGED, who=PEOPLE), BILLS, ("day",), ""),
        (guardrail(DENY, applies_to=TAGGED, who=PEOPLE), BILLS, (), ""),
        (guardrail(DENY, applies_to=TAGGED, unless=SERVICES), BILLS, (), "everything"),
    ],
)
def test_the_rules_that_do_not_come_along_are_told(rule, port, columns, hidden):
    mesh = replace(under(rule), products=(offered(), offered(port)))
    found = stays_behind(mesh, ORDERS, f"service:{port.port.of}", "planning", columns)
    assert [each.sentence.partition(" from some")[0] for each in found] == (
        [f"`{rule.name}` hides {hidden} of `sales.orders@1`"] if hidden else []
    )
    assert stays_behind(mesh, ORDERS, "ana", "planning", columns) == ()
