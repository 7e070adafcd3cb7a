"""Make, in the browser: a query becomes a product, from the form to the first edition."""

import time

import pytest

from tests.serving import published, send

SQL = "select store_id, sum(amount) as amount from sales.transactions group by store_id"
FORM = {
    "sql": SQL,
    "title": "Sales by store",
    "summary": "What each store sold",
    "domain": "sales",
    "product": "by-store",
    "purpose": "sales-planning",
    "reason": "the weekly meeting asks for it",
}


@pytest.fixture
def emil(serving_market):
    return serving_market.client("emil")


def test_a_query_becomes_a_product_others_can_use(serving_market, emil):
    looked = send(emil, "/studio/new/query", **FORM, look="yes")
    assert looked.status_code == 200, looked.text
    assert "Sofia Berg decides whether it may read" in looked.text
    assert "tells rows apart" in looked.text
    assert not (serving_market.root / "sales/by-store").exists()

    refused = send(emil, "/studio/new/query", **FORM)
    assert refused.status_code == 403
    assert "terms of <code>sales.transactions@1</code> are not accepted" in refused.text

    made = send(emil, "/studio/new/query", **FORM, accept_terms="yes")
    assert made.headers["location"] == "/studio/sales/by-store", made.text
    page = emil.get("/studio/sales/by-store")
    assert "Waits for an approval" in page.text
    assert "steps/prepared.sql" in page.text
    request = page.text.partition('href="/requests/')[2].partition('"')[0]
    sofia = serving_market.client("sofia")
    assert send(sofia, f"/requests/{request}/approve", version="1").status_code == 303
    begun = send(emil, "/studio/sales/by-store/publish")
    assert begun.headers["location"] == "/studio/sales/by-store"
    page = emil.get("/studio/sales/by-store").text
    assert "is being published" in page
    assert "The server was stopped" not in page
    assert '<noscript><meta http-equiv="refresh"' in page
    page = published(emil, "/studio/sales/by-store")
    assert "A new edition is out" in page
    out = time.monotonic()
    while "/products/sales/by-store" not in sofia.get("/search", params={"q": "by store"}).text:
        assert time.monotonic() - out < 2
    assert "Published" in emil.get("/studio").text
    assert "By store" in emil.get("/products/sales/by-store").text
    log = page.partition('href="/ops/runs/')[2].partition('"')[0]
    assert "released edition 1" in emil.get(f"/ops/runs/{log}").text


def test_what_is_wrong_stands_beside_its_field(emil):
    taken = send(emil, "/studio/new/query", **{**FORM, "product": "transactions"}, look="yes")
    assert taken.status_code == 409
    assert "<title>Error:" in taken.text
    assert 'id="product-error"' in taken.text
    assert "the weekly meeting asks for it" in taken.text
    for field, value in (("title", ""), ("summary", ""), ("purpose", ""), ("reason", "")):
        wrong = send(
            emil, "/studio/new/query", **{**FORM, "product": "other", field: value}, look="yes"
        )
        assert wrong.status_code in {403, 422}, field
        assert f'id="{field}-error"' in wrong.text, field


def test_only_who_may_publish_sees_how_a_product_stands(serving_market, emil):
    mia = serving_market.client("mia")
    assert "You publish for no domain" in mia.get("/studio").text
    assert mia.get("/studio/sales/transactions").status_code == 403
    answer = send(mia, "/studio/new/query", **{**FORM, "product": "mine"})
    assert answer.status_code == 403
    assert not (serving_market.root / "sales/mine").exists()
    assert "New product" in emil.get("/studio/new").text


def test_a_schedule_is_written_where_it_belongs(serving_market, emil):
    build = serving_market.root / "sales/transactions/build.yaml"
    before = build.read_text()
    wrong = send(emil, "/studio/sales/transactions/schedule", when="soon")
    assert wrong.status_code == 422
    assert 'id="when-error"' in wrong.text
    assert 'value="soon"' in wrong.text
    assert build.read_text() == before
    fine = send(emil, "/studio/sales/transactions/schedule", when="0 6 * * mon Europe/Berlin")
    assert fine.status_code == 303
    assert "0 6 * * mon Europe/Berlin" in emil.get("/studio/sales/transactions").text
    mia = serving_market.client("mia")
    assert send(mia, "/studio/sales/transactions/schedule", when="inputs").status_code == 403
