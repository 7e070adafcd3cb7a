"""Rules: what binds people here, and the words the rules use."""

from dataclasses import dataclass

from agora.governance.matching import told
from agora.governance.rights import answers_for, oversees
from agora.model.errors import Denied, Missing
from agora.model.names import PortVersion
from agora.model.people import Actor, Principal
from agora.model.policy import Layer, Policy, Purpose, Tag
from agora.needs.house import House
from agora.passage.knowing import find_domain, find_product, known


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rules of the company and of the domains somebody may know of, with purposes and tags."""

    company: tuple[Policy, ...]
    domains: tuple[Policy, ...]
    purposes: tuple[Purpose, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """About whom, and about which tables, somebody may ask what would be seen."""

    people: tuple[Principal, ...]
    tables: tuple[PortVersion, ...]
    others: bool = False


def rules(house: House, who: Actor) -> Rules:
    """Everything that binds people here, as far as this person may know."""
    mesh = house.mesh
    binding = _binding(house, who.principal)
    return Rules(
        company=tuple(each for each in binding if each.layer is Layer.GUARDRAIL),
        domains=tuple(each for each in binding if each.layer is Layer.DOMAIN),
        purposes=mesh.purposes,
        tags=mesh.tags,
    )


def _binding(house: House, principal: Principal) -> tuple[Policy, ...]:
    """All rules for those who oversee the mesh, else those about something one may know of."""
    if oversees(house.mesh, principal):
        return house.mesh.policies
    products = known(house, principal)
    areas = {"", *(each.name.domain for each in products)}
    names = {str(name) for each in products for name in (each.name, *(p.name for p in each.ports))}
    found = (told(each, names) for each in house.mesh.policies if each.domain in areas)
    return tuple(each for each in found if each is not None)


def of_domain(house: House, who: Actor, name: str) -> tuple[Policy, ...]:
    """The rules of one domain, none where nothing of it may be known. Raises Missing."""
    found = find_domain(house, name)
    return tuple(each for each in rules(house, who).domains if each.domain == found.id)


def askable(house: House, who: Actor, table: str = "") -> Askable:
    """Whom somebody may ask about, as `reader` says; owners choose the person before the table."""
    mesh, own = house.mesh, who.principal
    domains = [table.partition(".")[0]] if table else [each.id for each in mesh.domains]
    everybody = any(answers_for(mesh, own, domain) for domain in domains)
    return Askable(
        people=mesh.principals if everybody else (own,),
        tables=tuple(port.version for each in known(house, own) for port in each.ports),
        others=everybody,
    )


def reader(house: House, who: Actor, table: str, person: str, purpose: str) -> Actor:
    """Somebody as they would ask for a table, for who may be told what they would see of it.

    Owners ask about their own tables, those who oversee about all, everybody about themselves.
    Raises Missing, Denied.
    """
    own = who.principal
    asks = answers_for(house.mesh, own, find_product(house, own, table).name.domain)
    found = own if person in ("", own.id) else house.mesh.principal(person) if asks else None
    if found is None and asks:
        raise Missing(f"there is no `{person}`", code="E608", hint="`/people` lists who there is")
    if found is None:
        raise Denied(
            "what others see of a table is for its owners",
            code="E780",
            hint="leave out `person` to ask for yourself",
        )
    return Actor(principal=found, operator=own.id, purpose=purpose)
