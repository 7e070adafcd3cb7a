"""Plan: what a release would change, whom it would break, and what may be done about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agora.governance import publishing
from agora.governance.publishing import Publication
from agora.governance.rights import may_run, oversees
from agora.model.changes import Dependence, Dependent, UsedQuery
from agora.model.contract import Contract
from agora.model.differences import Rehearsal
from agora.model.errors import Invalid
from agora.model.names import PortVersion, ProductName
from agora.model.people import Actor
from agora.model.plans import Planned, PortPlan, ProductPlan, Standing
from agora.model.product import Product
from agora.model.release import Current, Release
from agora.needs.house import House
from agora.passage import keys
from agora.passage.knowing import find_product, known, may_know
from agora.passage.ruling import current_release
from agora.spec import mesh as texts
from agora.spec.promises import read
from agora.usecases.running.depending import publication
from agora.usecases.running.promising import promised
from agora.usecases.running.rehearsing import rehearse


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What a product promised and how it was built; None for words that were not kept."""

    contracts: Mapping[PortVersion, Contract | None]
    hashes: Mapping[PortVersion, str]
    build: str
    release: int = 0


def plan(
    house: House,
    who: Actor,
    name: str = "",
    *,
    environment: Mapping[str, str],
    against: str = "",
    data: bool = False,
) -> Planned:
    """What would change, as far as this person may know; nothing is released or recorded as run.

    With `data` the products this person may run are rehearsed up to their checks. Raises Missing,
    Invalid (the texts of `against` cannot be read), Unavailable (no Git).
    """
    only = find_product(house, who.principal, name) if name else None
    before = _at(house, against, environment) if against else _released(house)
    now = (only,) if only else known(house, who.principal)
    plans = [_product(house, who, product, before.get(product.name), data=data) for product in now]
    if only is None:
        plans += _gone(house, who, before)
    found = tuple(p for p in plans if only or p.standing is not Standing.SAME)
    return Planned(against=against, products=found, broken=() if only else _broken(house, who))


def _released(house: House) -> dict[ProductName, _Before]:
    found = {}
    for kept in house.store.find(Current):
        row = house.store.get(Release, keys.release(kept.noun.product, kept.noun.number))
        if row is None:
            continue
        release = row.noun
        hashes = {PortVersion.parse(port): contract for port, contract in release.contracts}
        found[release.product] = _Before(
            contracts={port: promised(house, contract) for port, contract in hashes.items()},
            hashes=hashes,
            build=release.code_hash,
            release=release.number,
        )
    return found


def _at(house: House, ref: str, environment: Mapping[str, str]) -> dict[ProductName, _Before]:
    old = texts.read(house.folder.texts_at(ref), environment)
    if old.mesh is None:
        raise Invalid(
            f"the mesh at `{ref}` cannot be read",
            code="E100",
            findings=old.findings,
            hint="name a version in which `agora check` finds nothing",
        )
    found = {}
    current = {kept.noun.product: kept.noun.number for kept in house.store.find(Current)}
    now = {port.version: port.contract.hash for _, port in house.mesh.ports()}
    for product in old.mesh.products:
        words = {
            p.version: old.mesh.promise(p.contract.hash)
            for p in product.ports
            if now.get(p.version) != p.contract.hash
        }
        found[product.name] = _Before(
            contracts={port: read(each) if each else None for port, each in words.items()},
            hashes={p.version: p.contract.hash for p in product.ports},
            build=product.build.hash,
            release=current.get(product.name, 0),
        )
    return found


def _product(
    house: House, who: Actor, product: Product, before: _Before | None, *, data: bool
) -> ProductPlan:
    old = before.hashes if before else {}
    now = {port.version: port.contract for port in product.ports}
    ports = [*_ports(house, who, before, now)]
    standing = _standing(product, before, ports)
    rehearsal: Rehearsal | None = None
    if data and not may_run(house.mesh, product.name, who.principal):
        rehearsal = rehearse(house, who, product, current_release(house, product))
    return ProductPlan(
        product=product.name,
        standing=standing,
        release=before.release if before else 0,
        built_otherwise=before is not None and before.build != product.build.hash,
        ports=tuple(each for each in ports if each.standing is not Standing.SAME or not old),
        rehearsal=rehearsal,
    )


