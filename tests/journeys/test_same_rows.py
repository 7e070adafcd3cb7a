"""Building twice from the same inputs gives equal rows, and the demo's verbs are idempotent."""

import os

import pytest

from agora.app.demo.play import play
from agora.app.house import close_house, open_house
from agora.model.access import Request
from agora.model.ledger import Event
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.release import Release, Run
from agora.usecases.query import query
from agora.usecases.run import run
from agora.usecases.scorecard import scorecard

ORDER = (
    "sales.weekly-sales", "marketing.customer-segments", "marketing.campaign-response",
    "finance.revenue-vs-target", "marketing.campaigns", "customers.households", "finance.sales-targets",
    "merchandising.catalogue", "sales.transactions",
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo") / "mesh"
    assert play(root, 2) == 0
    return root


def rows_of(house, port):
    """A hash of all rows of a port, order aside, as the owners of the domain see them."""
    domain = house.mesh.domain(port.name.domain)
    owner = house.mesh.principal(domain.owners[0])
    table = f"{port.name.schema}.{port.version.table}"
    columns = ", ".join(f'"{c.name}"' for c in port.contract.columns)
    sql = f"select count(*) n, sum(hash({columns})::hugeint) h from {table}"
    answer = query(house, Actor(principal=owner), sql).answer
    found = [batch.to_pylist() for batch in answer]
    answer.close()
    return found


def test_building_every_product_anew_gives_the_rows_its_deliveries_left(demo):
    house = open_house(demo, dict(os.environ))
    try:
        operator = Actor(principal=house.mesh.principal("olga"))
        names = [*ORDER, "merchandising.promotions"]
        before = {p.version: rows_of(house, p) for _, p in house.mesh.ports()}
        for name in names:
            assert run(house, operator, name, anew=True).release_made
        assert {p.version: rows_of(house, p) for _, p in house.mesh.ports()} == before
        assert sum(batch[0]["n"] for found in before.values() for batch in found) > 22_000_000
    finally:
        close_house(house)


def test_a_second_demo_makes_no_run_no_release_and_no_agreement(demo):
    def counted():
        house = open_house(demo, dict(os.environ))
        try:
            kinds = [record.entry.event for record in house.store.records()]
            return [
                kinds.count(e)
                for e in (Event.RUN_STARTED, Event.RELEASED, Event.APPROVED, Event.REQUESTED)
            ]
        finally:
            close_house(house)

    play(demo, 2)
    before = counted()
    assert play(demo, 2) == 0
    assert counted() == before


def test_the_demo_holds_what_its_design_says(demo):
    house = open_house(demo, dict(os.environ))
    try:
        rows = {
            str(s.port): s.rows for kept in house.store.find(Release) for s in kept.noun.snapshots
        }
        assert rows["sales.transactions@1"] == 1_469_307
        assert rows["merchandising.promotions@1"] == 20_940_529
        assert rows["customers.households@1"] == 801
        assert len(rows) == 14
        campaigns = next(k.noun for k in house.store.find(Release, "marketing.campaigns/"))
        assert [q.rows for q in campaigns.quarantines] == [4_872]
        waiting = [k.noun for k in house.store.find(Request) if k.noun.state == "pending"]
        assert [str(request.port) for request in waiting] == ["marketing.customer-segments@2"]
        old = house.mesh.port(PortVersion.parse("marketing.customer-segments@1"))
        assert old.contract.status == "deprecated"
    finally:
        close_house(house)


def test_the_figures_of_the_demo_have_something_to_say(demo):
    """Products are agreed at once and people on the day after; an agent read, somebody was refused."""
    house = open_house(demo, dict(os.environ))
    try:
        card = scorecard(house, Actor(principal=house.mesh.principal("olga")))
        told = {each.key: each.value for each in card.figures}
        answered = [
            (k.noun.answered_at - k.noun.asked_at).days
            for k in house.store.find(Request)
            if k.noun.answered_at
        ]
        assert sorted(answered) == [0] * 5 + [1] * 5
        assert told["decision"] == 12 * 3600
        assert told["agents"] >= 1
        assert told["explained"] == 100
        assert [key for key, value in told.items() if value is None] == ["search"]
    finally:
        close_house(house)


def test_the_demo_replays_its_mondays_on_the_clock_of_the_mesh(demo):
    house = open_house(demo, dict(os.environ))
    try:
        editions = [k.noun for k in house.store.find(Release, "sales.transactions/")]
        assert [e.released_at.date().isoformat() for e in editions[:3]] == [
            "2017-12-18", "2017-12-25", "2018-01-01",
        ]  # fmt: skip
        loaded = [k.noun.loaded for k in house.store.find(Run, "sales.weekly-sales/")]
        assert loaded[:3] == ["there is no release yet", "", ""]
    finally:
        close_house(house)
