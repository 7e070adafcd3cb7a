"""Domain: the areas of the business, who answers for them, and what they offer."""

from collections.abc import Iterable

from agora.model.people import Principal
from agora.usecases import domain as verbs
from agora.usecases.rules import of_domain
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.visit import Visit


def domains(visit: Visit) -> Page:
    """Every domain, with how much of it this person may know of."""
    found = [
        {"domain": each.domain, "owners": names(each.owners), "products": len(each.products)}
        for each in verbs.domains(visit.house, visit.who)
    ]
    return Page(template="domain/domains.html", values={"found": found})


def domain(visit: Visit) -> Page:
    """One domain: its purpose, goals and people, its products and its rules."""
    name = visit.path["domain"]
    found = verbs.domain(visit.house, visit.who, name)
    values = {
        "domain": found.domain,
        "owners": names(found.owners),
        "products": found.products,
        "policies": of_domain(visit.house, visit.who, name),
        "team": [{"name": p.name or p.id, "role": ", ".join(p.roles)} for p in found.team],
    }
    return Page(template="domain/domain.html", values=values)


def names(people: Iterable[Principal]) -> str:
    """People by the names they go by."""
    return ", ".join(each.name or each.id for each in people)


ROUTES = (get("/domains", domains), get("/domains/{domain}", domain))
