"""Who may ask for what, and who may answer."""

from dataclasses import replace

import pytest

from agora.governance.access import (
    LONGEST,
    LONGEST_WORDS,
    deciders,
    judge_answer,
    judge_change,
    judge_request,
    judge_terms,
    judge_words,
    may_know,
    speaks,
    voices_of,
)
from agora.model.access import Accepted, Request, hash_of
from agora.model.names import PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Effect
from tests.unit.governance.deciding import (
    ANA,
    ARIA,
    DAY,
    GRETA,
    MESH,
    NOW,
    OLGA,
    ORDERS,
    SOFIA,
    agreed,
    guardrail,
    offered,
    under,
)

SERVICE = Principal(id="service:sales.orders", kind=PrincipalKind.SERVICE, teams=("sales",))


def wish(**fields):
    given = {
        "id": "req-1", "port": ORDERS, "consumer": "ana", "asked_by": "ana",
        "purpose": "reporting", "reason": "board pack", "asked_at": NOW,
    }  # fmt: skip
    return Request(**(given | fields))


def codes(reasons):
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"columns": ("age", "store")},
        {"until": NOW + DAY},
        {"until": NOW + LONGEST},
        {"consumer": "team:finance"},
        {"consumer": "service:bi"},
        {"asked_by": "sofia", "consumer": "service:sales.orders"},
    ],
)
def test_people_ask_for_themselves_their_team_and_their_services(fields):
    assert judge_request(MESH, wish(**fields), ()) == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"purpose": "fun"}, "E411"),
        ({"columns": ("height",)}, "E422"),
        ({"port": PortVersion(ORDERS.port, 9), "columns": ("age",)}, "E422"),
        ({"reason": " "}, "E423"),
        ({"until": NOW}, "E424"),
        ({"until": NOW + LONGEST + DAY}, "E424"),
        ({"asked_by": "nobody"}, "E425"),
        ({"consumer": "nobody"}, "E425"),
        ({"consumer": "team:nobody"}, "E425"),
        ({"consumer": "team:sales"}, "E426"),
        ({"consumer": "sofia"}, "E426"),
        ({"consumer": "service:sales.orders"}, "E426"),
        ({"asked_by": "agent:aria"}, "E426"),
        ({"consumer": "agent:aria"}, "E440"),
    ],
)
def test_what_may_not_be_asked(fields, code):
    assert codes(judge_request(MESH, wish(**fields), ())) == [code]


def test_an_agents_own_agreement_may_be_asked_for_once_its_person_reads():
    assert judge_request(MESH, wish(consumer="agent:aria"), (agreed(),)) == ()
    barred = under(guardrail(Effect(deny=True)))
    assert codes(judge_request(barred, wish(consumer="agent:aria"), (agreed(),))) == ["E440"]


@pytest.mark.parametrize(
    ("request_fields", "agreement", "twice"),
    [
        ({}, {}, True),
        ({"columns": ("age",)}, {}, True),
        ({"columns": ("age",)}, {"columns": ("age", "store")}, True),
        ({"until": NOW + DAY}, {"expires": NOW + DAY}, True),
        ({}, {"columns": ("age",)}, False),
        ({"columns": ("store",)}, {"columns": ("age",)}, False),
        ({}, {"expires": NOW + DAY}, False),
        ({"until": NOW + 2 * DAY}, {"expires": NOW + DAY}, False),
        ({}, {"expires": NOW}, False),
        ({"purpose": "planning"}, {}, False),
        ({}, {"consumer": "team:finance"}, False),
    ],
)
def test_what_is_agreed_already_is_not_asked_again_unless_wider(request_fields, agreement, twice):
    given = (replace(agreed(), **agreement),)
    assert codes(judge_request(MESH, wish(**request_fields), given)) == (["E427"] if twice else [])


def test_the_owners_of_the_domain_decide():
    assert deciders(MESH, ORDERS) == ("sofia", "sam")
    assert deciders(replace(MESH, domains=()), ORDERS) == ()
    assert judge_answer(MESH, wish(), SOFIA) == ()


@pytest.mark.parametrize(
    ("who", "code"), [(ANA, "E428"), (Principal(id="fred", kind=PrincipalKind.PERSON), "E429")]
)
def test_nobody_else_answers(who, code):
    (reason,) = judge_answer(MESH, wish(), who)
    assert reason.code == code
    assert "`sofia`" in reason.hint


