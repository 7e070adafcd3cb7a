"""Who hangs up before the first row is there leaves nothing at work; a deed is finished all the same."""

import asyncio
import time

import httpx
import pytest

from agora.app.up.gone import ASKER, Attentive

pytestmark = pytest.mark.journey
LONG = ", ".join(f"sales.transactions t{n}" for n in range(8))
SPEC = """{"mark": "bar", "encoding": {"x": {"field": "n", "type": "nominal"},
    "y": {"field": "m", "type": "quantitative"}}}"""


def until(true):
    late = time.monotonic() + 10
    while not true():
        assert time.monotonic() < late
        time.sleep(0.02)


@pytest.mark.parametrize("way", ["a question", "a page"])
def test_a_statement_ends_with_whoever_waits_for_it(callers, way):
    sofia, house = callers("sofia"), callers.house
    sql = f"select max(t0.amount * t7.amount + {len(way)}) as m, 1 as n from {LONG}"
    ask = ("POST", "/query", {"json": {"sql": sql}})
    if way == "a page":
        made = sofia.post("/charts", json={"title": "Long", "sql": sql, "spec": SPEC}).json()
        ask = ("GET", f"/charts/{made['chart']['id']}/drawn", {})
    with pytest.raises(httpx.ReadTimeout):
        sofia.request(ask[0], ask[1], timeout=0.5, **ask[2])
    until(lambda: dict(list(house.store.records())[-1].entry.facts).get("outcome") == "stopped")
    assert house.readers.running == 0


@pytest.mark.parametrize(
    ("method", "path", "waits"),
    [("GET", "/charts/1", True), ("POST", "/api/v1/query", True), ("POST", "/query", False),
     ("POST", "/api/v1/verbs/query.query", True), ("POST", "/api/v1/verbs/run.run", False),
     ("POST", "/api/v1/products/sales/transactions/runs", False), ("PUT", "/api/v1/draft", False)],
)  # fmt: skip
def test_only_who_looks_may_be_left_without_an_answer(method, path, waits):
    found = []

    async def app(_scope, receive, _send):
        await receive()
        found.append(ASKER.get() is not None)

    async def receive():
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    asyncio.run(Attentive(app)(scope, receive, None))
    assert found == [waits]
