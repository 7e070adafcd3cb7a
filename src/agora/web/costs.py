"""Costs: what reading and storing takes, by domain, by product and by who reads."""

from urllib.parse import urlencode

from agora.model.operating import Spent
from agora.usecases.health import costs as find
from agora.web import called
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.visit import Visit

MOST = 100
READS = "query-opened,build-read"


def costs(visit: Visit) -> Page:
    """Of the mesh, or of one domain; each number leads to what it is made of."""
    domain = visit.query.get("domain", "")
    found = find(visit.house, visit.who, domain=domain)
    lists = (found.domains, found.products, found.readers)
    values = {
        "of": called.domain(visit, domain) if domain else "",
        "total": found.total,
        "place": found.place,
        "domains": [_of_domains(visit, each) for each in found.domains[:MOST]],
        "products": [_of_products(visit, each) for each in found.products[:MOST]],
        "readers": [_of_reader(visit, each, domain) for each in found.readers[:MOST]],
        "more": any(len(each) > MOST for each in lists),
    }
    return Page(template="ops/costs.html", values=values)


def _of_domains(visit: Visit, spent: Spent) -> dict[str, object]:
    names = [
        {"title": called.domain(visit, name), "href": _address(visit, name)} for name in spent.names
    ]
    entries = names[0]["href"] if len(names) == 1 else ""
    if names and not entries:
        across = "yes" if len(names) > 1 else ""
        entries = _entries(across=across, text=f"{spent.names[0]}.")
    return {"names": names, "spent": spent, "entries": entries}


def _of_products(visit: Visit, spent: Spent) -> dict[str, object]:
    here = {str(product.name) for product in visit.house.mesh.products}
    names = [
        {"title": name, "href": f"/products/{name.replace('.', '/')}" if name in here else ""}
        for name in spent.names
    ]
    first, other = (*spent.names, "", "")[:2]
    entries = _entries(product=first, text=other) if first else ""
    return {"names": names, "spent": spent, "entries": entries}


def _of_reader(visit: Visit, spent: Spent, domain: str) -> dict[str, object]:
    (reader,) = spent.names
    return {
        "reader": reader,
        "title": called.begun(called.consumer(visit, reader)),
        "domains": [called.domain(visit, name) for name in spent.domains],
        "spent": spent,
        "entries": _entries(person=reader, text=f"{domain}." if domain else ""),
    }


def _address(visit: Visit, domain: str) -> str:
    """The costs of a domain; one that is gone has no page of its own."""
    here = visit.house.mesh.domain(domain)
    return f"/ops/costs?{urlencode({'domain': domain})}" if here else ""


def _entries(**asked: str) -> str:
    """Where the activity finds the statements."""
    return f"/govern/audit?{urlencode({k: v for k, v in (*asked.items(), ('events', READS)) if v})}"


ROUTES = (get("/ops/costs", costs),)
