"""Rules, figures and activity over the API: what the pages of governance show, as far as one may know."""

from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.journey
TABLE = "customers.households"


def done(answer):
    assert answer.status_code < 300, answer.text
    return answer.json()


def test_rules_are_told_with_whom_they_bind_and_what_they_do(callers):
    told = done(callers("mia").get("/rules"))
    assert {"mask"} <= {each["does"] for each in told["company"]}
    own = done(callers("mia").get("/domains/sales/rules"))["items"]
    assert own == [each for each in told["domains"] if each["domain"] == "sales"] != []
    assert callers("mia").get("/domains/nothing/rules").json()["code"] == "E404"
    assert callers("mia").get("/domains/nothing").json()["code"] == "E404"
    assert done(callers("mia").get("/domains/sales"))["names"] == ["sales.transactions"]


def test_owners_ask_what_others_see_of_their_own_tables(callers):
    asked = {"table": TABLE, "person": "ana"}
    seen = done(callers("carl").get("/explain", params=asked))["items"][0]
    own = done(callers("carl").get("/explain", params={"table": TABLE}))["items"][0]
    assert {each["name"]: each["mask"] for each in seen["columns"]} != {each["name"]: each["mask"] for each in own["columns"]}  # fmt: skip
    answer = callers("sofia").get("/explain", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "E780")
    answer = callers("carl").get("/explain", params={"table": TABLE, "person": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (404, "E608")


def test_a_figure_leads_to_the_entries_it_is_counted_from(callers):
    olga = callers("olga")
    figures = done(olga.get("/scorecard"))["figures"]
    counted = next(each for each in figures if each["value"] and each["unit"] not in ("share", "seconds"))  # fmt: skip
    parts = urlsplit(counted["entries"])
    entries = done(olga.get(parts.path, params=parse_qs(parts.query)))["items"]
    assert {each["event"] for each in entries} <= set(counted["events"])
    assert entries


def test_activity_is_searched_and_paged(callers):
    olga, asked = callers("olga"), {"product": "sales.transactions", "limit": 1}
    places, cursor = [], ""
    while cursor is not None:
        page = done(olga.get("/activity", params={**asked, "cursor": cursor}))
        places += [each["place"] for each in page["items"]]
        cursor = page["next"]
    assert len(places) > 2
    assert places == sorted(set(places), reverse=True)
    assert olga.get("/activity", params={"events": "nothing"}).json()["code"] == "E760"
    assert olga.get("/activity", params={"since": "soon"}).json()["code"] == "E761"


def test_what_is_said_is_reworded_once_and_hidden(callers):
    mia, path = callers("mia"), "/products/sales/transactions/discussion"
    made = done(mia.post(path, json={"text": "what is a basket here?"}))["id"]
    after = done(mia.patch(f"{path}/{made}", json={"text": "what is a bag?", "revision": 1}))
    assert (after["text"], after["edited_by"]) == ("what is a bag?", "mia")
    answer = mia.patch(f"{path}/{made}", json={"text": "what is a box?", "revision": 1})
    assert answer.status_code == 409
    assert callers("sofia").post(f"{path}/{made}/hide", json={}).status_code == 403
    done(callers("sofia").post(f"{path}/{made}/hide", json={"reason": "asked before"}))
    shown = [each["question"]["id"] for each in done(callers("ana").get(path))["asked"]]
    assert made not in shown


def test_no_answer_leads_elsewhere(callers):
    """A redirect would name a scheme: behind a proxy the token went on in the clear."""
    for path in ("/saved/", "/me/", "//me"):
        there = callers("mia").get(path)
        assert (there.status_code, there.json()["code"]) == (404, "E714")
