"""Query: where somebody writes a question, runs it, and finds what they asked before."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import JSONResponse

from agora.model.decision import Decision
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.model.policy import MaskKind
from agora.model.result import Result, ResultState
from agora.usecases import results, saved, workbench
from agora.web.answers import Answer, Page, Redirect
from agora.web.paths import get, post
from agora.web.tables import SEEN, why
from agora.web.visit import Visit

RECENT = 8
HISTORY = 200
SQL = 100_000
TABS = (
    ("query", "Query", "/query"), ("saved", "Saved queries", "/query/saved"),
    ("charts", "Charts", "/charts"), ("history", "What you ran", "/query/history"),
)  # fmt: skip
STATES = {
    ResultState.RUNNING: ("Running", "accent", "play"),
    ResultState.DONE: ("Done", "ok", None),
    ResultState.FAILED: ("Failed", "bad", None),
    ResultState.CANCELLED: ("Cancelled", "", "ban"),
    ResultState.EXPIRED: ("No longer kept", "", "clock"),
}


def tabs(here: str) -> dict[str, object]:
    """The pages of asking, and which of them this is."""
    return {"tabs": [{"key": k, "title": t, "href": h} for k, t, h in TABS], "tab": here}


def acting(visit: Visit, purpose: str = "") -> Actor:
    """Who came, for the purpose they chose."""
    return replace(visit.who, purpose=purpose or visit.who.purpose)


def purposes(visit: Visit) -> list[tuple[str, str]]:
    """What may be chosen as a purpose; nothing where a person has only one."""
    every = [(each.id, each.title or each.id) for each in visit.house.mesh.purposes]
    return [("", "The one I have"), *every]


def bench(visit: Visit, sql: str, purpose: str, **more: object) -> Mapping[str, object]:
    """What the workbench shows: its result, and, in a whole page, the editor and what is around it."""
    found = {"result": None, "decisions": None, "marks": [], "wrong": None, **more}
    if visit.part:
        return found
    who = acting(visit, purpose)
    recent = results.mine(visit.house, who, most=RECENT)
    return found | {
        **tabs("query"),
        "sql": sql,
        "purpose": purpose,
        "purposes": purposes(visit),
        "vocabulary": workbench.vocabulary(visit.house, who),
        "recent": [told(each) for each in recent],
        "kept": saved.mine(visit.house, who)[:RECENT],
    }


def told(result: Result) -> dict[str, object]:
    """One result in a list."""
    word, kind, image = STATES[result.state]
    return {
        "id": result.id,
        "href": f"/query/results/{result.id}",
        "sql": " ".join(result.sql.split()),
        "at": result.started.isoformat(),
        "rows": result.rows,
        "done": result.state is ResultState.DONE,
        "word": word,
        "kind": kind,
        "image": image,
        "purpose": result.purpose,
    }


def query(visit: Visit) -> Page:
    """The editor, with a text to begin with where one is named."""
    sql, purpose = visit.query.get("sql", "")[:SQL], visit.query.get("purpose", "")
    if name := visit.query.get("saved", ""):
        kept = saved.find(visit.house, visit.who, name).query
        sql, purpose = kept.sql, kept.purpose
    return Page(template="query/query.html", values=bench(visit, sql, purpose))


def run(visit: Visit) -> Page | Redirect:
    """The statement runs; its own page tells how it goes."""
    sql, purpose = visit.text("sql"), visit.text("purpose")
    if not sql:
        return _wrong(visit, "Write what you want to know", "E740")
    try:
        made = results.start(visit.house, acting(visit, purpose), sql)
    except AgoraError as problem:
        return _wrong(visit, problem.sentence, problem.code_shown, problem.status)
    return Redirect(f"/query/results/{made.id}")


def explain(visit: Visit) -> Page:
    """What was decided about every table of a text, before any of it is run."""
    sql, purpose = visit.text("sql"), visit.text("purpose")
    if not sql:
        return _wrong(visit, "Write what you want to know", "E740")
    try:
        found = workbench.explain(visit.house, acting(visit, purpose), sql)
    except AgoraError as problem:
        return _wrong(visit, problem.sentence, problem.code_shown, problem.status)
    decisions = [decided(each) for each in found]
    values = bench(visit, sql, purpose, decisions=decisions)
    return Page(template="query/query.html", values=values, part="result")


def decided(decision: Decision) -> dict[str, object]:
    """One table's decision in words: its rows, its columns, and whose rules they are."""
    port = decision.port.port
    return {
        "name": f"{port.schema}.{port.table}",
        "href": f"/products/{port.of.domain}/{port.of.product}",
        "allowed": decision.allowed,
        "purpose": decision.purpose,
        "agreement": decision.agreement,
        "expires": decision.expires,
        "reasons": decision.reasons,
        "filters": [rule.reason for rule in decision.rows],
        "columns": [
            {
                "name": view.name,
                "masked": view.mask.kind is not MaskKind.CLEAR,
                "seen": SEEN[view.mask.kind],
                "why": why(view) if view.mask.kind is not MaskKind.CLEAR else "",
            }
            for view in decision.columns
        ],
    }


def schema(visit: Visit) -> Answer:
    """What an editor may offer while somebody types: tables and columns they may see, no other."""
    who = acting(visit, visit.query.get("purpose", ""))
    found = workbench.vocabulary(visit.house, who)
    tables = [
        {
            "name": table.name,
            "title": table.product.title,
            "columns": [
                {"name": each.name, "type": each.type, "masked": each.masked}
                for each in table.columns
            ],
        }
        for table in found
    ]
    return JSONResponse({"tables": tables, "parameters": []}, headers={"cache-control": "no-store"})


def history(visit: Visit) -> Page:
    """What this person ran, newest first."""
    found = results.mine(visit.house, visit.who, most=HISTORY)
    values = {**tabs("history"), "rows": [told(each) for each in found], "most": HISTORY}
    return Page(template="query/history.html", values=values)


def _wrong(visit: Visit, sentence: str, code: str, status: int = 422) -> Page:
    wrong = {"sentence": sentence, "code": code}
    values = bench(visit, visit.text("sql"), visit.text("purpose"), wrong=wrong)
    return Page(template="query/query.html", values=values, status=status, part="result")


ROUTES = (
    get("/query", query),
    post("/query", run),
    post("/query/explain", explain),
    get("/query/schema", schema),
    get("/query/history", history),
)
