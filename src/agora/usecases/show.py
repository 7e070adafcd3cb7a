"""Show: the label of a product, and rows of it as one person sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agora.governance import labels, lifecycle
from agora.model.decision import Decision
from agora.model.label import TrackRecord
from agora.model.mesh import Domain
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.reasons import Reason
from agora.model.release import Release, Run
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage import aside, keys
from agora.passage import labels as labelled
from agora.passage.editions import one
from agora.passage.knowing import find_port, find_product
from agora.passage.ruling import current_release, rule
from agora.quality.labels import keeping
from agora.quality.labels.words import Remark, remarks
from agora.quality.levels import Promise, judge


class Part(StrEnum):
    """Which rows to show of a port."""

    SAMPLE = "sample"
    QUARANTINE = "quarantine"
    FAILURES = "failures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A product's label for one person: what it is, what is released, what was promised and holds.

    `decisions` has one entry per port, `notices` one for each port on its way out. `remarks` are what
    the release's labels tell, `records` how each promise was kept, one for each of `promises`.
    Check samples and labels hold only what this person may see.
    """

    product: Product
    domain: Domain | None
    decisions: tuple[Decision, ...]
    promises: tuple[Promise, ...] = ()
    release: Release | None = None
    run: Run | None = None
    notices: tuple[Reason, ...] = ()
    remarks: tuple[Remark, ...] = ()
    records: tuple[TrackRecord, ...] = ()


def show(house: House, who: Actor, name: str, *, edition: str = "") -> Shown:
    """Everything this person may know about a product, as of an edition. Raises Missing."""
    product = find_product(house, who.principal, name)
    chosen = one(house, product, edition)
    run = None if chosen else aside.newest_run(house, product)
    release = chosen or current_release(house, product)
    rulings = [
        rule(house, who.principal, who.purpose, product, port, chosen) for port in product.ports
    ]
    sees = labelled.viewer(house, who, product, release)
    shown = labels.release(release, sees) if release else None
    facts = shown.labels if shown else ()
    return Shown(
        product=product,
        domain=house.mesh.domain(product.name.domain),
        decisions=tuple(ruling.decision for ruling in rulings),
        promises=_promises(house, product, release),
        release=shown,
        run=labels.run(run, sees) if run else None,
        notices=_notices(house, product),
        remarks=tuple(remark for each in facts for remark in remarks(each, house.now())),
        records=tuple(labels.record(each, sees) for each in _records(house, product)),
    )


def rows(
    house: House,
    who: Actor,
    name: str,
    *,
    of: Part = Part.SAMPLE,
    limit: int = 20,
    edition: str = "",
) -> Answer:
    """Rows of a port as this person sees them. Raises Missing, Denied or Unavailable."""
    product, port = find_port(house, who.principal, name)
    chosen = one(house, product, edition)
    if of is Part.SAMPLE:
        return aside.sample(house, who, product, port, limit, chosen)
    failures = of is Part.FAILURES
    return aside.put_aside(house, who, product, port, limit, chosen, failures=failures)


def _notices(house: House, product: Product) -> tuple[Reason, ...]:
    """What is said of each version that is retired or on its way out."""
    found = []
    for port in product.ports:
        standing = lifecycle.life(house.mesh, port.version)
        assert standing is not None, "a product's own port is in the mesh"
        now = house.now()
        found.append(
            lifecycle.over(port.version, standing, now)
            or lifecycle.notice(port.version, standing, now)
        )
    return tuple(each for each in found if each is not None)


def _promises(house: House, product: Product, release: Release | None) -> tuple[Promise, ...]:
    at = _rows_from(house, release)
    return tuple(
        promise
        for port in product.ports
        for promise in judge(port.contract.service_levels, released_at=at, now=house.now())
    )


def _rows_from(house: House, release: Release | None) -> datetime | None:
    """When the rows were released: a rollback does not make them any fresher."""
    if release is None or not release.restores:
        return release.released_at if release else None
    made = house.store.get(Release, keys.release(release.product, release.restores))
    return made.noun.released_at if made else release.released_at


def _records(house: House, product: Product) -> tuple[TrackRecord, ...]:
    now = house.now()
    came = labelled.editions(house, product, now - timedelta(days=keeping.DAYS))
    return tuple(
        record
        for port in product.ports
        for record in keeping.records(
            port.contract.service_levels,
            port.version,
            keeping.editions(came, port.version),
            now,
        )
    )
