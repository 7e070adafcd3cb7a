"""Governing and operating through the pages: the five steps, activity, runs, health, the scorecard."""

import html
import re
from dataclasses import replace

import pytest

from agora.app.start import start
from agora.model.activity import Sought
from agora.model.errors import AgoraError, Denied, Missing
from agora.model.ledger import Event
from agora.model.scorecard import Book
from agora.passage import counting
from agora.passage.counting import book
from agora.quality.counting import counted
from agora.usecases.activity import activity
from agora.usecases.health import costs, storage
from agora.usecases.owning import owning
from tests.journeys.changing import actor, agree, read
from tests.serving import released, send

pytestmark = pytest.mark.journey
PRODUCT = "sales.transactions"


@pytest.fixture(scope="module")
def served(serving_market):
    """A market of this module's own, since it searches, asks and approves."""
    return serving_market


def entries(served, event):
    return [r.entry for r in served.site.house().store.records() if r.entry.event is event]


def ticked(client):
    """The titles of the steps that are done."""
    page = client.get("/").text
    steps = page.partition('class="steps"')[2].partition("</ol>")[0].split("<li ")[1:]
    return [s.partition("<span>")[2].partition("<small>")[0] for s in steps if 'class="done"' in s]


@pytest.fixture
def untouched(tmp_path):
    """A market in which nothing has happened yet but its releases."""
    with released(tmp_path / "market") as found:
        yield found


def test_the_steps_tick_themselves_from_what_happens(untouched):
    mia = untouched.client("mia")
    assert ticked(mia) == []
    mia.get("/search", params={"q": "trans"}, headers={"HX-Request": "true"})
    assert entries(untouched, Event.SEARCHED) == []
    mia.get("/search", params={"q": " sales  transactions"})
    (found,) = entries(untouched, Event.SEARCHED)
    assert (found.who, dict(found.facts)["words"]) == ("mia", "sales transactions")
    assert ticked(mia) == ["Find a product"]
    for _ in range(2):
        mia.get("/products/sales/transactions")
    (opened,) = entries(untouched, Event.LABEL_READ)
    assert (opened.who, opened.subject) == ("mia", PRODUCT)
    assert len(ticked(untouched.client("ana"))) == 2


def test_steps_that_were_put_away_stay_away_on_this_browser_only(client_as):
    mia = client_as("mia")
    assert "Your first five minutes" in mia.get("/").text
    assert send(mia, "/me/checklist/dismiss").status_code == 303
    assert "Your first five minutes" not in mia.get("/").text
    assert "Your first five minutes" in client_as("mia").get("/").text


def test_everybody_finds_the_activity_that_is_theirs(served, client_as):
    olga, sofia, mia, ana = (client_as(each) for each in ("olga", "sofia", "mia", "ana"))
    everything = olga.get("/govern/audit", params={"events": "run-ended"})
    assert everything.status_code == 200
    assert "customers.households" in everything.text
    owners = sofia.get("/govern/audit", params={"events": "run-ended"}).text
    assert "sales.transactions" in owners
    assert "customers.households" not in owners
    assert "Nothing like that" in ana.get("/govern/audit", params={"events": "run-ended"}).text
    mia.get("/search", params={"q": "transactions of stores"})
    own = mia.get("/govern/audit", params={"text": "of stores"}).text
    assert "Searched" in own
    assert "Nothing like that" in sofia.get("/govern/audit", params={"text": "of stores"}).text


def test_what_nobody_can_look_for_is_said_in_the_form(client_as):
    answer = client_as("mia").get("/govern/audit", params={"since": "soon", "person": "mia"})
    assert answer.status_code == 422
    assert "Error: Activity" in answer.text
    assert 'value="soon"' in answer.text
    assert "There is a problem" in answer.text


@pytest.mark.parametrize("before", ["9" * 20, "0" * 12 + "9" * 20, "9" * 5000, "-1", "²"])
def test_a_place_that_is_no_number_is_said_so(client_as, before):
    answer = client_as("olga").get("/govern/audit", params={"before": before})
    assert (answer.status_code, "E712" in answer.text) == (400, True)


def test_pages_of_activity_follow_each_other_without_a_gap(served):
    house = served.site.house()
    olga = actor(house, "olga")
    every = [r.place for r in house.store.records()]
    told, before = [], 0
    while before != 1:
        found = activity(house, olga, Sought(), before=before, limit=7)
        told += [r.place for r in found.records]
        before = found.first
    assert told == every[::-1]


