"""Saved: queries kept, shared and offered by owners; whoever runs one gets their own rows."""

from collections.abc import Iterator, Mapping
from typing import TypedDict

from agora.model.errors import AgoraError, Conflict
from agora.model.saved import Audience, Parameter, ParameterKind, Sharing
from agora.usecases import results, saved, workbench
from agora.usecases.saved import Saved
from agora.web import overtaken
from agora.web.answers import Page, Redirect
from agora.web.paths import get, post
from agora.web.query import acting, purposes, tabs
from agora.web.visit import Visit, whole

AUDIENCES = (
    (Audience.NOBODY.value, "Only me", ""),
    (Audience.NAMED.value, "People and teams I name", "They see the words; rows are their own."),
    (Audience.READERS.value, "Whoever may read its tables", ""),
)


class Shared(TypedDict):
    """Whom something is shared with, as verbs are told."""

    audience: Audience
    named: list[str]
    editors: list[str]


KINDS = tuple((kind.value, kind.value.capitalize()) for kind in ParameterKind)


def listed(visit: Visit) -> Page:
    """One's own, those of others, and those that owners offer with their products."""
    house, who = visit.house, visit.who
    values = {
        **tabs("saved"),
        "mine": saved.mine(house, who),
        "shared": saved.shared(house, who),
        "offered": saved.offered(house, who),
    }
    return Page(template="saved/list.html", values=values)


def one(visit: Visit) -> Page:
    """One saved query, with a field for each of its parameters."""
    return _one(saved.find(visit.house, visit.who, visit.path["name"]))


def new(visit: Visit) -> Page:
    """A form for keeping a text: that of a result, or what was typed; its parameters are found."""
    if name := visit.query.get("result", ""):
        found = results.look(visit.house, visit.who, name)
        return _form(visit, _typed(visit) | {"sql": found.sql, "purpose": found.purpose})
    return _form(visit, _typed(visit))


def edit(visit: Visit) -> Page:
    """The same form with what stands there now."""
    kept = saved.find(visit.house, visit.who, visit.path["name"])
    return _form(visit, _standing(kept))


def save(visit: Visit) -> Page | Redirect:
    """The query is kept, or what is wrong stands beside its field."""
    try:
        made = saved.save(
            visit.house,
            acting(visit, visit.text("purpose")),
            title=visit.text("title"),
            sql=visit.text("sql"),
            description=visit.text("description"),
            parameters=tuple(_parameters(visit)),
            purpose=visit.text("purpose"),
            **sharing(visit),
        )
    except AgoraError as problem:
        return _form(visit, _typed(visit), problem)
    return Redirect(f"/query/saved/{made.query.id}", said=f"Saved “{made.query.title}”.")


def change(visit: Visit) -> Page | Redirect:
    """What was typed stands in place of the old; who was slower sees both and loses nothing."""
    name = visit.path["name"]
    try:
        saved.edit(
            visit.house,
            acting(visit, visit.text("purpose")),
            name,
            whole(visit.text("revision"), "revision"),
            title=visit.text("title"),
            sql=visit.text("sql"),
            description=visit.text("description"),
            parameters=tuple(_parameters(visit)),
            purpose=visit.text("purpose"),
        )
    except AgoraError as problem:
        return _form(visit, _typed(visit) | {"id": "" if lost(problem) else name}, problem)
    return Redirect(f"/query/saved/{name}", said="Changed.")


def run(visit: Visit) -> Page | Redirect:
    """It runs with the values given, for whoever asked."""
    kept = saved.find(visit.house, visit.who, visit.path["name"])
    values = given(visit, kept.query.parameters)
    try:
        made = saved.start(visit.house, visit.who, visit.path["name"], values)
    except AgoraError as problem:
        return _one(kept, values, problem)
    return Redirect(f"/query/results/{made.id}")


def share(visit: Visit) -> Page | Redirect:
    """The words are shared like this from now on."""
    kept = saved.find(visit.house, visit.who, visit.path["name"])
    try:
        saved.share(visit.house, visit.who, kept.query.id, kept.revision, **sharing(visit))
    except AgoraError as problem:
        return _one(kept, {}, problem, field="named")
    return Redirect(f"/query/saved/{kept.query.id}", said="Shared like this from now on.")


def remove(visit: Visit) -> Redirect:
    """It is gone for everybody."""
    gone = saved.remove(visit.house, visit.who, visit.path["name"])
    return Redirect("/query/saved", said=f"“{gone.query.title}” is gone.")


def sharing(visit: Visit) -> Shared:
    """Whom something is shared with, as a form says it."""
    text = visit.text("audience")
    words = visit.text("named").replace(",", " ").split()
    audience = Audience(text) if text in set(Audience) else Audience.NOBODY
    return {"audience": audience, "named": words, "editors": visit.text("editors").split()}


