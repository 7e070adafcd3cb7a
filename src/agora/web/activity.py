"""Activity: what happened, looked for by person, product, event, purpose, day and words."""

from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from agora.model.activity import Reach, Sought, about, product_of
from agora.model.errors import Unusable
from agora.model.ledger import Event, Record
from agora.usecases.activity import activity
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.visit import Visit, whole
from agora.workshop.refusals import unanswered

NAMES = ("person", "product", "events", "purpose", "since", "until", "text", "kind", "across")
KINDS = [("", "Anybody"), ("person", "People"), ("service", "Services"), ("agent", "Agents")]


def audit(visit: Visit) -> Page:
    """The newest entries that are like what was asked for, as far as this person may know."""
    asked = {name: visit.query[name].strip() for name in NAMES if visit.query.get(name, "").strip()}
    before = whole(visit.query.get("before", ""), "before", most=1 << 62)
    wrong: Unusable | None = None
    try:
        wanted = Sought.of(asked)
    except Unusable as problem:
        wrong, wanted = problem, Sought()
    found = activity(visit.house, visit.who, wanted, before=before)
    values = {
        "asked": {name: asked.get(name, "") for name in NAMES},
        "entries": [_entry(record, found.known) for record in found.records] if wrong is None else [],
        "first": found.first,
        "older": _address({**asked, "before": str(found.first)}) if found.first > 1 else "",
        "newest": _address(asked) if before else "",
        "events": [("", "Anything"), *((each.value, words(each)) for each in Event)],
        "several": "," in asked.get("events", ""),
        "purposes": [("", "Any purpose"), *((p.id, p.title or p.id) for p in visit.house.mesh.purposes)],
        "kinds": KINDS,
        "wrong": wrong,
        "oversees": found.reach is Reach.ALL,
        "owner": found.reach is Reach.OWNED,
    }  # fmt: skip
    return Page(template="activity/activity.html", values=values, status=422 if wrong else 200)


def words(event: Event) -> str:
    """`query-opened` as a person reads it."""
    return event.value.replace("-", " ").capitalize()


def _address(asked: Mapping[str, str]) -> str:
    return f"/govern/audit?{urlencode(asked)}" if asked else "/govern/audit"


def _entry(record: Record, known: Collection[str]) -> dict[str, object]:
    entry, why = record.entry, unanswered(record.entry)
    facts = [(name, _told(value)) for name, value in entry.facts if _told(value)]
    return {
        "place": record.place,
        "what": words(entry.event)
        + (f": {why}" if why and entry.event is Event.QUERY_CLOSED else ""),
        "who": entry.who,
        "operator": entry.operator if entry.operator != entry.who else "",
        "at": entry.at,
        "recorded": record.recorded_at,
        "purpose": entry.purpose,
        "about": [(name, _href(name, known)) for name in about(entry)],
        "subject": "" if about(entry) else entry.subject,
        "facts": facts,
        "refused": why is not None or entry.event is Event.REFUSED_REQUEST,
    }


def _href(name: str, known: Collection[str]) -> str:
    product = product_of(name)
    return f"/products/{product.replace('.', '/')}" if product in known else ""


def _told(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


ROUTES = (get("/govern/audit", audit),)
