"""Called: how people, purposes, consumers and tables are named on pages, in words anybody knows."""

from collections.abc import Sequence

from agora.model.names import PortVersion
from agora.web.visit import Visit


def people(visit: Visit, ids: Sequence[str]) -> str:
    """People by the names they go by."""
    found = [visit.house.mesh.principal(each) for each in ids]
    return " or ".join(each.name or each.id for each in found if each) or "nobody yet"


def purposes(visit: Visit) -> dict[str, str]:
    """What data may be used for here, by the titles people know."""
    return {each.id: each.title or each.id for each in visit.house.mesh.purposes}


def domain(visit: Visit, name: str) -> str:
    """A domain by its title; one that is gone by its name."""
    found = visit.house.mesh.domain(name)
    return (found and found.title) or name


def consumer(visit: Visit, name: str) -> str:
    """Whoever reads: a person, a team, a product that makes something of it, an agent or a service."""
    mesh = visit.house.mesh
    product = mesh.built_by(name)
    if product is not None:
        return f"the product {product.title or product.name}"
    if name.startswith("team:"):
        team = next((each for each in mesh.teams if f"team:{each.id}" == name), None)
        return f"the team {(team and team.title) or name.removeprefix('team:')}"
    found = mesh.principal(name)
    return (found and found.name) or name


def begun(words: str) -> str:
    """The words as a sentence begins."""
    return words[:1].upper() + words[1:]


def table(visit: Visit, port: PortVersion) -> str:
    """A table by its title; a product with several names the one that is meant."""
    product = visit.house.mesh.product(port.port.of)
    if product is None:
        return str(port)
    title = product.title or str(product.name)
    if len({each.version.port for each in product.ports}) == 1:
        return title
    found = visit.house.mesh.port(port)
    return f"{title}: {(found and found.contract.title) or port.port.port}"
