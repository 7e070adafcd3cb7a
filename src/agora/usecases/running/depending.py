"""Depending: what would be published is compared with what was, and who depends on it is known."""

from dataclasses import replace

from agora.governance.publishing import Publication, asked
from agora.model.access import Agreement
from agora.model.changes import Consent, Dependent
from agora.model.contract import Contract
from agora.model.lineage import ColumnLineage
from agora.model.names import PortVersion
from agora.model.product import Product
from agora.model.release import Current, Release
from agora.needs.house import House
from agora.passage import keys
from agora.passage.ruling import current_release
from agora.quality.compatibility.contracts import compare
from agora.spec.promises import read
from agora.usecases.running.promising import promised
from agora.workshop.lineage.dependents import MEMORY, Evidence, dependents


def publications(house: House, product: Product, standing: Release) -> tuple[Publication, ...]:
    """Every port version of the release whose contract differs now, with those who depend on it."""
    found = []
    now = {str(port.version): port.contract for port in product.ports}
    for name, contract in standing.contracts:
        after = now.get(name)
        before = None if after and after.hash == contract else promised(house, contract)
        if before is not None:
            found.append(publication(house, PortVersion.parse(name), before, after))
    return tuple(found)


def publication(
    house: House, port: PortVersion, before: Contract, after: Contract | None
) -> Publication:
    """What would change for one port version, and for whom; who depends is only asked when it matters."""
    words = house.mesh.promise(after.hash) if after else None
    meant = (read(words) if words else None) or after
    found = Publication(
        port=port, before=before, after=after, changes=compare(before, meant) if meant else ()
    )
    if not (found.broken or found.concerns_all):
        return found
    columns = None if found.concerns_all else found.columns
    return replace(found, dependents=concerned(house, port, columns, after))


def concerned(
    house: House, port: PortVersion, columns: frozenset[str] | None, after: Contract | None
) -> tuple[Dependent, ...]:
    """Everybody who relies on these columns of the port, and whether they consented to the change."""
    consents = (kept.noun for kept in house.store.find(Consent, keys.consents_of(port)))
    found = dependents(evidence(house), port, columns)
    return asked(house.mesh, after.hash if after else "", found, consents)


def evidence(house: House) -> Evidence:
    """Everything the store tells of who uses what."""
    now = house.now()
    records = house.store.records()
    released = {kept.noun.product for kept in house.store.find(Current)}
    offered = [product for product in house.mesh.products if product.name in released]
    return Evidence(
        mesh=house.mesh,
        now=now,
        lineages=tuple(filter(None, (_lineage(house, product) for product in offered))),
        agreements=tuple(kept.noun for kept in house.store.find(Agreement)),
        entries=tuple(r.entry for r in records if now - r.entry.at <= MEMORY),
    )


def _lineage(house: House, product: Product) -> ColumnLineage | None:
    """What the current release came from, while the build that made it is the one in the files."""
    release = current_release(house, product)
    if release is None or release.code_hash != product.build.hash:
        return None
    kept = house.store.get(ColumnLineage, keys.run(product.name, release.run))
    return kept.noun if kept else None
