"""What is agreed on one version of a table holds for the next one, or is asked for again."""

from types import SimpleNamespace

import pytest

from agora.model.access import RequestState
from agora.model.errors import Denied
from agora.model.names import ProductName
from agora.usecases import access, agreements
from agora.usecases.agreeing.asking import Wish
from agora.usecases.run import run
from agora.web.request import _first
from tests.journeys.changing import (
    BUILD,
    CONTRACT,
    DEPRECATED,
    NEW,
    PORT,
    PRODUCT,
    actor,
    agree,
    edit,
    instant,
    last_day,
    opened,
    read,
    second_version,
)

TWO = f"{PORT}@2"
V2 = "select count(*) as n from sales.transactions_v2"


def same_again(root):
    """A version 2 that keeps every promise of version 1."""
    (root / NEW).write_text((root / CONTRACT).read_text())
    edit(
        root / NEW,
        ("id: sales-transactions-v1", "id: sales-transactions-v2"),
        ("version: 1.0.0", "version: 2.0.0"),
    )
    line = "    contractId: sales-transactions-v1\n"
    more = "  - {name: transactions, version: 2.0.0, contractId: sales-transactions-v2}\n"
    edit(root / PRODUCT, (line, line + more))
    output = "version: 1, from: typed}\n"
    edit(
        root / BUILD,
        (output, f"{output}  - {{port: transactions, version: 2, from: typed}}\n"),
    )


def held(house, name):
    found = agreements.mine(house, actor(house, name)).agreements
    return [a for a in found if str(a.port) == TWO]


def released(root):
    with opened(root) as house:
        assert run(house, actor(house, "emil"), PORT).release_made


def test_a_version_that_breaks_nothing_is_read_under_the_same_agreement(used):
    same_again(used)
    edit(used / CONTRACT, DEPRECATED, last_day("2018-03-01"))
    released(used)
    with opened(used) as house:
        (carried,) = [a for a in held(house, "mia") if a.consumer == "mia"]
        assert carried.purpose == "campaign-planning"
        assert read(house, "mia", V2) == read(
            house, "mia", "select count(*) as n from sales.transactions_v1"
        )
        from agora.usecases.query import query

        plain = query(house, actor(house, "mia"), "select week from sales.transactions")
        plain.answer.close()
        assert str(plain.decisions[0].port) == TWO
        assert plain.decisions[0].agreement == carried.id
        assert agreements.carry_over(house, actor(house, "emil"), PORT) == ()
        with pytest.raises(Denied) as problem:
            agreements.carry_over(house, actor(house, "mia"), PORT)
        assert problem.value.code_shown == "E419"
        # one right on two versions: who ends it on one ends it on both, and for good
        agreements.end(house, actor(house, "mia"), carried.carried_from)
        with pytest.raises(Denied):
            read(house, "mia", V2)
        assert agreements.carry_over(house, actor(house, "emil"), PORT) == ()


def test_what_breaks_is_asked_for_again_unless_it_is_not_agreed_anyway(used):
    with opened(used) as house:
        agree(house, "carl", "segmentation", by="carl", columns=["store_id", "amount"])
    second_version(used)
    edit(used / CONTRACT, DEPRECATED, last_day("2018-03-01"))
    released(used)
    with opened(used) as house:
        assert [a.columns for a in held(house, "carl") if a.consumer == "carl"] == [
            ("store_id", "amount")
        ]
        assert held(house, "mia") == []
        ends = agreements.due(house, actor(house, "mia"), 60 * (instant("2018-01-02") - instant("2018-01-01")))  # fmt: skip
        assert {(d.kind.value, str(d.instead)) for d in ends} == {("version", TWO)}
        told = agreements.mine(house, actor(house, "mia")).due
        assert {(d.kind.value, str(d.instead)) for d in told} == {("version", TWO)}, "however far"
        product = house.mesh.product(ProductName.parse(PORT))
        assert _first(SimpleNamespace(query={}), product) == (TWO,), "nobody new asks for the old"
        assert _first(SimpleNamespace(query={"table": f"{PORT}@1"}), product) == (f"{PORT}@1",)


def test_who_asks_for_a_version_that_breaks_nothing_has_it_at_once(used):
    same_again(used)
    with opened(used) as house:
        mia = actor(house, "mia")
        wish = Wish(ports=((TWO, ()),), purpose="campaign-planning", reason="go on",
                    accept_terms=True)  # fmt: skip
        (seen,) = access.foresee(house, mia, wish).ports
        assert "holds for this version too" in seen.settled
        (asked,) = access.ask_for(house, mia, wish)
        assert asked.request.state is RequestState.APPROVED
        assert asked.agreement.approved_by == "sofia"
        assert asked.agreement.carried_from in asked.request.answer


def test_other_terms_are_asked_for_again(used):
    same_again(used)
    edit(used / NEW, ("usage: For planning", "usage: Only for planning"))
    released(used)
    with opened(used) as house:
        assert held(house, "mia") == []
