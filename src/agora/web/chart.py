"""Chart: a form becomes a drawing that is kept and shared; whoever looks at one sees their own rows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agora.model.chart import Aggregate, Chart, Drawing, Scale, Unit
from agora.model.drawn import Drawn, Heading, NoteKind, Value
from agora.model.errors import AgoraError, Conflict, Unusable
from agora.model.people import Actor
from agora.model.saved import Parameter
from agora.usecases import chart as verbs
from agora.usecases import results, saved
from agora.usecases.chart import Shown, Words
from agora.web import overtaken
from agora.web.answers import Page, Redirect
from agora.web.paths import get, post
from agora.web.query import tabs
from agora.web.saved import AUDIENCES, asked, given, shared_with, sharing
from agora.web.visit import Visit, whole
from agora.workshop.charts import built, read
from agora.workshop.shelves import NAMES, guessed, laid

IMAGES = {
    NoteKind.MASKED: "eye-off", NoteKind.ROWS: "filter", NoteKind.INCOMPLETE: "calendar",
    NoteKind.ZONE: "clock", NoteKind.CUT: "triangle-alert",
}  # fmt: skip
KINDS = (
    ("bar", "Bars"), ("line", "Line"), ("scatter", "Points"), ("heat-map", "Heat map"),
)  # fmt: skip
HOW = (
    ("", "As it fits"), (Aggregate.SUM, "Sum"), (Aggregate.MEAN, "Mean"),
    (Aggregate.MEDIAN, "Median"), (Aggregate.MIN, "Lowest"), (Aggregate.MAX, "Highest"),
    (Aggregate.COUNT, "Number of rows"), (Aggregate.DISTINCT, "Different values"),
)  # fmt: skip
PER = (
    ("", "As it is"), (Unit.DAY, "Day"), (Unit.WEEK, "Week"), (Unit.MONTH, "Month"),
    (Unit.QUARTER, "Quarter"), (Unit.YEAR, "Year"),
)  # fmt: skip
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a chart is of: a result's text, a saved query, or a chart that is being changed."""

    of: Words
    who: Actor
    title: str
    field: str
    name: str
    chart: Shown | None = None


def listed(visit: Visit) -> Page:
    """Every chart this person sees."""
    values = {**tabs("charts"), "charts": verbs.seen(visit.house, visit.who)}
    return Page(template="chart/list.html", values=values)


def one(visit: Visit) -> Page:
    """The chart over the viewer's own rows, now."""
    return _one(visit, verbs.find(visit.house, visit.who, visit.path["chart"]))


def new(visit: Visit) -> Page:
    """The shelves, and what is drawn from what lies on them."""
    subject = _subject(visit, visit.query)
    typed: Typed = {name: visit.query.get(name, "") for name in NAMES}
    if subject.chart and not typed["kind"]:
        typed = laid(read(subject.chart.chart.spec))
    return _builder(visit, subject, typed)


def preview(visit: Visit) -> Page:
    """The same from a form that is about to be saved."""
    subject, typed = _sent(visit)
    return _builder(visit, subject, typed)


def save(visit: Visit) -> Page | Redirect:
    """The chart is kept, or changed where it is one that is; what is wrong stands in the form."""
    subject, typed = _sent(visit)
    try:
        columns = verbs.columns(visit.house, subject.who, subject.of, _values(visit, subject))
        made = _kept(visit, subject, _drawing(columns, typed))
    except AgoraError as problem:
        return _builder(visit, subject, typed, problem)
    return Redirect(f"/charts/{made.chart.id}", said=f"Saved “{made.chart.title}”.")


def share(visit: Visit) -> Page | Redirect:
    """It is shared like this from now on."""
    shown = verbs.find(visit.house, visit.who, visit.path["chart"])
    try:
        verbs.share(visit.house, visit.who, shown.chart.id, shown.revision, **sharing(visit))
    except AgoraError as problem:
        return _one(visit, shown, problem)
    return Redirect(f"/charts/{shown.chart.id}", said="Shared like this from now on.")


def remove(visit: Visit) -> Redirect:
    """It is gone for everybody."""
    gone = verbs.remove(visit.house, visit.who, visit.path["chart"])
    return Redirect("/charts", said=f"“{gone.chart.title}” is gone.")


def picture(found: Drawn) -> dict[str, object]:
    """What a page shows of a drawing: the spec with its rows, and the same numbers as a table."""
    names = [each.name for each in found.columns]
    spec = json.loads(found.spec)
    spec["data"] = {"values": [dict(zip(names, row, strict=True)) for row in found.rows]}
    return {
        "spec": spec,
        "summary": found.summary,
        "notes": [
            {"image": IMAGES[each.kind], "sentence": each.sentence, "rule": each.rule}
            for each in found.notes
        ],
        "columns": [_head(each) for each in found.headings],
        "rows": [[_cell(value) for value in row] for row in found.table],
        "sql": found.sql,
        "empty": not found.rows,
    }


def _head(heading: Heading) -> dict[str, str]:
    return {"name": heading.name, "title": heading.title, "kind": heading.kind}


def _cell(value: Value) -> str | None:
    return None if value is None else str(value)


