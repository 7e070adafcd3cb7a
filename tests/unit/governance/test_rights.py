"""Rights that come with a role: running products and reading the ledger."""

from dataclasses import replace

import pytest

from agora.governance.rights import may_found, may_run, oversees
from agora.model.names import ProductName
from agora.model.people import Actor, Principal, PrincipalKind
from tests.unit.governance.deciding import ANA, GRETA, MESH, OLGA, SOFIA

PRODUCT = ProductName("sales", "orders")
EMIL = Principal(id="emil", kind=PrincipalKind.PERSON)


@pytest.mark.parametrize(("who", "may"), [(SOFIA, True), (EMIL, True), (OLGA, True), (ANA, False)])
def test_publishers_owners_and_the_operator_run_products(who, may):
    assert (may_run(MESH, PRODUCT, who) == ()) is may


def test_a_refusal_names_those_who_may():
    assert may_run(MESH, PRODUCT, ANA)[0].hint == "those who may are `emil`, `sam`, `sofia`"
    assert may_run(replace(MESH, domains=()), PRODUCT, ANA)[0].hint.endswith("nobody yet")


@pytest.mark.parametrize(("who", "may"), [(OLGA, True), (GRETA, True), (SOFIA, False)])
def test_overseers_read_the_ledger(who, may):
    assert oversees(MESH, who) is may


@pytest.mark.parametrize(
    ("who", "operator", "may"),
    [(OLGA, "", True), (GRETA, "", True), (SOFIA, "", False), (SOFIA, OLGA.id, True)],
)
def test_operator_overseers_and_whoever_sits_at_the_terminal_found_domains(who, operator, may):
    assert (may_found(MESH, Actor(principal=who, operator=operator)) == ()) is may


def test_an_agent_of_the_operator_founds_no_domain():
    agent = Principal(id="agent:aria", kind=PrincipalKind.AGENT, acts_for=OLGA.id)
    refused = may_found(MESH, Actor(principal=agent, operator=OLGA.id))
    assert [(each.code, each.hint) for each in refused] == [("E774", f"ask `{OLGA.id}`")]
    assert (
        "name the `operator`"
        in may_found(replace(MESH, operator=""), Actor(principal=SOFIA))[0].hint
    )