@pytest.mark.parametrize(
    "fields",
    [{"asked_by": "sofia"}, {"consumer": "sofia"}, {"asked_by": "nobody", "consumer": "sofia"}],
)
def test_no_owner_answers_their_own_request(fields):
    (reason,) = judge_answer(MESH, wish(**fields), SOFIA)
    assert reason.code == "E428"
    assert reason.hint == "another owner answers it: `sam`"


def test_no_owner_answers_their_own_agents_request():
    mesh = replace(MESH, principals=(SOFIA, replace(ARIA, acts_for="sofia")))
    asked = wish(asked_by="agent:aria", consumer="agent:aria")
    assert codes(judge_answer(mesh, asked, SOFIA)) == ["E428"]


def test_a_domain_without_another_owner_says_so():
    mesh = replace(MESH, domains=(replace(MESH.domains[0], owners=("sofia",)),))
    (reason,) = judge_answer(mesh, wish(asked_by="sofia"), SOFIA)
    assert reason.hint.endswith("nobody yet")


TEAMMATE = Principal(id="tom", kind=PrincipalKind.PERSON, teams=("finance",))


def test_no_owner_answers_for_a_team_they_are_in():
    owner = replace(SOFIA, teams=("sales", "finance"))
    assert codes(judge_answer(MESH, wish(consumer="team:finance"), owner)) == ["E428"]


@pytest.mark.parametrize(
    ("who", "consumer", "may"),
    [
        (ANA, "ana", True),
        (ANA, "agent:aria", True),
        (ANA, "team:finance", True),
        (ANA, "service:bi", True),
        (TEAMMATE, "ana", False),
        (TEAMMATE, "team:finance", True),
        (SOFIA, "team:finance", False),
        (SOFIA, "service:sales.orders", True),
        (ANA, "nobody", False),
        (Principal(id="left", kind=PrincipalKind.PERSON), "left", True),
    ],
)
def test_who_speaks_for_whom(who, consumer, may):
    assert speaks(MESH, who, consumer) is may
    if may:
        assert consumer in voices_of(MESH, who)


@pytest.mark.parametrize(
    ("who", "may"),
    [(ANA, True), (SOFIA, True), (OLGA, True), (GRETA, True), (TEAMMATE, False)],
)
def test_who_may_know_of_a_request(who, may):
    assert may_know(MESH, wish(), who) is may


def test_who_asked_and_whom_it_is_for_may_change_it():
    asked = wish(consumer="team:finance")
    assert judge_change(MESH, asked, ANA) == judge_change(MESH, asked, TEAMMATE) == ()
    (reason,) = judge_change(MESH, asked, SOFIA)
    assert reason.code == "E634"
    assert "`ana`" in reason.hint


def with_contract(**fields):
    product = offered()
    port = product.ports[0]
    changed = replace(port, contract=replace(port.contract, **fields))
    return replace(MESH, products=(replace(product, ports=(changed,)),))


def test_terms_are_accepted_as_they_are_now():
    mesh = with_contract(terms="be kind")
    right, other = (
        Accepted(by="ana", at=NOW, hash=hash_of(text)) for text in ("be kind", "be quick")
    )
    assert judge_terms(MESH, wish()) == judge_terms(mesh, wish(accepted=right)) == ()
    for fields in ({}, {"accepted": other}):
        assert codes(judge_terms(mesh, wish(**fields))) == ["E630"]
    assert judge_terms(MESH, wish(port=PortVersion(ORDERS.port, 9))) == ()


def test_long_texts_are_not_kept():
    assert judge_words("x" * LONGEST_WORDS) == ()
    assert codes(judge_words("x" * (LONGEST_WORDS + 1))) == ["E643"]


def test_what_is_on_its_way_out_is_renewed_until_it_is_over():
    newer = offered(PortVersion(ORDERS.port, 2)).ports[0]
    for status, code in (("deprecated", []), ("retired", ["E455"])):
        mesh = with_contract(status=status)
        product = mesh.products[0]
        mesh = replace(mesh, products=(replace(product, ports=(*product.ports, newer)),))
        assert codes(judge_request(mesh, wish(renews="agr-1"), ())) == code
