"""Result: how a statement goes, its rows in pages, why they look as they do, and taking them along."""

from dataclasses import replace

from starlette.responses import JSONResponse

from agora.model.errors import AgoraError, Missing
from agora.model.policy import MaskKind
from agora.model.result import Result, ResultColumn, ResultState
from agora.needs.house import House
from agora.usecases import results, workbench
from agora.web.answers import Answer, Page, Redirect
from agora.web.paths import get, post
from agora.web.query import STATES, bench, decided
from agora.web.tables import called, kind_of, said, texts
from agora.web.visit import Visit, whole

PLAIN = 200
"""Rows of a plain table; what is larger is scrolled through."""
WINDOW = 500
SOON = 120
"""Milliseconds until a young statement is looked at again."""


def result(visit: Visit) -> Page:
    """Where the statement stands; the rows once it is done."""
    found = results.look(visit.house, visit.who, visit.path["result"])
    values = bench(visit, found.sql, found.purpose, **_told(visit, found))
    ended = {} if found.state is ResultState.RUNNING else {"HX-Reswap": "innerHTML"}
    return Page(template="query/query.html", values=values, part="result", headers=ended)


def rows(visit: Visit) -> Answer:
    """One window of the rows, as they may be seen now."""
    offset = whole(visit.query.get("offset", ""), "offset")
    limit = whole(visit.query.get("limit", ""), "limit", most=WINDOW) or WINDOW
    page = results.page(visit.house, visit.who, visit.path["result"], offset=offset, limit=limit)
    body = {
        "columns": heads(page.result),
        "offset": page.offset,
        "total": page.result.rows,
        "rows": texts(page.rows),
    }
    return JSONResponse(body, headers={"cache-control": "no-store"})


def cancel(visit: Visit) -> Redirect:
    """The statement is asked to end."""
    found = results.cancel(visit.house, visit.who, visit.path["result"])
    return Redirect(f"/query/results/{found.id}")


def forget(visit: Visit) -> Redirect:
    """Its rows are gone."""
    results.forget(visit.house, visit.who, visit.path["result"])
    return Redirect("/query/history", said="The rows are gone; that you ran it stays here.")


def heads(found: Result) -> list[dict[str, object]]:
    """The columns of a result: a masked one says so, and why."""
    return [
        {
            "name": each.name,
            "type": called(each.type),
            "kind": kind_of(each.type),
            "masked": each.mask is not MaskKind.CLEAR,
            "why": _why(each),
        }
        for each in found.columns
    ]


def _why(column: ResultColumn) -> str:
    return "; ".join(said(each) for each in column.reasons)


def _told(visit: Visit, found: Result) -> dict[str, object]:
    """What the page says of a result in any of its states."""
    word, kind, image = STATES[found.state]
    values: dict[str, object] = {
        "result": found,
        "state": {"word": word, "kind": kind, "image": image},
        "base": f"/query/results/{found.id}",
        "poll": SOON,
        "heads": heads(found),
        "marks": [],
        "decisions": None,
        "plain": PLAIN,
    }
    match found.state:
        case ResultState.DONE:
            return values | _rows(visit, found)
        case ResultState.FAILED:
            return values | _failed(visit, found)
    return values


def _rows(visit: Visit, found: Result) -> dict[str, object]:
    """Some rows for a plain table, the decisions behind them, and the forms they can leave in."""
    house, who = visit.house, visit.who
    start = whole(visit.query.get("from", ""), "from")
    try:
        page = results.page(house, who, found.id, offset=start, limit=PLAIN)
    except AgoraError as problem:
        return {"problem": problem}
    decisions = workbench.explained(house, who, page.result)
    return {
        "problem": None,
        "rows": texts(page.rows),
        "start": start,
        "earlier": f"?from={max(start - PLAIN, 0)}" if start else None,
        "later": f"?from={start + PLAIN}" if start + PLAIN < found.rows else None,
        "explained": [decided(each) for each in decisions],
        "filters": [
            {"table": str(each.port.port), "reason": rule.reason}
            for each in decisions
            for rule in each.rows
        ],
        "forms": _forms(house, found),
    }


def _forms(house: House, found: Result) -> list[dict[str, object]]:
    """Every form rows can leave in, with what it cannot hold said before."""
    forms = [house.outlets.pick(kind).form for kind in house.outlets.kinds()]
    return [{"form": form, "fits": not form.rows or found.rows <= form.rows} for form in forms]


def _failed(visit: Visit, found: Result) -> dict[str, object]:
    """Where in the text it failed, and, where a right is lacking, how to ask for it."""
    failure = found.failure
    assert failure is not None, "what failed says why"
    who = replace(visit.who, purpose=found.purpose)
    place = workbench.mistake(visit.house, who, found.sql, failure)
    marks = (
        [{"line": place.line, "column": place.column, "message": failure.sentence}] if place else []
    )
    return {
        "marks": marks,
        "place": place,
        "ask": _ask(visit, found) if failure.reasons else [],
        "open_values": workbench.parameters(visit.house, who, found.sql),
    }


def _ask(visit: Visit, found: Result) -> list[dict[str, object]]:
    """The tables of the text that this person may ask for."""
    try:
        told = workbench.explain(visit.house, replace(visit.who, purpose=found.purpose), found.sql)
    except Missing:
        return []
    return [decided(each) for each in told if not each.allowed]


ROUTES = (
    get("/query/results/{result}", result),
    get("/query/results/{result}/rows", rows),
    post("/query/results/{result}/cancel", cancel),
    post("/query/results/{result}/forget", forget),
)
