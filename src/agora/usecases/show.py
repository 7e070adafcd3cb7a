"""Show: the label of a product, and rows of it as one person sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agora.governance import labels, lifecycle
from agora.model.access import Request, RequestState
from agora.model.decision import Decision
from agora.model.label import TrackRecord
from agora.model.mesh import Domain
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.reasons import Reason
from agora.model.release import Release, Run
from agora.model.search import Access, Quality
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage import aside, filing, keys
from agora.passage import labels as labelled
from agora.passage.editions import one
from agora.passage.knowing import find_port, find_product
from agora.passage.ruling import agreements_on, current_release, rule
from agora.quality.labels import keeping
from agora.quality.labels.words import Remark, remarks
from agora.quality.levels import Promise, judge

NEWEST = 200
"""How many of somebody's requests are looked at for one that waits."""


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
    `access` says what this person does next: use it, wait for the answer to `request`, or ask.
    `consumers` is how many have an agreement that holds now.
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
    access: Access = Access.ON_REQUEST
    request: Request | None = None
    consumers: int = 0

    @property
    def quality(self) -> Quality:
        """Whether everything it promises holds now, as a search says it too."""
        if self.release is None:
            return Quality.UNRELEASED
        broken = self.release.flawed or any(each.kept is False for each in self.promises)
        return Quality.BROKEN if broken else Quality.HOLDS


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
    waits = _waiting(house, who, product)
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
        access=_access([ruling.decision for ruling in rulings], waits),
        request=waits,
        consumers=_consumers(house, product),
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


def _access(decisions: Sequence[Decision], waits: Request | None) -> Access:
    """One table that is open makes the product open, whatever else was asked for."""
    if any(decision.allowed for decision in decisions):
        return Access.OPEN
    return Access.PENDING if waits else Access.ON_REQUEST


def _waiting(house: House, who: Actor, product: Product) -> Request | None:
    """The newest request for this person on this product that nobody has answered yet."""
    asked = filing.requests_of(house, (who.principal.id,), NEWEST)
    waits = (each for each in asked if each.state is RequestState.PENDING)
    own = [each for each in waits if each.port.port.of == product.name]
    return own[-1] if own else None


def _consumers(house: House, product: Product) -> int:
    """How many persons, teams and services have an agreement on it that holds now."""
    ports = dict.fromkeys(port.name for port in product.ports)
    agreed = (each for port in ports for each in agreements_on(house, port))
    return len({each.consumer for each in agreed if each.active(house.now())})


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