def test_runs_are_for_those_who_may_run_them(served, client_as):
    olga, emil, mia = (client_as(each) for each in ("olga", "emil", "mia"))
    assert "customers.households" in olga.get("/ops/runs").text
    page = emil.get("/ops/runs").text
    assert "sales.transactions" in page
    assert "customers.households" not in page
    where = re.search(r'href="(/ops/runs/sales/transactions/[^"]+)"', page)[1]
    log = emil.get(where).text
    assert "begun by olga" in log
    assert "released edition 1" in log
    assert "No runs" in mia.get("/ops/runs").text
    codes = [
        re.search(r"E\d{3}", client.get(path).text)[0]
        for client, path in ((mia, where), (emil, f"{where}x"), (emil, "/ops/runs/No/name/x"))
    ]
    assert codes == ["E762", "E762", "E762"]


def test_how_the_machines_do_is_for_those_who_run_them(served, client_as):
    olga, mia = client_as("olga"), client_as("mia")
    assert olga.get("/search").status_code == 200  # whoever searches brings the index up to date
    page = olga.get("/ops").text
    assert "Up to date" in page
    assert "every newest run was released" in page
    stored = olga.get("/ops/storage").text
    assert "sales.transactions" in stored
    house = served.site.house()
    rooms = {str(each.product): dict(each.areas) for each in storage(house, actor(house, "olga"))}
    assert rooms["sales.transactions"]["landing"] > 0
    for path in ("/ops", "/ops/storage"):
        assert mia.get(path).status_code == 403
    with pytest.raises(Denied) as told:
        storage(house, actor(house, "sofia"))
    assert told.value.code_shown == "E763"


def test_what_reading_and_storing_costs_is_for_those_who_run_it(served, client_as):
    house = served.site.house()
    read(house, "emil", "select count(*) from sales.transactions")
    olga, sofia = client_as("olga"), client_as("sofia")
    page = olga.get("/ops/costs").text
    for title in ("By domain", "By product", "By consumer"):
        assert title in page
    line = page.partition('<th scope="row">Emil')[2].partition("</tr>")[0]
    assert ">emil</small>" in line
    entries = html.unescape(re.search(r'href="(/govern/audit[^"]+)"', line)[1])
    assert "select count(*)" in olga.get(entries).text
    narrowed = olga.get("/ops/costs", params={"domain": "customers"}).text
    assert "Costs of" in narrowed
    assert ">emil</small>" not in narrowed
    (told,) = (
        each for each in costs(house, actor(house, "olga")).readers if each.names == ("emil",)
    )
    assert (told.reads >= 1, told.domains) == (True, ("sales",))
    answers = [sofia.get("/ops/costs"), sofia.get("/ops/costs", params={"domain": "nope"})]
    assert [(each.status_code, "E763" in each.text) for each in answers] == [(403, True)] * 2
    for path in ("/ops/costs", "/scorecard"):
        answer = olga.get(path, params={"domain": "nope"})
        assert (answer.status_code, "there is no such domain" in answer.text.lower()) == (404, True)


def test_one_book_is_kept_however_often_somebody_looks(served, monkeypatch):
    house = served.site.house()
    monkeypatch.setattr(counting, "FAR", 0)
    for week in range(3):
        read(house, "emil", f"select count(*) from sales.transactions where week > {week}")
        now = book(house)
    (kept,) = house.store.find(Book, counting.SHELF)
    assert (kept.revision, kept.noun) == (1, now)
    assert now == counted(Book(), house.store.records())


def test_the_scorecard_counts_for_each_what_they_may_know(served, client_as):
    house = served.site.house()
    read(house, "emil", "select count(*) from sales.transactions")
    olga, sofia, mia = (client_as(each).get("/scorecard").text for each in ("olga", "sofia", "mia"))
    assert "Does our mesh work?" in olga
    assert all(">emil<" in page for page in (olga, sofia))
    assert ">emil<" not in mia
    assert "everybody together" in mia
    told = client_as("olga").get("/scorecard", params={"domain": "customers"}).text
    figures = [html.unescape(each) for each in re.findall(r'number"><a href="([^"]+)"', told)]
    assert all(("searched" in each) != ("text=customers." in each) for each in figures)
    assert ">emil<" not in told
    links = re.findall(r'class="number"><a href="(/govern/audit[^"]+)"', olga)
    assert links
    for link in links:
        assert client_as("olga").get(html.unescape(link)).status_code == 200


