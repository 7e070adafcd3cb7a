"""Who may do what over the API: every endpoint, for everybody, as `tests/cases/rest/` says.

Each line of the table names an endpoint, the scope a token needs, and what each person is answered:
a status, and the code of a refusal. An endpoint without a line fails here.
"""

import itertools
import re
import time
from pathlib import Path

import pytest

from agora.serve.rest.scopes import SCOPES

pytestmark = pytest.mark.journey
TABLE = Path(__file__).parents[2] / "cases" / "rest" / "authorisation.txt"
PEOPLE = ("nobody", "carl", "aria", "ana", "mia", "sofia", "olga")
SQL = "select week, count(*) as n from sales.transactions group by week"
SPEC = (
    '{"mark": "bar", "encoding": {"x": {"field": "week", "type": "ordinal"},'
    ' "y": {"field": "n", "type": "quantitative"}}}'
)
TRANSACTIONS = {"domain": "sales", "product": "transactions", "table": "transactions"}
WISH = {
    "tables": [{"table": "sales.transactions"}],
    "purpose": "sales-planning",
    "reason": "shelves",
    "accept_terms": True,
}
MAKING = {
    "name": "sales.transactions",
    "sql": SQL,
    "title": "Baskets",
    "summary": "Baskets of each week.",
    "purpose": "sales-planning",
    "reason": "to plan",
}
COUNT = itertools.count()
BODIES = {
    "POST /agreements/{agreement}/end": {"words": "over"},
    "POST /agreements/{agreement}/extend": {"until": "2018-12-31T00:00:00Z"},
    "POST /agreements/{agreement}/renew": {"reason": "go on", "accept_terms": True},
    "POST /cart/items": {"table": "sales.transactions"},
    "POST /cart/send": {"accept_terms": True},
    "PATCH /cart": {"purpose": "sales-planning", "reason": "shelves"},
    "POST /charts": {"title": "A chart", "spec": SPEC, "sql": SQL},
    "POST /charts/preview": {"spec": SPEC, "sql": SQL},
    "PATCH /charts/{chart}": {"title": "Another"},
    "PUT /charts/{chart}/sharing": {"audience": "readers"},
    "POST /hooks": {"url": "https://1.1.1.1/agora"},
    "POST /me/tokens": {"name": "more", "scopes": ["read"]},
    "POST /notices/read": {},
    "PUT /notices/preference": {"mailing": "never"},
    "PUT /draft/columns": {},
    "PUT /draft/label": {
        "title": "Targets",
        "summary": "What is aimed at.",
        "domain": "sales",
        "product": "transactions",
    },
    "POST /products": MAKING,
    "POST /products/foresight": MAKING,
    "PUT /products/{domain}/{product}/schedule": {"when": "soon"},
    "POST /plan": {"product": "sales.transactions"},
    "POST /products/{domain}/{product}/consent": {},
    "POST /products/{domain}/{product}/discussion": {"text": "why"},
    "POST /products/{domain}/{product}/discussion/{question}/answers": {"text": "because"},
    "PATCH /products/{domain}/{product}/discussion/{remark}": {"text": "why so?", "revision": 1},
    "POST /products/{domain}/{product}/discussion/{remark}/hide": {"reason": "said twice"},
    "PUT /products/{domain}/{product}/rating": {"stars": 4, "words": "good"},
    "POST /products/{domain}/{product}/ratings/{author}/hide": {"reason": "rude"},
    "POST /products/{domain}/{product}/rollback": {"to": "1", "reason": "wrong"},
    "POST /products/{domain}/{product}/runs": {},
    "POST /query/explain": {"sql": SQL},
    "POST /query": {"sql": SQL, "format": "csv"},
    "POST /requests": WISH,
    "POST /requests/foresight": WISH,
    "PATCH /requests/{request}": {"reason": "more shelves"},
    "POST /requests/{request}/answer": {"approve": False, "words": "not now"},
    "POST /requests/{request}/ask-back": {"words": "why"},
    "POST /requests/{request}/reply": {"words": "because"},
    "POST /requests/{request}/withdraw": {},
    "POST /results": {"sql": SQL},
    "POST /saved": {"title": "Weeks", "sql": SQL},
    "PATCH /saved/{query}": {"title": "More weeks"},
    "PUT /saved/{query}/sharing": {"audience": "readers"},
    "POST /saved/{query}/run": {"format": "csv"},
    "POST /verbs/{verb}": {"words": "sales"},
    "POST /wishes": {"words": "weather", "reason": "umbrellas"},
}
QUERIES = {
    "GET /explain": {"table": "sales.transactions", "person": "mia"},
    "PUT /draft": {"file": "targets.csv"},
    "PUT /products/{domain}/{product}/file": {"file": "targets.ods"},
}
FILES = {"PUT /draft": b"week,target\n1,20\n", "PUT /products/{domain}/{product}/file": b"?"}


