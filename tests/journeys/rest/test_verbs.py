"""Verbs called over the API: each of them for somebody who may not, and with what nobody should send.

Each line of `tests/cases/rest/verbs.txt` names a verb, the scope a token needs, and what each person
is answered. A verb without a line fails here.
"""

import inspect
import json
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from agora.model.frames import unframed
from agora.model.people import Actor, Principal
from agora.model.token import Scope
from agora.model.verbs import GIVEN, OF_THE_MACHINE
from agora.serve.rest.verbs import VERBS
from tests.journeys.rest.test_authorisation import BODIES, SPEC, SQL, SUBJECTS, cleared
from tests.serving import csrf_of

pytestmark = pytest.mark.journey
TABLE = Path(__file__).parents[2] / "cases" / "rest" / "verbs.txt"
PEOPLE = ("carl", "aria", "mia")
ASKING = ("access.", "agreements.", "cart.", "inbox.", "requests.")
PORT = "sales.transactions"
DDL = "Y3JlYXRlIHRhYmxlIGEoYiBpbnQp"
WISH = {
    "ports": [[PORT, []]],
    "purpose": "sales-planning",
    "reason": "shelves",
    "accept_terms": True,
}
DRAWN = {"title": "A chart", "spec": SPEC, "of": {"sql": SQL}}
SHARED = {"audience": "readers"}
LATER = "2018-12-31T00:00:00+00:00"
SAID = {
    "access.answer": {"request": "{request}", "approve": True},
    "access.ask_back": {"request": "{request}", "words": "why"},
    "access.ask_for": {"wish": WISH},
    "access.foresee": {"wish": WISH},
    "agreements.carry_over": {"name": PORT},
    "agreements.end": {"agreement": "{agreement}"},
    "agreements.extend": {"agreement": "{agreement}", "until": LATER},
    "agreements.renew": {"agreement": "{agreement}", "reason": "go on", "accept_terms": True},
    "cart.add": {"port": PORT},
    "cart.remove": {"port": PORT},
    "cart.send": {"accept_terms": True},
    "chart.columns": {"of": {"query": "{query}"}},
    "chart.draw": {"name": "{chart}"},
    "chart.find": {"name": "{chart}"},
    "chart.preview": {"spec": SPEC, "of": {"query": "{query}"}},
    "chart.remove": {"name": "{chart}"},
    "chart.save": DRAWN,
    "chart.share": {"name": "{chart}", **SHARED},
    "consent.consent": {"port": f"{PORT}@1", "consumers": ["service:bi"]},
    "derive.derive": {"name": PORT, "reader": "ana"},
    "discuss.accept": {"product": PORT, "answer": "{answer}"},
    "discuss.discussion": {"product": PORT},
    "discuss.edit": {"product": PORT, "said": "{remark}", "text": "other", "revision": 1},
    "discuss.hide": {"product": PORT, "said": "{remark}", "reason": "no"},
    "discuss.question": {"product": PORT, "text": "why?"},
    "discuss.reply": {"product": PORT, "asked": "{question}", "text": "because"},
    "download.download": {"form": "csv", "table": PORT},
    "explain.explain": {"name": PORT},
    "exports.export": {"name": PORT},
    "follow.follow": {"product": PORT},
    "follow.unfollow": {"product": PORT},
    "history.history": {"name": PORT},
    "imports.adopt": {
        "name": "sales.stolen",
        "given": [{"file": "a.sql", "content": "Y3JlYXRlIHRhYmxlIGEoYiBpbnQp"}],
    },
    "inbox.weigh": {"request": "{request}"},
    "lineage.lineage": {"name": PORT},
    "maintain.maintain": {"names": [PORT], "keep": 1, "grace": 0},
    "new.new": {"name": "sales.stolen", "origin": "a.csv", "content": "YSxiCjEsMgo="},
    "notices.drop": {"name": "{hook}"},
    "notices.hook": {"url": "http://169.254.169.254/latest"},
    "notices.hooks": {"owner": "team:sales"},
    "notices.prefer": {"mailing": "never"},
    "preview.preview": {"name": PORT, "step": "raw"},
    "query.query": {"sql": "select max(amount) from sales.transactions"},
    "rate.rate": {"product": PORT, "stars": 4},
    "rate.withdraw": {"product": PORT},
    "requests.change": {"request": "{request}", "reason": "more"},
    "requests.reply": {"request": "{request}", "words": "because"},
    "requests.withdraw": {"request": "{request}"},
    "rollback.rollback": {"name": PORT, "to": "1", "reason": "wrong"},
    "run.run": {"name": PORT},
    "run.run_each": {"names": [{"domain": "sales", "product": "transactions"}]},
    "saved.bound": {"name": "{query}", "values": {}},
    "saved.curated": {"product": PORT},
    "saved.edit": {"name": "{query}", "title": "Mine"},
    "saved.find": {"name": "{query}"},
    "saved.remove": {"name": "{query}"},
    "saved.run": {"name": "{query}", "values": {}},
    "saved.save": {"title": "Weeks", "sql": SQL},
    "saved.share": {"name": "{query}", **SHARED},
    "schedule.put": {"name": PORT, "text": "inputs"},
    "show.rows": {"name": PORT, "of": "quarantine"},
    "show.show": {"name": PORT},
    "token.make": {"name": "all", "scopes": ["operate"], "days": 3},
    "token.revoke": {"token": "{token}"},
    "verify.verify": {"name": PORT},
    "wish.settle": {"wish_id": "nothing", "words": "done"},
    "wish.wish": {"words": "weather", "reason": "umbrellas"},
}


