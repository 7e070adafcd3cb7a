"""Query to product: what somebody asks again and again becomes something others can find and use."""

from contextlib import suppress

from agora.model.errors import AgoraError, Invalid
from agora.usecases import results, saved, sheet, studio
from agora.usecases.make import Drawn, Plan, foresee, make
from agora.web.answers import Page, Redirect
from agora.web.hints import beside
from agora.web.paths import get, post
from agora.web.query import acting, purposes
from agora.web.studio import people
from agora.web.visit import Visit

FIELDS = ("domain", "product", "sql", "title", "summary", "row", "terms", "purpose", "reason")
WRONG = {"E014": "product", "E013": "product", "E750": "domain", "E411": "purpose", "E630": "accept_terms"}  # fmt: skip
"""Which field an error of this code is about; of the others it is the query."""


def chooser(visit: Visit) -> Page:
    """Where a new product can come from."""
    return Page(
        template="studio/new.html",
        values={
            "domains": studio.domains(visit.house, visit.who),
            "draft": sheet.standing(visit.house, visit.who),
        },
    )


def form(visit: Visit) -> Page:
    """The form, begun with a saved query or a result where one is named."""
    typed = {"sql": visit.query.get("sql", ""), "purpose": visit.query.get("purpose", "")}
    if name := visit.query.get("saved", ""):
        kept = saved.find(visit.house, visit.who, name).query
        typed = {"sql": kept.sql, "purpose": kept.purpose, "title": kept.title}
        typed["summary"] = kept.description.partition("\n")[0]
        with suppress(Invalid):  # a value is open: the form says so as soon as it is sent
            typed["sql"] = saved.bound(visit.house, visit.who, name, {})
    elif name := visit.query.get("result", ""):
        found = results.look(visit.house, visit.who, name)
        typed = {"sql": found.sql, "purpose": found.purpose}
    return _form(visit, typed)


def send(visit: Visit) -> Page | Redirect:
    """The product is made, or only foreseen, or the form goes back with what is wrong."""
    typed = {name: visit.text(name) for name in FIELDS}
    who = acting(visit, typed["purpose"])
    drawn = None
    try:
        plan = _plan(visit, typed)
        if visit.text("look"):
            drawn = foresee(visit.house, who, plan)
            return _form(visit, typed, drawn)
        made = make(visit.house, who, plan)
    except AgoraError as problem:
        return _form(visit, typed, drawn, problem)
    visit.site.reread()
    title = typed["title"]
    said = f"{title} is written." + (" Its requests are sent." if made.asked else "")
    return Redirect(f"/studio/{made.name.domain}/{made.name.product}", said=said)


def _plan(visit: Visit, typed: dict[str, str]) -> Plan:
    return Plan(
        name=f"{typed['domain']}.{typed['product']}",
        sql=typed["sql"],
        title=typed["title"],
        summary=typed["summary"],
        row=typed["row"],
        terms=typed["terms"],
        purpose=typed["purpose"],
        reason=typed["reason"],
        accept_terms=visit.text("accept_terms") == "yes",
        onward=tuple(each for each in visit.texts("onward") if each != typed["purpose"]),
    )


def _form(
    visit: Visit,
    typed: dict[str, str],
    drawn: Drawn | None = None,
    problem: AgoraError | None = None,
) -> Page:
    names = studio.domains(visit.house, visit.who)
    wrong = {}
    if problem is not None:
        field = WRONG.get(problem.code_shown, "sql")
        if problem.code_shown == "E746":
            field = "title" if "title" in problem.sentence else "summary"
        reasons = getattr(problem, "reasons", ())
        field = "reason" if any(each.code == "E423" for each in reasons) else field
        wrong = {field: beside(problem)}
    values = {
        "typed": typed,
        "domains": [(name, name) for name in names],
        "purposes": [("", "Choose one"), *purposes(visit)[1:]],
        "accepted": visit.text("accept_terms"),
        "onward": visit.texts("onward"),
        "drawn": _told(visit, drawn) if drawn else None,
        "wrong": wrong,
        "errors": [{"id": field, "text": text} for field, text in wrong.items()],
    }
    status = problem.status if problem else 200
    return Page(template="studio/query.html", values=values, status=status)


def _told(visit: Visit, drawn: Drawn) -> dict[str, object]:
    reads = dict(drawn.reads)
    return {
        "columns": [
            {
                "name": each.name,
                "type": each.type.sql.lower(),
                "description": each.description,
                "tags": each.tags,
                "key": each.key,
            }
            for each in drawn.draft.columns
        ],
        "step": drawn.draft.step,
        "files": drawn.files,
        "asks": [
            {"port": str(p.port), "who": people(visit, who), "columns": reads[p]}
            for p, who in drawn.asks
        ],
        "terms": [{"port": str(p.port), "text": text} for p, text in drawn.terms],
        "masked": drawn.masked,
        "filtered": [str(p.port) for p in drawn.filtered],
        "uses": drawn.uses,
        "stay": drawn.stay,
        "anything": len(drawn.uses) == len(visit.house.mesh.purposes),
    }


ROUTES = (
    get("/studio/new", chooser),
    get("/studio/new/query", form),
    post("/studio/new/query", send),
)
