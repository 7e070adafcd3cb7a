"""A run over the API: begun at once, watched as it goes, and gone on with when nobody listens."""

import asyncio
import contextlib
import json
import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from agora.passage.leasing import held, released
from agora.serve.rest import runs
from agora.usecases import watching

pytestmark = pytest.mark.journey
RUNS = "/products/customers/households/runs"
ELSEWHERE = {"holder": "elsewhere/1"}


@pytest.fixture
def owner(callers):
    """An owner whose last run is over."""
    carl = callers("carl")
    carl.post(RUNS, json={}, headers={"prefer": "wait=30"})
    return carl


@contextlib.contextmanager
def occupied(callers):
    """Another process is at the product's errands: one that is asked for now waits."""
    house, now = callers.house, callers.served.site.now()
    assert held(house, "errand customers.households", now=now, term=timedelta(minutes=5), **ELSEWHERE)  # fmt: skip
    try:
        yield
    finally:
        released(house, "errand customers.households", now=now, **ELSEWHERE)


def told(text):
    """The events of a stream: name, id, data."""
    found = []
    for part in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in part.splitlines() if not line.startswith(":"))
        if lines:
            found.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return found


def test_a_run_is_begun_at_once_and_its_steps_are_heard(owner):
    answer = owner.post(RUNS, json={"again": True})
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    place = answer.headers["location"].removeprefix("/api/v1")
    with owner.stream("GET", f"{place}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = told("".join(stream.iter_text()))
    names = [name for name, _, _ in events]
    assert names == sorted(names, key=["step", "log", "end"].index)
    steps = [data for name, _, data in events if name == "step"]
    assert {"land", "build", "check"} <= {each["phase"] for each in steps}
    assert (steps[0]["state"], steps[-1]["state"]) == ("waiting", "released")
    assert any(data.get("text", "").startswith("released edition") for _, _, data in events)
    ended = owner.get(place).json()
    assert (ended["state"], ended["released"], ended["run"]) == ("released", True, steps[-1]["run"])


def test_a_stream_goes_on_where_its_reader_left_off(owner):
    whole = told(owner.get(f"{RUNS}/latest/events").text)
    for place in (0, len(whole) // 2, len(whole) - 2):
        last = {"last-event-id": whole[place][1]}
        assert told(owner.get(f"{RUNS}/latest/events", headers=last).text) == whole[place + 1 :]
    assert owner.get(f"{RUNS}/latest/events", headers={"last-event-id": "x"}).status_code == 422


def test_the_log_of_one_run_is_heard_by_whoever_may_see_it(callers, owner):
    line = owner.get(RUNS).json()["items"][0]
    one = owner.get(f"{RUNS}/{line['id']}").json()
    assert (one["id"], one["product"]) == (line["id"], "customers.households")
    events = told(owner.get(f"{RUNS}/{line['id']}/events").text)
    said = [data["text"] for name, _, data in events if name == "log"]
    assert said == [each["text"] for each in one["log"]] != []
    assert events[-1][0] == "end"
    for path in (f"{RUNS}/{line['id']}", f"{RUNS}/{line['id']}/events", f"{RUNS}/run-x/events"):
        assert callers("mia").get(path).json()["code"] == "E762"
    assert all(each["product"] != "customers.households" for each in callers("sofia").get("/runs").json()["items"])  # fmt: skip


def test_whoever_hangs_up_is_not_looked_after(callers, owner, monkeypatch):
    looks = []
    look = watching.errand
    monkeypatch.setattr(watching, "errand", lambda *all_: looks.append(all_) or look(*all_))
    with occupied(callers):
        assert owner.post(RUNS, json={}).status_code == 202
        with owner.stream("GET", f"{RUNS}/latest/events") as stream:
            assert "waiting" in next(stream.iter_text())
        time.sleep(runs.LOOK * 2)
        before = len(looks)
        time.sleep(runs.LOOK * 3)
        assert len(looks) == before > 0
    assert owner.post(RUNS, json={}, headers={"prefer": "wait=30"}).json()["state"] == "skipped"


def test_a_caller_may_wait(callers, owner):
    with occupied(callers):
        answer = owner.post(RUNS, json={}, headers={"prefer": "respond-async, wait=1"})
        assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=1")
        assert owner.post(RUNS, json={}).json()["state"] == "waiting"
    answer = owner.post(RUNS, json={}, headers={"prefer": "wait=30"})
    assert (answer.status_code, answer.json()["state"]) == (200, "skipped")
    answer = owner.post(RUNS, params={"wait": "true"}, json={"again": True})
    assert (answer.status_code, answer.json()["state"]) == (200, "released")
    assert answer.json()["checks"]


@pytest.mark.parametrize(("said", "seconds"), [("", 0), ("wait=5", 5), ("a, Wait=99", 60), ("wait=x", 0)])  # fmt: skip
def test_a_wait_is_read_from_what_is_preferred(said, seconds):
    assert runs._seconds(said) == seconds


def test_nobody_asked_for_a_run_yet(callers):
    answer = callers("carl").get("/products/customers/segments/runs/latest")
    assert (answer.status_code, answer.json()["code"]) == (404, "E781")
    assert callers("mia").get(f"{RUNS}/latest/events").json()["code"] == "E419"


def test_a_stream_ends_with_its_server():
    async def heard():
        response = runs.streamed(SimpleNamespace(closing=closing), None, "")
        return [each async for each in response.body_iterator]

    closing = threading.Event()
    closing.set()
    assert asyncio.run(heard()) == []
