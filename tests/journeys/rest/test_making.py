"""Making over the API: a file and a query become products, and say when they run by themselves."""

import contextlib

import pytest

from tests.journeys.rest.conftest import Callers

pytestmark = pytest.mark.journey
SHEET = b"Week,Target\n1,20\n2,25\n"
NEXT = b"Week,Target\n1,20\n2,25\n3,30\n"
LABEL = {
    "title": "Targets",
    "summary": "What is aimed at.",
    "domain": "sales",
    "product": "targets",
}
QUERY = {
    "name": "sales.baskets",
    "sql": "select week, count(*) as n from sales.transactions group by week",
    "title": "Baskets",
    "summary": "Lines of each week.",
    "purpose": "sales-planning",
    "reason": "to plan shelves",
    "accept_terms": True,
}


@pytest.fixture(scope="module")
def sofia(serving_market):
    with contextlib.ExitStack() as stack:
        yield Callers(serving_market, stack)("sofia")


def done(answer):
    assert answer.status_code < 300, answer.text
    return answer.json()


def ended(client, location):
    """How the run ended that began there."""
    place = location.removeprefix("/api/v1")
    client.get(f"{place}/events")
    return done(client.get(place))


def test_a_file_becomes_a_product_and_the_next_one_its_next_edition(sofia):
    found = done(sofia.put("/draft", params={"file": "targets.csv"}, content=SHEET))
    assert [each["name"] for each in found["columns"]] == ["week", "target"]
    assert "aside" not in found
    wrong = {"columns": [{"origin": "Week", "type": "date"}]}
    assert sofia.put("/draft/columns", json=wrong).json()["code"] == "E782"
    typed = {"columns": [{"origin": "Week", "key": True}, {"origin": "Target", "name": "goal", "type": "VARCHAR"}]}  # fmt: skip
    assert done(sofia.put("/draft/columns", json=typed))["columns"][1]["name"] == "goal"
    done(sofia.put("/draft/label", json=LABEL))
    assert done(sofia.get("/draft"))["first"][0] == {"Week": "1", "Target": "20"}
    looked = done(sofia.get("/draft/check"))
    assert looked["problems"] == []
    answer = sofia.post("/draft/publish")
    assert (answer.status_code, answer.json()["product"]) == (202, "sales.targets")
    assert set(answer.json()["files"]) == set(looked["files"])
    assert ended(sofia, answer.headers["location"])["state"] == "released"
    answer = sofia.put("/products/sales/targets/file", params={"file": "n.csv"}, content=NEXT)
    assert ended(sofia, answer.headers["location"])["edition"] == 2
    assert sofia.get("/draft").json()["code"] == "E752"


def test_a_query_becomes_a_product_that_stands_in_the_studio(sofia):
    drawn = done(sofia.post("/products/foresight", json=QUERY))
    answer = sofia.post("/products", json=QUERY)
    assert (answer.status_code, answer.json()["files"]) == (201, drawn["files"])
    assert answer.headers["location"] == "/api/v1/products/sales/baskets"
    assert sofia.post("/products", json=QUERY).status_code == 409
    stands = done(sofia.get("/studio/sales/baskets"))
    assert (stands["edition"], stands["product"]) == (None, "sales.baskets")
    assert "sales.baskets" in [each["product"] for each in done(sofia.get("/studio"))["items"]]


def test_a_product_says_when_it_runs_by_itself(sofia):
    path = "/products/sales/transactions/schedule"
    assert done(sofia.get(path)) is None
    done(sofia.put(path, json={"when": "0 6 * * mon Europe/Berlin"}))
    assert done(sofia.get(path))["schedule"]["text"] == "0 6 * * mon Europe/Berlin"
    assert [each["product"] for each in done(sofia.get("/schedules"))["items"]] == ["sales.transactions"]  # fmt: skip
    assert sofia.put(path, json={"when": "soon"}).json()["code"] == "E757"
    done(sofia.delete(path))
    assert done(sofia.get(path)) is None
