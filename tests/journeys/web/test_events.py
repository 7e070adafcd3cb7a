"""What waits for somebody arrives on their open page, and on nobody else's."""

import contextlib
import json
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from agora.model.release import Run, RunState
from agora.needs.store import Put
from agora.passage import keys
from agora.usecases.access import ask
from agora.usecases.notify import notify
from agora.usecases.requests import withdraw
from agora.usecases.runs import runs
from tests.journeys.changing import actor

PRODUCT = "sales.transactions"
pytestmark = pytest.mark.journey


def heard(lines):
    """The events of a stream, one by one."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


@contextlib.contextmanager
def listening(client):
    with client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield heard(answer.iter_lines())


@contextlib.contextmanager
def asked(site):
    """Somebody asks for a table of sofia's, and it is told; afterwards they take it back."""
    house = site.house()
    mia = actor(house, "mia")
    found = ask(
        house, mia, "sales.transactions", purpose="sales-planning", reason="to see",
        accept_terms=True,
    )  # fmt: skip
    notify(house, site.now)
    yield
    withdraw(house, mia, found.request.id)


def test_nobody_hears_nothing(client_as):
    assert client_as().get("/events").status_code == 204


def test_an_owner_hears_of_a_request_at_once_and_others_do_not(served, client_as, page_as):
    notify(served.site.house(), served.site.now)
    page = page_as("sofia")
    page.goto("/")
    with listening(client_as("sofia")) as sofia, listening(client_as("ana")) as ana:
        before, others = next(sofia)[1], next(ana)[1]
        assert set(before) == {"unread", "waiting"}
        with asked(served.site):
            found = dict([next(sofia), next(sofia)])
            while "toast" not in found or found["counts"]["waiting"] == before["waiting"]:
                found |= dict([next(sofia)])
            assert found["counts"] == {k: v + 1 for k, v in before.items()}
            assert "Mia" in found["toast"]["text"]
            expect(page.locator("#bell .count")).to_have_text(str(found["counts"]["unread"]))
            expect(page.locator("#toasts")).to_contain_text("Mia")
            with listening(client_as("ana")) as again:
                assert next(again) == ("counts", others)


def test_the_page_of_a_run_hears_its_log_until_it_has_ended(served, page_as):
    house = served.site.house()
    line = next(each for each in runs(house, actor(house, "olga")) if str(each.product) == PRODUCT)
    key = keys.run(line.product, line.id)
    kept = house.store.get(Run, key)
    going = replace(kept.noun, state=RunState.RUNNING, ended_at=None, snapshots=(), results=())
    house.store.commit((Put(key=key, noun=going, revision=kept.revision),), ())
    page = page_as("emil")
    page.goto(f"/ops/runs/sales/transactions/{line.id}")
    log = page.get_by_role("log")
    expect(log).to_contain_text("begun by emil")
    expect(log).not_to_contain_text("wrote")
    page.wait_for_function("() => document.querySelector('log-stream').heard")
    expect(log.get_by_text("begun by emil")).to_have_count(1)
    now = house.store.get(Run, key)
    house.store.commit((Put(key=key, noun=kept.noun, revision=now.revision),), ())
    expect(log).to_contain_text("released edition 1")
    expect(page.locator(".page-head .chip")).to_have_text("Released", timeout=10_000)