def done(answer):
    assert answer.status_code < 300, answer.text
    return answer.json()


def cleared(client):
    """Nothing of what this caller asked for stands in the way of asking again."""
    for each in done(client.get("/requests", params={"limit": 200}))["items"]:
        if each["state"] == "pending":
            client.post(f"/requests/{each['id']}/withdraw", json={})
    for each in done(client.get("/agreements", params={"limit": 200}))["items"]:
        if each["purpose"] == WISH["purpose"] and not each["ended_at"]:
            client.post(f"/agreements/{each['id']}/end", json={})


def asked(callers):
    """A request of mia's that waits for sofia."""
    cleared(callers("mia"))
    return done(callers("mia").post("/requests", json=WISH))[0]["request"]["id"]


def agreed(callers):
    """An agreement of mia's that sofia has made."""
    name = asked(callers)
    made = done(callers("sofia").post(f"/requests/{name}/answer", json={"approve": True}))
    return made["agreement"]["id"]


def questioned(callers):
    path = "/products/sales/transactions/discussion"
    return done(callers("mia").post(path, json={"text": f"why {next(COUNT)}?"}))["id"]


def rated(callers):
    """The author of a rating, who has just given it anew."""
    done(
        callers("mia").put("/products/sales/transactions/rating", json={"stars": 4, "words": "hm"})
    )
    return "mia"


def answered(callers):
    path = f"/products/sales/transactions/discussion/{questioned(callers)}/answers"
    return done(callers("sofia").post(path, json={"text": "because"}))["id"]


def resulted(callers):
    name = done(callers("mia").post("/results", json={"sql": SQL}))["id"]
    until = time.monotonic() + 20
    while done(callers("mia").get(f"/results/{name}"))["state"] == "running":
        assert time.monotonic() < until
        time.sleep(0.01)
    return name


def token_of_mia(callers):
    return done(callers("mia").post("/me/tokens", json=BODIES["POST /me/tokens"]))["token"]["id"]


def hooked(callers):
    """A webhook of mia's, and no other one."""
    mia = callers("mia")
    for each in done(mia.get("/hooks"))["items"]:
        mia.delete(f"/hooks/{each['id']}")
    return done(mia.post("/hooks", json=BODIES["POST /hooks"]))["hook"]["id"]


def ran(callers):
    """The run that made what is served now; one was asked for over the API, and is over."""
    runs = "/products/sales/transactions/runs"
    done(callers("sofia").post(runs, json={}, headers={"prefer": "wait=30"}))
    return done(callers("sofia").get(runs))["items"][-1]["id"]


SUBJECTS = {
    "author": rated,
    "run": ran,
    "remark": questioned,
    "hook": hooked,
    "request": asked,
    "agreement": agreed,
    "question": questioned,
    "answer": answered,
    "result": resulted,
    "query": lambda c: done(c("mia").post("/saved", json=BODIES["POST /saved"]))["query"]["id"],
    "chart": lambda c: done(c("mia").post("/charts", json=BODIES["POST /charts"]))["chart"]["id"],
    "token": token_of_mia,
    "person": lambda _: "emil",
    "verb": lambda _: "search.search",
}


