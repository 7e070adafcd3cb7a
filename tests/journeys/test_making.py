"""A query becomes a product: the same files as by hand, in one's own name, through the same gate."""

import subprocess

import pytest

from agora.model.errors import AgoraError
from agora.model.names import ProductName
from agora.usecases.access import answer
from agora.usecases.make import Plan, foresee, make
from agora.usecases.run import run
from tests.journeys.changing import actor, opened, read

SQL = """select store_id, count(*) as sales, sum(t.amount) as amount -- by store
from sales.transactions t group by store_id;"""
PLAN = {
    "name": "sales.by-store",
    "sql": SQL,
    "title": "Sales by store",
    "summary": "What each store sold",
    "purpose": "sales-planning",
    "reason": "the weekly meeting asks for it",
}


def git(root, *words):
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def tracked(used):
    """The market in use, under version control."""
    git(used, "init", "-q")
    (used / ".gitignore").write_text(".agora/\n")
    git(used, "add", ".")
    git(used, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "first")
    return used


def test_a_query_becomes_a_product_that_others_may_use(tracked):
    with opened(tracked) as house:
        emil = actor(house, "emil")
        drawn = foresee(house, emil, Plan(**PLAN))
        assert [(str(port), who) for port, who in drawn.asks] == [
            ("sales.transactions@1", ("sofia",))
        ]
        assert git(tracked, "status", "--porcelain") == ""
        assert [(str(port), bool(terms)) for port, terms in drawn.terms] == [
            ("sales.transactions@1", True)
        ]
        with pytest.raises(AgoraError, match="terms"):
            make(house, emil, Plan(**PLAN))
        assert git(tracked, "status", "--porcelain") == ""
        made = make(house, emil, Plan(**PLAN, accept_terms=True))
        assert made.asked[0].request.columns == ("store_id", "amount")
        assert made.files == drawn.files
    assert git(tracked, "log", "-1", "--format=%an <%ae> %s").strip() == (
        "Emil Roth <emil@example.org> Make Sales by store from a query"
    )
    assert git(tracked, "status", "--porcelain") == ""
    assert git(tracked, "rev-parse", "HEAD").strip() == made.commit
    with opened(tracked) as house:
        emil = actor(house, "emil")
        with pytest.raises(AgoraError, match="may not read"):
            run(house, emil, "sales.by-store")
        answer(house, actor(house, "sofia"), made.asked[0].request.id, approve=True)
        assert run(house, emil, "sales.by-store").release_made
        theirs = "select * from sales.by_store order by all"
        own = "select store_id, count(*) as sales, sum(amount) as amount from sales.transactions group by all order by all"
        assert read(house, "emil", theirs) == read(house, "emil", own)
        contract = house.mesh.product(ProductName.parse("sales.by-store")).ports[0].contract
        assert contract.key == ("store_id",)
