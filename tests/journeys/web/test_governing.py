"""Governing and operating through the pages: the five steps, activity, runs, health, the scorecard."""

import pytest

from agora.model.ledger import Event
from tests.serving import send

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("web")]
MANAGED = "sales.transactions"


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


def asked(client, port, purpose):
    fields = {"table": f"{port}@1", "purpose": purpose, "reason": "to see", "terms": "yes"}
    answer = send(client, f"/products/{port.replace('.', '/')}/request", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_the_steps_tick_themselves_from_what_happens(served, client_as):
    mia = client_as("mia")
    assert ticked(mia) == []
    mia.get("/search", params={"q": "trans"}, headers={"HX-Request": "true"})
    assert entries(served, Event.SEARCHED) == []
    mia.get("/search", params={"q": " transactions  of stores"})
    (found,) = entries(served, Event.SEARCHED)
    assert (found.who, dict(found.facts)["words"]) == ("mia", "transactions of stores")
    assert ticked(mia) == ["Find a product"]
    for _ in range(2):
        mia.get("/products/sales/transactions")
    (read,) = entries(served, Event.LABEL_READ)
    assert (read.who, read.subject) == ("mia", MANAGED)
    assert len(ticked(client_as("ana"))) == 2


def test_steps_that_were_put_away_stay_away_on_this_browser_only(client_as):
    mia = client_as("mia")
    assert "Your first five minutes" in mia.get("/").text
    assert send(mia, "/me/checklist/dismiss").status_code == 303
    assert "Your first five minutes" not in mia.get("/").text
    assert "Your first five minutes" in client_as("mia").get("/").text
