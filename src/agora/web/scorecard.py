"""Scorecard: does our mesh work? Every number leads to the entries it is counted from."""

from urllib.parse import urlencode

from agora.model.scorecard import Figure, Scorecard, lasting
from agora.usecases.domain import domains
from agora.usecases.scorecard import scorecard as find
from agora.web.answers import Page
from agora.web.called import begun, consumer
from agora.web.paths import get
from agora.web.templates import number
from agora.web.visit import Visit

MOST = 60


def scorecard(visit: Visit) -> Page:
    """The figures of the mesh, or of one domain."""
    domain = visit.query.get("domain", "")
    found = find(visit.house, visit.who, domain=domain)
    areas = domains(visit.house, visit.who)
    titles = {each.domain.id: each.domain.title or each.domain.id for each in areas}
    values = {
        "found": found,
        "figures": [_figure(each, domain) for each in found.figures],
        "costs": [(each, begun(consumer(visit, each.reader))) for each in found.costs[:MOST]],
        "more": max(len(found.costs) - MOST, 0),
        "domains": [(_address(""), "The whole mesh", not domain)]
        + [
            (_address(each.domain.id), titles[each.domain.id], each.domain.id == domain)
            for each in areas
            if each.products
        ],
        "of": titles.get(domain, domain),
        "lists": _lists(found),
    }
    return Page(template="scorecard/scorecard.html", values=values)


def _lists(found: Scorecard) -> list[dict[str, object]]:
    return [
        {"title": "Not used by others for 90 days", "names": found.unused},
        {"title": "Deprecated products and versions", "names": found.deprecated},
    ]


def _figure(figure: Figure, domain: str) -> dict[str, str]:
    return {
        "title": figure.title,
        "value": told(figure),
        "note": figure.counted,
        "href": f"/govern/audit?{urlencode(figure.sought(domain))}",
    }


def told(figure: Figure) -> str:
    """The value with its unit: `3 min`, `40 %`."""
    if figure.value is None:
        return "\N{EN DASH}"
    if figure.unit == "share":
        return f"{figure.value} %"
    return lasting(figure.value) if figure.unit == "seconds" else number(figure.value)


def _address(domain: str) -> str:
    return f"/scorecard?{urlencode({'domain': domain})}" if domain else "/scorecard"


ROUTES = (get("/scorecard", scorecard),)
