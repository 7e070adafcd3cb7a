"""How the API says things: pages, problems, forms of rows; and what never leaves."""

import contextlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.journeys.rest.test_authorisation import SQL, done, resulted

pytestmark = pytest.mark.journey
ROWS = "/products/sales/transactions/tables/transactions/rows"


def test_a_list_is_walked_page_by_page(callers):
    mia, names, cursor = callers("mia"), [], ""
    while cursor is not None:
        page = done(mia.get("/products", params={"limit": 1, "cursor": cursor}))
        assert len(page["items"]) == 1
        names += [each["name"] for each in page["items"]]
        cursor = page["next"]
    whole = done(mia.get("/products"))
    assert names == sorted(each["name"] for each in whole["items"])
    assert whole["next"] is None
    assert whole["total"] == len(names) > 1


def test_the_ledger_is_walked_from_place_to_place(callers):
    olga, places, cursor = callers("olga"), [], ""
    for _ in range(3):
        page = done(olga.get("/ledger", params={"limit": 4, "cursor": cursor}))
        places += [each["place"] for each in page["items"]]
        cursor = page["next"]
    assert places == list(range(1, 13))
    own = done(callers("mia").get("/ledger", params={"limit": 200}))["items"]
    assert own
    assert all("mia" in str(each) for each in own)
    every = done(olga.get("/ledger", params={"limit": 200}))["items"]
    assert any("mia" not in str(each) for each in every)


@pytest.mark.parametrize("cursor", ["x", "cDE_", "cC0x", "cDk5OTk5OTk5OTk5OTk5", "é"])
def test_what_is_no_cursor_is_said(callers, cursor):
    answer = callers("mia").get("/products", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "E713")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nothing", (404, "E714")),
        ("DELETE", "/search", (405, "E714")),
        ("GET", "/search?sort=best", (422, "E713")),
        ("GET", "/products/sales/nothing", (404, "E404")),
        ("GET", "/products/sales/transactions/tables/nothing/rows", (404, "E404")),
        ("POST", "/query", (422, "E713")),
    ],
)
def test_every_problem_has_one_form(callers, method, path, expected):
    answer = callers("mia").request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (answer.status_code, told["code"]) == expected
    assert told["status"] == answer.status_code
    assert told["type"] == f"/help/errors/{told['code']}"
    assert told["request"] == answer.headers["x-request-id"]


def test_rows_come_in_the_form_that_is_accepted(callers):
    mia = callers("mia")
    arrow = pa.ipc.open_stream(mia.get(ROWS).content).read_all()
    parquet = mia.get(ROWS, headers={"accept": "text/html, application/vnd.apache.parquet;q=0.9"})
    assert pq.read_table(io.BytesIO(parquet.content)).num_rows == arrow.num_rows > 10
    lines = mia.get(ROWS, params={"format": "ndjson"}, headers={"accept": "text/csv"})
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert len(lines.text.splitlines()) == arrow.num_rows
    assert "transactions" in lines.headers["content-disposition"]


def test_a_result_is_paged_and_exported(callers):
    mia, name = callers("mia"), resulted(callers)
    page = done(mia.get(f"/results/{name}/rows", params={"offset": 1, "limit": 2}))
    assert page["columns"] == ["week", "n"]
    assert len(page["rows"]) == 2
    assert page["total"] == done(mia.get(f"/results/{name}"))["rows"] > 2
    told = mia.get(f"/results/{name}/export", params={"format": "csv"})
    assert len(told.text.splitlines()) == page["total"] + 1


def test_a_refusal_of_a_started_statement_is_found_in_it(callers):
    carl = callers("carl")
    name = done(carl.post("/results", json={"sql": SQL}))["id"]
    state = "running"
    while state == "running":
        told = done(carl.get(f"/results/{name}"))
        state = told["state"]
    assert told["failure"]["code"] == "E403"


def test_secrets_never_leave(callers):
    mia = callers("mia")
    made = done(mia.post("/me/tokens", json={"name": "another", "scopes": ["read"]}))
    assert "hash" not in made["token"]
    listed = mia.get("/me/tokens")
    assert made["secret"] not in listed.text
    assert "hash" not in listed.text


def test_a_token_makes_none_that_may_more(callers):
    reader = callers("mia", ("ask",))
    answer = reader.post("/me/tokens", json={"name": "more", "scopes": ["ask", "make"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "E613")


def test_a_page_of_ours_says_its_word(callers):
    with contextlib.closing(callers.served.client("mia")) as page:
        assert page.get("/api/v1/me").json()["scopes"] == ["read", "ask", "make", "operate"]
        answer = page.post("/api/v1/notices/read", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "E711")


def test_an_endpoint_outside_the_table_of_scopes_is_shut(callers, monkeypatch):
    from agora.serve.rest import scopes

    left = {key: scope for key, scope in scopes.SCOPES.items() if key != "GET /domains"}
    monkeypatch.setattr(scopes, "SCOPES", left)
    answer = callers("mia").get("/domains")
    assert (answer.status_code, answer.json()["code"]) == (404, "E714")


def test_people_read_in_the_same_words_as_the_pages(callers):
    told = done(callers("mia").get("/products/sales/transactions"))["tables"][0]
    assert told["access"]
    assert {each["name"]: each["seen"] for each in told["columns"]}["week"] == "clear"
    assert "x-agora-scope" in callers().get("/openapi.json").text