def _standing(product: Product, before: _Before | None, ports: list[PortPlan]) -> Standing:
    if before is None:
        return Standing.NEW
    differs = any(port.standing is not Standing.SAME for port in ports)
    return Standing.CHANGED if differs or before.build != product.build.hash else Standing.SAME


def _ports(
    house: House, who: Actor, before: _Before | None, now: Mapping[PortVersion, Contract]
) -> Iterator[PortPlan]:
    """Every port version of before and now, in order of name."""
    hashes = before.hashes if before else {}
    contracts = before.contracts if before else {}
    for port in sorted({*hashes, *now}):
        after, old = now.get(port), contracts.get(port)
        if port not in hashes:
            yield PortPlan(port=port, standing=Standing.NEW, after=after.version if after else "")
        elif after is not None and after.hash == hashes[port]:
            yield PortPlan(port=port, standing=Standing.SAME, before=after.version)
        elif old is None:
            standing = Standing.CHANGED if after else Standing.GONE
            yield PortPlan(port=port, standing=standing, unknown=True)
        else:
            yield _changed(house, who, publication(house, port, old, after))


def _changed(house: House, who: Actor, found: Publication) -> PortPlan:
    """What changes in one port; names and statements only as far as the asker may know them."""
    reasons = publishing.judge(found, house.now())
    shown = [each for each in found.dependents if _may_see(house, who, each)]
    names = {each.name for each in found.dependents} - {each.name for each in shown}
    return PortPlan(
        port=found.port,
        standing=Standing.CHANGED if found.after else Standing.GONE,
        before=found.before.version,
        after=found.after.version if found.after else "",
        bump=max((change.bump for change in found.changes), default=None),
        changes=found.changes,
        dependents=tuple(_told(house, who, each) for each in shown),
        hidden=len(found.dependents) - len(shown),
        reasons=tuple(r for r in reasons if not any(f"`{name}`" in r.sentence for name in names)),
        waits=len(reasons),
    )


def _may_see(house: House, who: Actor, found: Dependent) -> bool:
    """Readers are named to those who run what they read, to overseers, and to themselves."""
    own = {found.name, *found.speakers, *(query.who for query in found.queries)}
    runs = not may_run(house.mesh, found.port.port.of, who.principal)
    if runs or oversees(house.mesh, who.principal) or who.principal.id in own:
        return True
    product = house.mesh.product(ProductName.parse(found.name)) if _is_build(found) else None
    return product is not None and may_know(house, who.principal, product)


def _is_build(found: Dependent) -> bool:
    return found.how is Dependence.BUILD


def _told(house: House, who: Actor, found: Dependent) -> Dependent:
    """The dependent with the statements that name nothing the asker may not know of."""
    if oversees(house.mesh, who.principal):
        return found
    names = {str(port.version) for p in known(house, who.principal) for port in p.ports}

    def shown(query: UsedQuery) -> UsedQuery:
        return query if set(query.ports) <= names else replace(query, sql="", ports=())

    return replace(found, queries=tuple(shown(query) for query in found.queries))


def _gone(house: House, who: Actor, before: Mapping[ProductName, _Before]) -> Iterator[ProductPlan]:
    """Products that were there and are in no file any more, for those who may run them."""
    for name, old in before.items():
        left_out = {str(name), name.domain} & set(house.mesh.broken)
        if house.mesh.product(name) or left_out or may_run(house.mesh, name, who.principal):
            continue
        ports = tuple(_ports(house, who, old, {}))
        yield ProductPlan(product=name, standing=Standing.GONE, release=old.release, ports=ports)


def _broken(house: House, who: Actor) -> tuple[str, ...]:
    """The products of the asker's domains, or all for the operator, whose files have errors."""
    everything = who.principal.id == house.mesh.operator
    mine = who.principal.domains
    return tuple(b for b in house.mesh.broken if everything or b.partition(".")[0] in mine)
