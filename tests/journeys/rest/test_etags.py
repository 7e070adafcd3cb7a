"""ETags: what has not changed is not sent again, and what has changed is not overwritten unseen."""

import pytest

pytestmark = pytest.mark.journey


def saved(callers):
    body = {"title": "Weeks", "sql": "select 1"}
    body["sql"] = "select week from sales.transactions"
    made = callers("mia").post("/saved", json=body).json()
    return f"/saved/{made['query']['id']}"


def test_what_has_not_changed_is_not_sent_again(callers):
    first = callers("mia").get("/products")
    mark = first.headers["etag"]
    again = callers("mia").get("/products", headers={"if-none-match": f'"other", W/{mark}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
    assert first.headers["cache-control"] == "private, no-cache"
    assert "authorization" in first.headers["vary"].lower()
    other = callers("mia").get("/products", headers={"if-none-match": '"other"'})
    assert (other.status_code, other.json()) == (200, first.json())


def test_a_mark_tells_nobody_of_what_others_see(callers):
    own = callers("mia").get("/me").headers["etag"]
    assert callers("carl").get("/me", headers={"if-none-match": own}).status_code == 200
    assert callers().get("/me", headers={"if-none-match": own}).status_code == 401


def test_what_has_changed_since_is_not_overwritten_unseen(callers):
    path = saved(callers)
    seen = callers("mia").get(path).headers["etag"]
    done = callers("mia").patch(path, json={"title": "First"}, headers={"if-match": seen})
    assert done.status_code == 200
    late = callers("mia").patch(path, json={"title": "Second"}, headers={"if-match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "E790")
    assert callers("mia").get(path).json()["query"]["title"] == "First"
    now = callers("mia").get(path).headers["etag"]
    gone = callers("mia").delete(path, headers={"if-match": f'"x", {now}'})
    assert gone.status_code == 200


def test_a_mark_opens_nothing_that_is_not_ones_own(callers):
    path = saved(callers)
    for mark in ("*", '"x"'):
        answer = callers("carl").patch(path, json={"title": "Mine"}, headers={"if-match": mark})
        assert answer.status_code == 404


def test_a_browser_keeps_nothing_of_what_somebody_saw(served, client_as):
    answer = client_as("mia").get("/api/v1/products")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_rows_that_stream_carry_no_mark(callers):
    body = {"sql": "select week from sales.transactions limit 1", "format": "csv"}
    answer = callers("mia").post("/query", json=body)
    assert (answer.status_code, "etag" in answer.headers) == (200, False)