def test_the_scorecard_in_the_terminal(served, capsys):
    root = str(served.root)
    read(served.site.house(), "emil", "select week from sales.transactions where week > 3")
    assert start(["scorecard", "--mesh", root, "--as", "sofia"]) == 0
    told = capsys.readouterr().out
    assert "Search to first row" in told
    assert "emil" in told
    assert start(["scorecard", "--mesh", root, "--as", "mia", "--json"]) == 0
    assert "emil" not in capsys.readouterr().out
    ledger = ["ledger", "--mesh", root, "--as", "sofia"]
    assert start([*ledger, "--event", "released", "--product", "sales.transactions"]) == 0
    assert "released" in capsys.readouterr().out
    assert start([*ledger, "--event", "relased"]) != 0
    assert "E760" in capsys.readouterr().err


def test_owners_see_who_uses_a_product_and_others_do_not(served, client_as):
    house = served.site.house()
    agree(house, "mia", "campaign-planning", by="mia")
    read(house, "mia", "select week from sales.transactions where week > 2")
    sofia, mia = client_as("sofia"), client_as("mia")
    page = sofia.get("/products/sales/transactions/consumers")
    assert page.status_code == 200
    line = page.text.partition('<th scope="row">Mia Chen <small')[2].partition("</tr>")[0]
    assert "Campaign planning" in line
    assert "Agreed" in line
    assert "<code>week</code>" in line
    assert "Who uses it" in sofia.get("/products/sales/transactions").text
    assert "Who uses it" not in mia.get("/products/sales/transactions").text
    answer = mia.get("/products/sales/transactions/consumers")
    assert (answer.status_code, "E764" in answer.text) == (403, True)
    with pytest.raises(Denied) as told:
        owning(house, actor(house, "mia"), PRODUCT)
    assert told.value.code_shown == "E764"
    assert mia.get("/products/sales/nothing/consumers").status_code == 404


def test_owners_see_who_was_refused_what_is_theirs(served, client_as):
    house = served.site.house()
    both = "select count(*) from sales.transactions join customers.households using (household_id)"
    with pytest.raises(Denied):
        read(house, "ana", both)
    entry = entries(served, Event.QUERY_REFUSED)[-1]
    assert (entry.who, entry.subject) == ("ana", "customers.households@1")
    page = client_as("olga").get("/products/customers/households/consumers").text
    line = page.partition("Who got no answer")[2].partition(">ana</small>")[2]
    assert "customers/agreements" in line.partition("</tr>")[0]
    told = {each.product: each for each in book(house).tells if each.what == "refused"}
    assert told["customers.households"].times >= 1
    unlisted = tuple(replace(each, listed=False) for each in house.mesh.products)
    hidden = replace(house, mesh=replace(house.mesh, products=unlisted))
    with pytest.raises(Missing):
        read(hidden, "ana", both)
    assert entries(served, Event.QUERY_REFUSED)[-1].subject == ""


def test_a_statement_that_fails_on_its_way_is_told_of_what_it_read(served, client_as):
    house = served.site.house()
    with pytest.raises(AgoraError) as told:
        read(
            house, "emil", "select sum(cast(concat('x', week) as integer)) from sales.transactions"
        )
    assert told.value.code_shown == "E232"
    entry = entries(served, Event.QUERY_CLOSED)[-1]
    assert (entry.who, entry.subject) == ("emil", "sales.transactions@1")
    page = client_as("sofia").get("/products/sales/transactions/consumers").text
    line = page.partition("Who got no answer")[2].partition(">emil</small>")[2]
    assert "cannot be converted" in line.partition("</tr>")[0]
    closed = {"events": "query-closed", "product": PRODUCT}
    assert "Query closed: E232" in client_as("olga").get("/govern/audit", params=closed).text


def test_owners_may_ask_what_somebody_sees_of_their_tables_alone(client_as):
    def asked(who, table):
        asking = {"person": "mia", "table": table}
        return client_as(who).get("/govern/explain", params=asking).text

    assert "sales.transactions@1 as Mia Chen" in asked("sofia", "sales.transactions@1")
    assert "as Mia Chen" not in asked("sofia", "customers.households@1")
    assert "as Mia Chen" not in asked("ana", "sales.transactions@1")
    assert "as Mia Chen" in asked("olga", "customers.households@1")
