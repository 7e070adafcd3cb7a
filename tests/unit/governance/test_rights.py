"""Rights that come with a role: running products and reading the ledger."""

from dataclasses import replace

import pytest

from agora.governance.rights import may_read_ledger, may_run
from agora.model.names import ProductName
from agora.model.people import Principal, PrincipalKind
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
    assert may_read_ledger(MESH, who) is may