def said(callers, verb):
    """What the verb is told: about mia's things, where it is about somebody's."""
    found = SAID.get(verb, {"person": "emil"} if verb.startswith("account.") else {})
    text = json.dumps(found if verb != "account.people" else {})
    for word, made in SUBJECTS.items():
        if f'"{{{word}}}"' in text:
            text = text.replace(f"{{{word}}}", made(callers))
    return json.loads(text)


def call(client, verb, document):
    answer = client.post(f"/verbs/{verb}", json=document)
    code = f" {answer.json()['code']}" if answer.status_code >= 400 else ""
    return f"{answer.status_code}{code}"


def lines():
    """The table: `verb | scope | person answer, …`."""
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            verb, scope, answers = (part.strip() for part in line.split("|"))
            yield verb, scope, dict(a.split(None, 1) for a in answers.split(", "))


def reached(kind, seen=frozenset()):
    """Every type that a hint leads to."""
    inner = typing.get_args(kind)
    if is_dataclass(kind) and kind not in seen:
        hints = typing.get_type_hints(kind)
        inner = [hints[each.name] for each in fields(kind)]
    return {kind}.union(*(reached(each, seen | {kind}) for each in inner))


def test_every_verb_has_its_line_and_is_for_the_scope_it_says():
    assert {verb: str(scope) for verb, (_, scope) in VERBS.items()} == {v: s for v, s, _ in lines()}


@pytest.mark.parametrize(
    ("verb", "answers"), [(v, a) for v, _, a in lines()], ids=lambda v: v if isinstance(v, str) else ""
)  # fmt: skip
def test_whoever_calls_a_verb_is_answered_as_the_table_says(callers, verb, answers):
    found = {}
    for person in PEOPLE:
        if verb.startswith(ASKING):
            cleared(callers(person))
        if verb == "rate.withdraw" and person == "mia":
            callers(person).put("/products/sales/transactions/rating", json={"stars": 4})
        if verb.startswith("cart."):
            callers(person).post("/cart/items", json=BODIES["POST /cart/items"])
            callers(person).patch("/cart", json=BODIES["PATCH /cart"])
        found[person] = call(callers(person), verb, said(callers, verb))
    for person in PEOPLE if verb.startswith(ASKING) else ():
        cleared(callers(person))
    assert found == answers
    assert not (callers.served.root / "sales" / "stolen").exists()


def test_a_token_calls_what_it_allows_and_no_more(callers):
    for held in ("read", "ask", "make", "operate"):
        client = callers("olga", (held,))
        for verb, (_, scope) in VERBS.items():
            if scope != held:
                assert call(client, verb, {}) == "403 E613", (held, verb)


def test_a_session_allows_everything_and_each_verb_refuses_by_itself(callers):
    client = callers.served.client("carl")
    client.headers["x-csrf-token"] = csrf_of(client.get("/sign-in").text)
    for verb, (_, scope) in VERBS.items():
        if scope == Scope.OPERATE:
            answer = client.post(f"/api/v1/verbs/{verb}", json=said(callers, verb))
            assert answer.status_code == 403, answer.text
            assert answer.json()["code"] in {"E605", "E453", "E418", "E669"}


def test_of_several_runs_each_is_refused(callers):
    answer = callers("mia").post("/verbs/run.run_each", json=SAID["run.run_each"])
    pieces = [json.loads(each) for each in unframed(iter([answer.content])) if each]
    name, ran = pieces[1]
    assert (name["product"], ran["run"], ran["refused"][1]["code"]) == (
        "transactions",
        None,
        "E419",
    )


def test_nobody_says_who_somebody_is(callers):
    for verb, _ in VERBS.values():
        hints = typing.get_type_hints(verb)
        for name in inspect.signature(verb).parameters.keys() - {*GIVEN, *OF_THE_MACHINE}:
            assert not reached(hints[name]) & {Principal, Actor}, (verb, name)
    boss = {"id": "boss", "kind": "person", "roles": ["governance-lead"]}
    assert call(callers("mia"), "explain.explain", {"name": PORT, "told": boss}) == "400 E773"


ODD = [
    ("search.search", {"words": "\ud800"}, "400 E773"),
    ("search.search", {"words": "a\0b"}, "400 E773"),
    ("search.search", {"words": "x" * 501}, "400 E672"),
    ("search.search", {"words": "x", "where": {"\ud800": ["x"]}}, "400 E773"),
    ("search.search", {"words": "x", "where": []}, "400 E773"),
    ("search.search", {"words": "x", "offset": 10**30}, "400 E773"),
    ("search.search", {"words": "x", "offset": 1 << 62}, "200"),
    ("ledger.records", {"after": True}, "400 E773"),
    ("ledger.records", {"after": -(10**19)}, "400 E773"),
    ("saved.edit", {"name": "x", "parameters": 3}, "400 E773"),
    ("plan.plan", {"against": "HEAD\0"}, "400 E773"),
    ("query.query", {"sql": SQL, "editions": ["\udfff"]}, "400 E773"),
    ("new.new", {"name": "sales.odd", "origin": "a.csv", "content": "YQ==", "options": [["path", "/etc/passwd"]]}, "400 E034"),
    ("new.new", {"name": "sales.odd", "origin": "a.csv", "content": "YQ==", "options": [["header", "x"]]}, "400 E034"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "document", "wanted"), ODD)
def test_what_nobody_should_send_is_refused_calmly(callers, verb, document, wanted):
    client = callers("sofia")
    body = json.dumps(document)
    answer = client.post(
        f"/verbs/{verb}", content=body, headers={"content-type": "application/json"}
    )
    code = f" {answer.json()['code']}" if answer.status_code >= 400 else ""
    assert f"{answer.status_code}{code}" == wanted, answer.text
    assert not (callers.served.root / "sales" / "odd").exists()
