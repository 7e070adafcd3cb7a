"""Operations: runs with what went wrong first, how the machines do, and who takes how much room."""

from collections.abc import Sequence

from agora.model.operating import Room, RunLine
from agora.model.release import RunState
from agora.quality.runs import BAD, log, remedy
from agora.usecases import health as verbs
from agora.usecases.account import admits
from agora.usecases.runs import run as find
from agora.usecases.runs import runs
from agora.web.answers import Page
from agora.web.called import domain
from agora.web.paths import get
from agora.web.visit import Visit

WORDS = {
    RunState.RUNNING: ("Running", "accent"),
    RunState.RELEASED: ("Released", "ok"),
    RunState.BLOCKED: ("Blocked", "bad"),
    RunState.FAILED: ("Failed", "bad"),
    RunState.ABANDONED: ("Ended from outside", "warn"),
}
FEW = 8


def ops(visit: Visit) -> Page:
    """How the machines do, and the newest runs."""
    found = verbs.health(visit.house, visit.who, visit.site.now())
    lines = runs(visit.house, visit.who)
    values = {
        "health": found,
        "runs": listed_lines(lines[:FEW]),
        "total": len(lines),
        "admits": admits(visit.house, visit.who),
    }
    return Page(template="ops/ops.html", values=values)


def listed(visit: Visit) -> Page:
    """Every run this person may see: failures that stand first, each with what to do."""
    lines = runs(visit.house, visit.who)
    overseer = verbs.oversees(visit.house, visit.who)
    values = {"runs": listed_lines(lines), "overseer": overseer}
    return Page(template="ops/runs.html", values=values)


def run(visit: Visit) -> Page:
    """One run and its log; while it runs the log goes on (a stream of the API)."""
    name = f"{visit.path['domain']}.{visit.path['product']}"
    found = find(visit.house, visit.who, name, visit.path["run"])
    word, kind = WORDS[found.state]
    values = {
        "run": found,
        "word": word,
        "kind": kind,
        "bad": found.state in BAD,
        "remedy": remedy(found.state),
        "lines": log(found),
        "running": found.state is RunState.RUNNING,
        "overseer": verbs.oversees(visit.house, visit.who),
    }
    return Page(template="ops/run.html", values=values)


def storage(visit: Visit) -> Page:
    """What the products take of the lake, domain by domain."""
    rooms = verbs.storage(visit.house, visit.who)
    domains: dict[str, int] = {}
    for room in rooms:
        name = room.product.domain if room.product else ""
        domains[name] = domains.get(name, 0) + room.size
    values = {
        "rooms": [_room(each) for each in rooms],
        "domains": [
            (each, domain(visit, each), size)
            for each, size in sorted(domains.items(), key=lambda pair: -pair[1])
        ],
        "size": sum(room.size for room in rooms),
        "files": sum(room.files for room in rooms),
    }
    return Page(template="ops/storage.html", values=values)


def _room(room: Room) -> dict[str, object]:
    return {
        "name": str(room.product) if room.product else "belongs to no product",
        "href": f"/products/{room.product.domain}/{room.product.product}" if room.product else "",
        "files": room.files,
        "size": room.size,
        "areas": room.areas,
    }


def listed_lines(lines: Sequence[RunLine]) -> list[dict[str, object]]:
    """Runs as a list of them shows each."""
    return [_line(each) for each in lines]


def _line(line: RunLine) -> dict[str, object]:
    word, kind = WORDS[line.state]
    return {
        "line": line,
        "word": word,
        "kind": kind if line.standing or line.state not in BAD else "",
        "href": f"/ops/runs/{line.product.domain}/{line.product.product}/{line.id}",
        "remedy": remedy(line.state) if line.standing else "",
        "activity": f"/govern/audit?text={line.id}",
    }


ROUTES = (
    get("/ops", ops),
    get("/ops/runs", listed),
    get("/ops/runs/{domain}/{product}/{run}", run),
    get("/ops/storage", storage),
)