def shared_with(sharing: Sharing) -> dict[str, object]:
    """The same for showing it."""
    return {
        "audience": sharing.audience.value,
        "named": " ".join(sharing.named),
        "editors": " ".join(sharing.editors),
        "title": next(title for value, title, _ in AUDIENCES if value == sharing.audience.value),
    }


def given(visit: Visit, parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """The values a form gives to these parameters; one left empty has its default."""
    typed = {each.name: visit.text(f"p.{each.name}") for each in parameters}
    return {name: text for name, text in typed.items() if text}


def asked(parameters: tuple[Parameter, ...], values: Mapping[str, str]) -> list[dict[str, object]]:
    """A field for each parameter."""
    return [
        {
            "id": f"p.{each.name}",
            "name": each.name,
            "label": each.title or each.name,
            "type": "select" if each.choices else each.kind.value,
            "options": [(choice, choice) for choice in each.choices],
            "value": values.get(each.name, each.default or ""),
            "required": each.default is None,
        }
        for each in parameters
    ]


def _one(
    kept: Saved,
    values: Mapping[str, str] | None = None,
    problem: AgoraError | None = None,
    field: str = "",
) -> Page:
    query = kept.query
    named = next(
        (f"p.{p.name}" for p in query.parameters if problem and f"`{p.name}`" in problem.sentence),
        "",
    )
    told = {
        **tabs("saved"),
        "kept": kept,
        "query": query,
        "fields": asked(query.parameters, values or {}),
        "sharing": shared_with(query.sharing),
        "audiences": AUDIENCES,
        "problem": problem,
        "wrong": field or named or "run",
    }
    return Page(template="saved/one.html", values=told, status=problem.status if problem else 200)


def _form(visit: Visit, typed: Mapping[str, object], problem: AgoraError | None = None) -> Page:
    who = acting(visit, str(typed.get("purpose", "")))
    names = workbench.parameters(visit.house, who, str(typed.get("sql", "")))
    said = {each.name: each for each in _said(typed)}
    standing = None
    if isinstance(problem, Conflict):
        standing = overtaken.query(visit.house, visit.who, str(typed["id"]), typed)
        typed = {**typed, "revision": standing.revision}
    values = {
        **tabs("saved"),
        "typed": typed,
        "parameters": [said.get(name, Parameter(name=name)) for name in names],
        "kinds": KINDS,
        "purposes": purposes(visit),
        "audiences": AUDIENCES,
        "problem": problem,
        "wrong": FIELDS.get(problem.code_shown, "sql") if problem else "",
        "standing": standing,
    }
    return Page(template="saved/form.html", values=values, status=_status(problem))


FIELDS = {
    "E699": "title", "E411": "purpose", "E695": "parameters", "E425": "named",
    "E692": "standing", "E690": "lost", "E691": "lost",
}  # fmt: skip
"""Which field an error of this code is about; of the others it is the text."""


def lost(problem: AgoraError) -> bool:
    """True when what was to be changed is gone, or no longer this person's to change."""
    return FIELDS.get(problem.code_shown) == "lost"


def _status(problem: AgoraError | None) -> int:
    return problem.status if problem else 200


def _standing(kept: Saved) -> dict[str, object]:
    query = kept.query
    return {
        "id": query.id,
        "revision": kept.revision,
        "title": query.title,
        "description": query.description,
        "sql": query.sql,
        "purpose": query.purpose,
        "parameters": query.parameters,
    }


def _typed(visit: Visit) -> dict[str, object]:
    names = (
        "id",
        "title",
        "description",
        "sql",
        "purpose",
        "revision",
        "audience",
        "named",
        "editors",
    )
    typed: dict[str, object] = {name: visit.text(name) for name in names}
    return typed | {"parameters": tuple(_parameters(visit))}


def _said(typed: Mapping[str, object]) -> tuple[Parameter, ...]:
    found = typed.get("parameters", ())
    return found if isinstance(found, tuple) else ()


def _parameters(visit: Visit) -> Iterator[Parameter]:
    """What the form says of each `$name` that stands in the text."""
    for name in workbench.parameters(visit.house, visit.who, visit.text("sql")):
        kind = visit.text(f"{name}.kind")
        choices = [each.strip() for each in visit.text(f"{name}.choices").split(",")]
        chosen = ParameterKind(kind) if kind in set(ParameterKind) else ParameterKind.TEXT
        yield Parameter(
            name=name,
            kind=chosen,
            title=visit.text(f"{name}.title"),
            default=visit.text(f"{name}.default") or None,
            choices=tuple(filter(None, choices)) if chosen is ParameterKind.CHOICE else (),
        )


ROUTES = (
    get("/query/saved", listed),
    post("/query/saved", save),
    get("/query/saved/new", new),
    post("/query/saved/new", new),
    get("/query/saved/{name:path}/edit", edit),
    post("/query/saved/{name:path}/edit", change),
    post("/query/saved/{name:path}/run", run),
    post("/query/saved/{name:path}/share", share),
    post("/query/saved/{name:path}/remove", remove),
    get("/query/saved/{name:path}", one),
)
