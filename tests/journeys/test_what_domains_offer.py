"""Domains, the first page and the rules: what is told of each is what somebody may know of."""

from dataclasses import replace

import pytest

from agora.model.errors import Missing
from agora.model.policy import Layer
from agora.usecases.domain import domain, domains
from agora.usecases.home import home
from agora.usecases.rules import askable, of_domain, rules
from agora.usecases.search import ready
from tests.journeys.changing import actor, opened
from tests.journeys.test_search import unlisted

HIDDEN = "sales.transactions"


@pytest.fixture
def house(market):
    with opened(market) as found:
        yield found


def told(house, name):
    """Everything these verbs tell somebody of products."""
    who = actor(house, name)
    first, areas = home(house, who), domains(house, who)
    names = {str(each.name) for area in areas for each in area.products}
    assert first.products == len(names)
    assert names >= {str(each.product.name) for each in (*first.recent, *first.mine)}
    assert areas == tuple(domain(house, who, each.domain.id) for each in areas)
    tables = {str(each.port.of) for each in askable(house, who).tables}
    assert tables == names
    return names


def test_a_domain_is_told_with_its_people_and_what_it_offers(house):
    found = domain(house, actor(house, "mia"), "sales")
    assert [each.id for each in found.owners] == ["sofia"]
    assert [str(each.name) for each in found.products] == [HIDDEN]
    with pytest.raises(Missing) as nothing:
        domain(house, actor(house, "mia"), "nothing")
    assert nothing.value.code_shown == "E404"


def test_a_hidden_product_is_told_to_its_own_people_alone(house):
    assert HIDDEN in told(house, "carl") & told(house, "sofia")
    assert of_domain(house, actor(house, "carl"), "sales")
    hidden = unlisted(house, HIDDEN)
    assert HIDDEN in told(hidden, "sofia")
    assert HIDDEN not in told(hidden, "carl")
    assert not of_domain(hidden, actor(hidden, "carl"), "sales")
    assert of_domain(hidden, actor(hidden, "sofia"), "sales")


def test_a_rule_names_no_table_that_somebody_may_not_know_of(house):
    def named(mesh, name):
        found = rules(mesh, actor(mesh, name))
        return {(each.id, each.applies_to.ports) for each in (*found.company, *found.domains)}

    both = ("customers.households", HIDDEN)
    first = next(each for each in house.mesh.policies if each.layer is Layer.GUARDRAIL)
    more = [
        replace(first, id=word, applies_to=replace(first.applies_to, ports=ports))
        for word, ports in (("both", both), ("hidden", (HIDDEN,)))
    ]
    hidden = unlisted(house, HIDDEN)
    hidden = replace(
        hidden, mesh=replace(hidden.mesh, policies=(*hidden.mesh.policies, *more), hash="more")
    )
    assert {("both", both), ("hidden", (HIDDEN,))} <= named(hidden, "sofia")
    assert named(hidden, "sofia") <= named(hidden, "olga")
    seen = named(hidden, "carl")
    assert ("both", both[:1]) in seen
    assert HIDDEN not in str(seen)


def test_the_newest_editions_come_first_and_ones_own_apart(house, used):
    assert not home(house, actor(house, "sofia")).recent
    with opened(used) as there:
        found = home(there, actor(there, "sofia"))
    assert [str(each.product.name) for each in found.mine] == [HIDDEN]
    assert found.mine[0].release.number
    moments = [each.release.released_at for each in found.recent]
    assert moments == sorted(moments, reverse=True) != []
    assert not home(house, actor(house, "olga")).mine


def test_the_first_page_of_a_huge_market_does_not_wait_for_its_index(house, monkeypatch):
    monkeypatch.setattr("agora.usecases.home.MANY", 0)
    hidden = unlisted(house, HIDDEN)
    first = {name: home(hidden, actor(hidden, name)) for name in ("sofia", "carl")}
    assert hidden.index.standing().mesh == "", "nobody has waited"
    assert {each.products for each in first.values()} == {None}
    assert [str(each.product.name) for each in first["sofia"].mine] == [HIDDEN]
    assert {each.product.name.domain for each in first["carl"].mine} == {"customers"}
    ready(hidden)
    assert home(hidden, actor(hidden, "sofia")).products == len(hidden.mesh.products)
