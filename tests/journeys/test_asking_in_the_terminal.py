"""Asking, answering and going on, in the terminal: what is printed leads from one step to the next."""

import json
import re

import pytest

HOMES = "customers.households"
SOLD = "sales.transactions"
FOR = ("--purpose", "segmentation", "--reason", "groups")


@pytest.fixture
def done(shell):
    """A command that works, and what it printed."""

    def run(*words, who="mia"):
        code, out, err = shell(*words, "--as", who)
        assert code == 0, (words, out, err)
        return out

    return run


def name(out, kind):
    return re.search(rf"{kind}-[\w-]+", out)[0]


def result(out):
    return json.loads(out)["result"]


def test_a_dry_run_says_what_would_come_of_it(done, shell):
    out = done("request", SOLD, HOMES, *FOR, "--dry-run")
    assert "decided by Sofia Berg" in out
    assert "decided by Carl Weiss" in out
    assert re.search(r"age +empty +Personal data is masked", out)
    assert "terms (to accept): For planning inside the company" in out
    assert "Nothing was sent" in out
    assert result(done("request", SOLD, *FOR, "--dry-run", "--json"))["ports"][0]["to_accept"]
    out = done("request", SOLD, *FOR, "--for", "carl", "--dry-run")
    assert "cannot be asked (E426)" in out
    assert "Nothing was sent" not in out
    assert "nothing to ask for: you may read" in done("request", SOLD, *FOR, "--dry-run", who="ana")
    assert "only Analysts see the stores" in done("request", SOLD, *FOR, "--dry-run", who="ana")
    assert "nothing waits for you" in done("approve", who="sofia")
    code, _, err = shell("request", SOLD, *FOR, "--as", "mia")
    assert (code, "error[E630]" in err, "--accept-terms" in err) == (3, True, True)
    for asking in (("request", SOLD, *FOR), ("cart", "--add", SOLD), ("approve", "any")):
        code, _, err = shell(*asking, "--columns", "", "--as", "mia")
        assert (code, "leave it out to mean every column" in err) == (2, True), err


def test_several_tables_are_asked_for_and_talked_about(done):
    out = done("request", SOLD, HOMES, *FOR, "--accept-terms")
    first = name(out, "req")
    assert "`sofia` decides" in out
    assert "`carl` decides" in out
    out = done("approve", first, "--look", who="sofia")
    assert "after an approval:" in out
    assert "so far: 0 other requests" in out
    assert ", with bun-" in out
    assert result(done("approve", first, "--look", "--json"))["past"] is None
    out = done("approve", first, "--ask", "which weeks?", who="sofia")
    assert f'Next: agora agreements {first} --reply "…" --as mia' in out
    assert "waits for who asked" in done("approve", who="sofia")
    out = done("agreements", first, "--reply", "the last four")
    assert "sofia: which weeks?" in out
    assert "mia: the last four" in out
    out = done("agreements", first, "--change", "--columns", "week,amount", "--until", "2018-03-01")
    assert f"{first}@2" in out
    assert f"Next: agora approve {first}@2 --as sofia" in done("approve", who="sofia")
    out = done("approve", f"{first}@2", who="sofia")
    agreed = name(out, "agr")
    out = done("agreements")
    assert re.search(rf"{agreed} .*2018-03-01 +active", out)
    assert "customers.households@1" in out
    assert "pending" in out


def test_agreements_go_on_and_end(done, shell):
    out = done("request", SOLD, *FOR, "--until", "2018-01-20", "--accept-terms")
    agreed = name(done("approve", name(out, "req"), who="sofia"), "agr")
    out = done("agreements")
    assert f"! {agreed} ({SOLD}@1) ends on 2018-01-20, with its agreement" in out
    out = done("agreements", agreed, "--extend", "--until", "2018-02-20", who="sofia")
    second = name(out, "agr")
    assert "goes on until 2018-02-20" in out
    out = done("agreements", second, "--renew", "--until", "2018-06-30")
    out = done("approve", name(out, "req"), who="sofia")
    third = name(out, "agr")
    out = done("agreements")
    assert f"replaced by {third}" in out
    assert f"renews {second}" in out
    done("agreements", third, "--end", "--reason", "over", who="sofia")
    assert "ended by sofia: over" in done("agreements")
    assert done("agreements", SOLD, "--carry", who="emil").startswith("no agreement is carried")
    code, _, err = shell("agreements", third, "--end", "--as", "carl")
    assert (code, "error[E408]" in err) == (2, True)
    assert "has agreed to nothing" in done("agreements", who="carl")


def test_what_a_product_may_pass_on_is_asked_and_given(done):
    words = (SOLD, *FOR, "--for", "service:customers.segments", "--onward", "campaign-planning")
    out = done("request", *words, "--dry-run", who="carl")
    assert "what is made of it may be used for segmentation and campaign-planning" in out
    asked = name(done("request", *words, "--accept-terms", who="carl"), "req")
    assert "passed on for campaign-planning" in done("approve", asked, "--look", who="sofia")
    given = result(done("approve", asked, "--no-onward", "--json", who="sofia"))["agreement"]
    assert given["onward"] == []


def test_a_request_is_taken_back(done):
    asked = name(done("request", HOMES, *FOR), "req")
    assert "withdrawn" in done("agreements", asked, "--withdraw")
    assert result(done("agreements", "--json"))["requests"][0]["state"] == "withdrawn"


def test_a_cart_is_filled_and_sent(done):
    assert "the cart is empty" in done("cart")
    done("cart", "--add", SOLD, "--columns", "week")
    assert "passed on for sales-planning" in done("cart", "--onward", "sales-planning")
    assert "(E802)" in done("cart", *FOR, "--dry-run")
    assert "passed on" not in done("cart", "--no-onward")
    out = done("cart", "--add", HOMES, *FOR, "--until", "2018-06-30")
    assert f"{SOLD}@1, only week" in out
    assert "for segmentation, until 2018-06-30: groups" in out
    assert "Next: agora cart --send" in out
    assert "decided by Carl Weiss" in done("cart", "--dry-run")
    assert HOMES not in done("cart", "--remove", HOMES)
    assert "`sofia` decides" in done("cart", "--send", "--accept-terms")
    assert result(done("cart", "--json"))["items"] == []