def _one(visit: Visit, shown: Shown, problem: AgoraError | None = None) -> Page:
    """Its own page; what the viewer may not read is said in place of the picture."""
    chart = shown.chart
    parameters = _parameters(visit, chart)
    typed = {each.name: visit.query.get(f"p.{each.name}", "") for each in parameters}
    values = {name: text for name, text in typed.items() if text}
    told: dict[str, object] = {
        **tabs("charts"),
        "shown": shown,
        "chart": chart,
        "fields": asked(parameters, {**dict(chart.values), **values}),
        "sharing": shared_with(chart.sharing),
        "audiences": AUDIENCES,
        "problem": problem,
        "picture": None,
        "refused": None,
    }
    try:
        told["picture"] = picture(verbs.draw(visit.house, visit.who, chart.id, values))
    except AgoraError as refused:
        told["refused"] = refused
    status = problem.status if problem else 200
    return Page(template="chart/one.html", values=told, status=status)


def _parameters(visit: Visit, chart: Chart) -> tuple[Parameter, ...]:
    if not chart.query:
        return chart.parameters
    try:
        return saved.find(visit.house, visit.who, chart.query).query.parameters
    except AgoraError:
        return ()  # drawing it says why


def _subject(visit: Visit, fields: Mapping[str, str]) -> Subject:
    """What is to be drawn; raises Missing for what this person may not see, Unusable for nothing."""
    house, who = visit.house, visit.who
    if name := fields.get("chart", ""):
        shown = verbs.find(house, who, name)
        chart = shown.chart
        of = Words(query=chart.query, sql=chart.sql, parameters=chart.parameters)
        own = replace(who, purpose=chart.purpose)
        return Subject(of=of, who=own, title=chart.title, field="chart", name=name, chart=shown)
    if name := fields.get("query", ""):
        query = saved.find(house, who, name).query
        own = replace(who, purpose=query.purpose)
        return Subject(of=Words(query=name), who=own, title=query.title, field="query", name=name)
    if name := fields.get("result", ""):
        found = results.look(house, who, name)
        own = replace(who, purpose=found.purpose)
        return Subject(of=Words(sql=found.sql), who=own, title="", field="result", name=name)
    raise Unusable(
        "there is nothing to draw", code="E741", hint="run a query, then choose to draw a chart"
    )


def _sent(visit: Visit) -> tuple[Subject, Typed]:
    fields = {name: visit.text(name) for name in ("result", "query", "chart")}
    return _subject(visit, fields), {name: visit.text(name) for name in NAMES}


def _values(visit: Visit, subject: Subject) -> dict[str, str]:
    if subject.chart:
        return dict(subject.chart.chart.values)
    if not subject.of.query:
        return {}
    parameters = saved.find(visit.house, visit.who, subject.of.query).query.parameters
    typed = {each.name: visit.query.get(f"p.{each.name}", "") for each in parameters}
    return {k: v for k, v in typed.items() if v} or given(visit, parameters)


def _builder(
    visit: Visit, subject: Subject, typed: Typed, problem: AgoraError | None = None
) -> Page:
    columns: tuple[tuple[str, Scale], ...] = ()
    drawn: Drawn | None = None
    try:
        columns = verbs.columns(visit.house, subject.who, subject.of, _values(visit, subject))
        typed = typed if typed["kind"] else guessed(columns)
        if problem is None or isinstance(problem, Conflict):
            drawn = _preview(visit, subject, _drawing(columns, typed))
    except AgoraError as found:
        problem = found
    title = visit.text("title_of") or subject.title
    standing = None
    if isinstance(problem, Conflict):
        standing = overtaken.drawing(visit.house, visit.who, subject.name, typed, title)
    values = {
        **tabs("charts"),
        "subject": subject,
        "standing": standing,
        "revision": standing.revision if standing else overtaken.begun(visit, subject.chart),
        "typed": typed,
        "columns": columns,
        "kinds": KINDS,
        "how": HOW,
        "per": PER,
        "picture": picture(drawn) if drawn else None,
        "problem": problem,
        "wrong": _field(problem),
        "titled": title,
        "sharing": {
            "audience": visit.text("audience"),
            "named": visit.text("named"),
            "editors": "",
        },
        "audiences": AUDIENCES,
    }
    status = problem.status if problem else 200
    return Page(template="chart/builder.html", values=values, status=status, part="preview")


def _field(problem: AgoraError | None) -> str:
    """The field a problem is about."""
    return (
        {"E699": "title_of", "E425": "named", "E692": "standing"}.get(problem.code_shown, "kind")
        if problem
        else ""
    )


def _preview(visit: Visit, subject: Subject, drawing: Drawing) -> Drawn:
    values = _values(visit, subject)
    return verbs.preview(visit.house, subject.who, spec=drawing, of=subject.of, values=values)


def _drawing(columns: tuple[tuple[str, Scale], ...], typed: Typed) -> Drawing:
    return built(
        typed["kind"],
        dict(columns),
        x=typed["x"],
        y=typed["y"],
        colour=typed["colour"],
        aggregate=typed["aggregate"],
        unit=typed["per"],
        trend=bool(typed["trend"]),
        title=typed["title"],
    )


def _kept(visit: Visit, subject: Subject, drawing: Drawing) -> Shown:
    title = visit.text("title_of")
    if subject.chart:
        revision = whole(visit.text("revision"), "revision")
        return verbs.edit(visit.house, visit.who, subject.name, revision, title=title, spec=drawing)
    return verbs.save(
        visit.house,
        subject.who,
        title=title,
        spec=drawing,
        of=subject.of,
        values=_values(visit, subject),
        purpose=subject.who.purpose,
        **sharing(visit),
    )


ROUTES = (
    get("/charts", listed),
    get("/charts/new", new),
    post("/charts", save),
    post("/charts/preview", preview),
    get("/charts/{chart}", one),
    post("/charts/{chart}/share", share),
    post("/charts/{chart}/remove", remove),
)
