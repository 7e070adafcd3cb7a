"""The thinnest way through the pages: somebody signs in, finds a product and opens its label."""

import re

import pytest
from playwright.sync_api import expect

from tests.serving import send

pytestmark = pytest.mark.journey


def test_who_is_nobody_is_asked_to_sign_in_and_comes_back(client_as):
    nobody = client_as()
    answer = nobody.get("/products/sales/transactions")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/products/sales/transactions"
    answer = send(nobody, "/demo/as", person="mia", next="/products/sales/transactions")
    assert answer.headers["location"] == "/products/sales/transactions"
    assert "Transactions" in nobody.get(answer.headers["location"]).text


def test_a_newcomer_is_told_whom_to_begin_as(client_as):
    page = client_as().get("/sign-in").text
    assert "New here? Be <strong>Mia</strong>, who looks for data." in page
    chosen = re.findall(r'name="person" value="(\w+)"', page)
    assert chosen[:2] == ["mia", "sofia"]
    assert len(chosen) == len(set(chosen)) > 4


def test_a_form_of_another_page_does_nothing(client_as):
    mia = client_as("mia")
    answer = mia.post("/sign-out", data={"_csrf": "x"})
    assert answer.status_code == 403
    assert "E711" in answer.text
    assert mia.get("/").status_code == 200


def test_signing_out_ends_the_session_for_whoever_holds_its_cookie(client_as):
    mia = client_as("mia")
    cookie = mia.cookies["agora"]
    assert send(mia, "/sign-out").status_code == 303
    other = client_as()
    other.cookies.set("agora", cookie)
    assert other.get("/").status_code == 303


def test_no_page_is_told_in_the_form_of_the_house(client_as):
    answer = client_as("mia").get("/no/such/page")
    assert answer.status_code == 404
    assert "E714" in answer.text


def test_the_api_knows_who_calls(client_as):
    answer = client_as().get("/api/v1/products/sales/transactions")
    assert answer.status_code == 401
    assert answer.json()["code"] == "E710"
    label = client_as("mia").get("/api/v1/products/sales/transactions").json()
    assert label["name"] == "sales.transactions"


def test_somebody_finds_a_product_in_a_browser(page_as):
    page = page_as("mia")
    page.goto("/")
    page.get_by_role("searchbox").last.fill("transactions")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    page.get_by_role("link", name="Transactions", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Transactions")


def test_a_number_that_is_none_is_said_to_be_none(client_as):
    answer = client_as("mia").get("/search?q=tills&from=many")
    assert answer.status_code == 400
    assert "E712" in answer.text
