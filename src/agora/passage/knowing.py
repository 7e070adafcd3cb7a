"""Knowing: which products a reader may know of; an unlisted one answers like one that is not there."""

import difflib

from agora.model.errors import Invalid, Missing
from agora.model.mesh import Domain
from agora.model.people import Principal
from agora.model.product import OutputPort, Product
from agora.model.sqlfacts import TableUse
from agora.needs.house import House
from agora.passage.ruling import rule


def may_know(house: House, principal: Principal, product: Product) -> bool:
    """True for listed products, for the owning domain's people, and for whoever may read a port."""
    if product.listed or product.name.domain in principal.domains:
        return True
    if product.name.service == principal.id:
        return True
    return any(rule(house, principal, "", product, port).decision.allowed for port in product.ports)


def known(house: House, principal: Principal) -> tuple[Product, ...]:
    """Every product this reader may know of."""
    return tuple(p for p in house.mesh.products if may_know(house, principal, p))


def find_domain(house: House, name: str) -> Domain:
    """The domain of that id, which everybody may know of. Raises Missing."""
    found = house.mesh.domain(name)
    if found is None:
        raise Missing("there is no such domain", code="E404", hint="`/domains` lists them")
    return found


def find_product(house: House, principal: Principal, name: str) -> Product:
    """The product somebody named; raises Missing, the same for unlisted and unknown names."""
    wanted = name.partition("@")[0]
    for product in house.mesh.products:
        own = {str(product.name)} | {str(port.name) for port in product.ports}
        if wanted in own and may_know(house, principal, product):
            return product
    raise _left_out(house, principal, wanted) or missing(house, principal, name)


def _left_out(house: House, principal: Principal, name: str) -> Invalid | None:
    """What its own people hear of a product whose files cannot be used; nobody else hears of it."""
    domain = name.partition(".")[0]
    own = domain in principal.domains or principal.id == house.mesh.operator
    if not own or not {name, domain} & set(house.mesh.broken):
        return None
    return Invalid(
        f"the files of `{name}` have errors", code="E158", hint="`agora check` shows every finding"
    )


def find_port(house: House, principal: Principal, name: str) -> tuple[Product, OutputPort]:
    """The port somebody named: `domain.product[.port][@major]`; without a major the newest one."""
    product = find_product(house, principal, name)
    wanted, _, major = name.partition("@")
    ports = [p for p in product.ports if str(p.name) == wanted]
    if not ports and len(product.ports) == 1:
        ports = list(product.ports)
    if major:
        ports = [p for p in ports if str(p.contract.major) == major.removeprefix("v")]
    if not ports:
        names = ", ".join(f"`{p.version}`" for p in product.ports)
        raise Missing(
            f"`{name}` names no port",
            code="E405",
            hint=f"the ports of `{product.name}` are {names}",
        )
    return product, max(ports, key=lambda p: p.contract.major)


def find_table(
    house: House, principal: Principal, table: TableUse
) -> tuple[Product, tuple[OutputPort, ...]]:
    """The port versions a SQL name can mean; raises Missing, the same for unlisted and unknown."""
    for product in house.mesh.products:
        ports = tuple(port for port in product.ports if _means(table, port))
        if ports and may_know(house, principal, product):
            return product, ports
    raise missing(house, principal, f"{table.schema}.{table.table}")


def missing(house: House, principal: Principal, name: str) -> Missing:
    """The one answer for what is not there or may not be known of, with near names that may."""
    products = known(house, principal)
    names = [str(p.name) for p in products]
    if "_" in name:
        names = [f"{port.name.schema}.{port.name.table}" for p in products for port in p.ports]
    if name in names:
        names = [str(p.name) for p in products]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = (
        f"did you mean {' or '.join(f'`{n}`' for n in near)}?"
        if near
        else "`agora search` lists what there is"
    )
    return Missing(f"there is no `{name}` here", code="E404", hint=hint)


def _means(table: TableUse, port: OutputPort) -> bool:
    if table.schema.lower() != port.name.schema:
        return False
    return table.table.lower() in (port.name.table, port.version.table)