def lines():
    """The table: `endpoint | scope | person answer, …`."""
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            endpoint, scope, answers = (part.strip() for part in line.split("|"))
            yield " ".join(endpoint.split()), scope, dict(a.split(None, 1) for a in answers.split(", "))  # fmt: skip


def address(endpoint, known):
    """The path of an endpoint about something that is there."""
    path = endpoint.partition(" ")[2]
    for word in re.findall(r"{(\w+)}", path):
        path = path.replace(f"{{{word}}}", known[word])
    return path


def about(callers, endpoint):
    """What the endpoint is asked about, as it is there now."""
    if "/latest" in endpoint:
        ran(callers)
    own = {"table": "sales.transactions"} if endpoint.startswith("DELETE /cart") else {}
    words = set(re.findall(r"{(\w+)}", endpoint)) & set(SUBJECTS)
    return {**TRANSACTIONS, **own, **{word: SUBJECTS[word](callers) for word in words}}


def answers_of(callers, endpoint):
    """How the API answers everybody: a status, and the code of a refusal."""
    method = endpoint.partition(" ")[0]
    known = about(callers, endpoint)
    found = {}
    for person in PEOPLE:
        reset(callers, endpoint, person)
        client = callers("" if person == "nobody" else person)
        answer = client.request(
            method,
            address(endpoint, known),
            json=BODIES.get(endpoint),
            content=FILES.get(endpoint),
            params=QUERIES.get(endpoint),
        )
        if answer.status_code < 400:
            found[person] = str(answer.status_code)
            known = known if method == "GET" else about(callers, endpoint)
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            found[person] = f"{answer.status_code} {answer.json()['code']}"
    if {"request", "agreement"} & set(known):
        cleared(callers("mia"))  # with two agreements a query would have to say its purpose
    return found


def reset(callers, endpoint, person):
    """What an earlier caller of an endpoint has left does not stand in the way."""
    own = callers("mia" if person == "nobody" else person)
    if endpoint in {"POST /requests", "POST /requests/foresight", "POST /cart/send"}:
        cleared(own)
    if endpoint == "POST /wishes":  # nobody wishes for the same twice
        BODIES[endpoint] = {"words": f"weather of day {next(COUNT)}", "reason": "umbrellas"}
    if endpoint.startswith("DELETE") and endpoint.endswith("/rating"):
        callers("mia").put("/products/sales/transactions/rating", json={"stars": 4})
    if "/draft" in endpoint:
        own.put("/draft", params=QUERIES["PUT /draft"], content=FILES["PUT /draft"])
        own.put("/draft/label", json=BODIES["PUT /draft/label"])
    if "/cart/" in endpoint:
        own.post("/cart/items", json=BODIES["POST /cart/items"])
        own.patch("/cart", json=BODIES["PATCH /cart"])


@pytest.mark.parametrize(("endpoint", "scope", "answers"), list(lines()), ids=lambda v: v if isinstance(v, str) and " " in v else "")  # fmt: skip
def test_everybody_is_answered_as_the_table_says(callers, endpoint, scope, answers):
    assert SCOPES[endpoint] == scope
    assert tuple(answers) == PEOPLE
    assert answers_of(callers, endpoint) == answers
    assert answers["nobody"] == "401 E710"


def test_every_endpoint_has_its_line(callers):
    spec = callers().get("/openapi.json").json()
    there = {f"{method.upper()} {path}" for path, methods in spec["paths"].items() for method in methods}  # fmt: skip
    assert there == {endpoint for endpoint, _, _ in lines()} == set(SCOPES)


@pytest.mark.parametrize("held", ["read", "ask", "make", "operate"])
def test_a_token_does_what_it_allows_and_no_more(callers, held):
    client = callers("olga", (held,))
    nothing = dict.fromkeys((*SUBJECTS, *TRANSACTIONS), "nothing")
    for endpoint, scope in SCOPES.items():
        method = endpoint.partition(" ")[0]
        if scope != held:
            answer = client.request(method, address(endpoint, nothing), json=BODIES.get(endpoint))
            assert (answer.status_code, answer.json()["code"]) == (403, "E613"), endpoint
