"""Owner: who uses a product, for what and until when; and what waits for those who answer for it."""

from agora.model.access import Request
from agora.model.codes import CODES
from agora.model.owning import Consumer, Refusal
from agora.usecases.inbox import inbox
from agora.usecases.owning import owning
from agora.usecases.runs import runs
from agora.usecases.show import show
from agora.web.answers import Page
from agora.web.called import begun, consumer, purposes, table
from agora.web.ops import listed_lines
from agora.web.paths import get
from agora.web.product import frame, name_of
from agora.web.visit import Visit

FEW = 5


def consumers(visit: Visit) -> Page:
    """Everything about a product that only its owners need."""
    found = owning(visit.house, visit.who, name_of(visit))
    shown = show(visit.house, visit.who, name_of(visit))
    waits = [r for r in inbox(visit.house, visit.who).open if r.port.port.of == found.product]
    lines = [line for line in runs(visit.house, visit.who) if line.product == found.product]
    results = shown.release.results if shown.release else ()
    values = frame(visit, shown, "consumers") | {
        "consumers": [_consumer(visit, each) for each in found.consumers],
        "first": found.first,
        "refusals": [_refusal(visit, each) for each in found.refusals[:FEW]],
        "waits": [_waiting(visit, each) for each in waits],
        "runs": listed_lines(lines[:FEW]),
        "promises": len(results),
        "held": sum(result.outcome.value == "pass" for result in results),
    }
    return Page(template="owner/consumers.html", values=values)


def _waiting(visit: Visit, each: Request) -> dict[str, object]:
    purpose = purposes(visit).get(each.purpose, each.purpose)
    return {
        "title": f"{begun(consumer(visit, each.consumer))}: {table(visit, each.port)}",
        "href": f"/requests/{each.id}",
        "about": f"{purpose}: {each.reason}",
        "at": each.asked_at.isoformat(),
        "chip": "Decide",
        "kind": "warn",
        "unread": True,
    }


def _consumer(visit: Visit, each: Consumer) -> dict[str, object]:
    agreed = each.agreement
    active = agreed is not None and agreed.active(visit.house.now())
    word, kind = ("Agreed", "ok") if active else ("Ended", "") if agreed else ("Own rules", "line")
    others = [name for name in each.people if name != each.name]
    person = "" if len(each.people) > 1 else (*each.people, each.name)[0]
    return {
        "id": each.name,
        "who": begun(consumer(visit, each.name)),
        "people": [consumer(visit, name) for name in others[:FEW]],
        "also": each.name in each.people,
        "more": max(len(others) - FEW, 0),
        "purpose": purposes(visit).get(each.purpose, each.purpose),
        "entries": {"person": person} if person else {"purpose": each.purpose},
        "word": word,
        "kind": kind,
        "until": agreed.expires if agreed else None,
        "reads": each.reads,
        "last": each.last,
        "used": each.used,
    }


def _refusal(visit: Visit, each: Refusal) -> dict[str, object]:
    return {
        "id": each.name,
        "who": begun(consumer(visit, each.name)),
        "why": CODES.get(each.code, ("",))[0] or each.code,
        "rules": each.rules,
        "times": each.times,
        "last": each.last,
    }


ROUTES = (get("/products/{domain}/{product}/consumers", consumers),)
