"""Domain: the areas of the business, who answers for them, and what they offer."""

from agora.model.errors import Missing
from agora.model.mesh import Domain
from agora.model.policy import Layer
from agora.passage.knowing import known
from agora.web.answers import Page
from agora.web.visit import Visit, get


def domains(visit: Visit) -> Page:
    """Every domain, with how much of it this person may know of."""
    products = known(visit.house, visit.who.principal)
    found = [
        {
            "domain": domain,
            "owners": _names(visit, domain.owners),
            "products": sum(each.name.domain == domain.id for each in products),
        }
        for domain in visit.house.mesh.domains
    ]
    return Page(template="domain/domains.html", values={"found": found})


def domain(visit: Visit) -> Page:
    """One domain: its purpose, goals and people, its products and its rules."""
    found = visit.house.mesh.domain(visit.path["domain"])
    if found is None:
        raise Missing("there is no such domain", code="E404", hint="`/domains` lists them")
    products = [
        each
        for each in known(visit.house, visit.who.principal)
        if each.name.domain == found.id
    ]  # fmt: skip
    policies = [
        each
        for each in visit.house.mesh.policies
        if each.layer is Layer.DOMAIN and each.domain == found.id
    ]
    values = {
        "domain": found,
        "owners": _names(visit, found.owners),
        "products": products,
        "policies": policies,
        "team": _team(visit, found),
    }
    return Page(template="domain/domain.html", values=values)


def _team(visit: Visit, domain: Domain) -> list[dict[str, str]]:
    return [
        {"name": each.name or each.id, "role": ", ".join(each.roles)}
        for each in visit.house.mesh.principals
        if domain.team and domain.team in each.teams
    ]


def _names(visit: Visit, ids: tuple[str, ...]) -> str:
    people = [visit.house.mesh.principal(each) for each in ids]
    return ", ".join(each.name or each.id for each in people if each)


ROUTES = (get("/domains", domains), get("/domains/{domain}", domain))
