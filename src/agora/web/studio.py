"""Studio: one's products, what each waits for, and publishing them."""

from agora.model.errand import Errand, ErrandState
from agora.model.errors import AgoraError, Invalid
from agora.model.names import PortVersion
from agora.model.progress import Phase
from agora.model.release import RunState
from agora.usecases import errands, schedule, studio
from agora.usecases.studio import Lacking, Standing
from agora.web.answers import Page, Redirect
from agora.web.paths import get, post
from agora.web.visit import Visit

STATES = {
    RunState.RUNNING: ("Running", "accent", "loader-circle"),
    RunState.RELEASED: ("Published", "ok", "circle-check"),
    RunState.BLOCKED: ("Kept back by a check", "bad", "circle-x"),
    RunState.FAILED: ("Failed", "bad", "circle-x"),
    RunState.ABANDONED: ("Cut off", "warn", "circle-alert"),
}


PHASES = {
    Phase.LAND: "What goes in is read and pinned.",
    Phase.BUILD: "It is built.",
    Phase.WRITE: "Its rows are written, unseen so far.",
    Phase.CHECK: "Every check is tried on them.",
    Phase.RELEASE: "Every check held: it is published.",
    Phase.TAG: "It is published.",
}
OUTCOMES = {
    "released": ("A new edition is out.", "ok"),
    "nothing new": ("Nothing has changed since the last edition.", ""),
    "kept back": ("It was kept back: a check did not hold, and the last edition stays.", "warn"),
    "failed": ("It could not be built, and the last edition stays.", "bad"),
}


def listed(visit: Visit) -> Page:
    """Everything this person may publish, and how it stands."""
    found = [told(visit, each) for each in studio.mine(visit.house, visit.who)]
    values = {"found": found, "domains": studio.domains(visit.house, visit.who)}
    return Page(template="studio/list.html", values=values)


def one(visit: Visit) -> Page:
    """One product as its makers see it: what it waits for, its runs, its files."""
    name = f"{visit.path['domain']}.{visit.path['product']}"
    return _one(visit, studio.one(visit.house, visit.who, name))


def publish(visit: Visit) -> Page | Redirect:
    """The product is about to run, and its page says how far it is, whoever stays to look."""
    name = f"{visit.path['domain']}.{visit.path['product']}"
    errands.begin(visit.house, visit.who, name, now=visit.site.now())
    return Redirect(f"/studio/{visit.path['domain']}/{visit.path['product']}")


def set_schedule(visit: Visit) -> Page | Redirect:
    """The product's file says when it runs from now on, or the field says what is wrong."""
    name = f"{visit.path['domain']}.{visit.path['product']}"
    found = studio.one(visit.house, visit.who, name)
    try:
        schedule.put(visit.house, visit.who, name, visit.text("when"))
    except Invalid as problem:
        return _one(visit, found, visit.text("when"), problem)
    visit.site.reread()
    here = f"/studio/{found.product.name.domain}/{found.product.name.product}"
    return Redirect(here, said="Its schedule is written.")


def told(visit: Visit, found: Standing) -> dict[str, object]:
    """How a product stands, in words."""
    name = found.product.name
    word, kind, image = _state(found)
    return {
        "title": found.product.title or str(name),
        "name": str(name),
        "summary": found.product.summary,
        "href": f"/studio/{name.domain}/{name.product}",
        "page": f"/products/{name.domain}/{name.product}",
        "word": word,
        "kind": kind,
        "image": image,
        "release": found.release,
        "lacks": [_lacking(visit, each) for each in found.lacks],
    }


def people(visit: Visit, ids: tuple[str, ...]) -> str:
    """Their names, as a sentence lists them."""
    found = [visit.house.mesh.principal(each) for each in ids]
    return " or ".join(each.name or each.id for each in found if each) or "nobody yet"


def _one(visit: Visit, found: Standing, typed: str = "", problem: AgoraError | None = None) -> Page:
    runs = [
        {
            "id": each.id,
            "log": f"/ops/runs/{each.product.domain}/{each.product.product}/{each.id}",
            "word": STATES[each.state][0],
            "kind": STATES[each.state][1],
            "image": STATES[each.state][2],
            "by": each.started_by,
            "at": each.started_at,
            "error": each.error,
            "broken": [result.sentence for result in each.results if result.blocks],
        }
        for each in found.runs
    ]
    last = errands.last(visit.house, visit.who, str(found.product.name))
    values = {
        **told(visit, found),
        "errand": _progress(last) if last else None,
        "runs": runs,
        "files": found.files,
        "file": found.file,
        "schedule": schedule.of(visit.house, visit.who, str(found.product.name)),
        "typed": typed,
        "problem": problem,
        "errors": [{"id": "when", "text": problem.sentence}] if problem else [],
    }
    return Page(
        template="studio/one.html", values=values, status=problem.status if problem else 200
    )


def _progress(errand: Errand) -> dict[str, object]:
    """How far a run is that somebody asked for, or what came of it, in words."""
    word, kind = OUTCOMES.get(errand.outcome, ("", ""))
    if errand.state is ErrandState.WAITING:
        word = "It waits for its turn."
    elif errand.state is ErrandState.RUNNING:
        word = PHASES[errand.phase] if errand.phase else "It begins."
    return {
        "words": word,
        "kind": kind,
        "said": errand.said,
        "running": not errand.over,
        "fell": errand.begun > 1,
        "edition": errand.edition,
    }


def _state(found: Standing) -> tuple[str, str, str]:
    if found.lacks:
        return "Waits for an approval", "warn", "clock"
    if found.failing:
        return STATES[found.runs[0].state]
    return STATES[RunState.RELEASED] if found.release else ("Not published yet", "", "circle")


def _lacking(visit: Visit, each: Lacking) -> dict[str, object]:
    port: PortVersion = each.port
    return {
        "port": str(port.port),
        "who": people(visit, each.deciders),
        "request": each.request.id if each.request else "",
    }


ROUTES = (
    get("/studio", listed),
    get("/studio/{domain}/{product}", one),
    post("/studio/{domain}/{product}/publish", publish),
    post("/studio/{domain}/{product}/schedule", set_schedule),
)
