"""Rulings: a port version, what is released of it, and the decision for one reader."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agora.governance.agreeing import consumers
from agora.governance.decisions import Ask, decide
from agora.governance.matching import voices
from agora.model.access import Agreement
from agora.model.decision import Decision
from agora.model.names import PortName
from agora.model.onward import Given
from agora.model.people import Principal
from agora.model.product import Lifecycle, OutputPort, Product
from agora.model.release import Current, Release, ReleasedColumn, Snapshot
from agora.needs.house import House
from agora.passage import filing, keys, onward
from agora.passage.origins import Origins, origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One port version as one reader meets it; without a release there is nothing to read yet."""

    product: Product
    port: OutputPort
    decision: Decision
    release: Release | None = None

    @property
    def snapshot(self) -> Snapshot | None:
        """The released state of this port version."""
        return self.release.snapshot(self.port.version) if self.release else None


def current_release(house: House, product: Product) -> Release | None:
    """The release readers get now, or None before the first."""
    current = house.store.get(Current, str(product.name))
    if current is None:
        return None
    kept = house.store.get(Release, keys.release(product.name, current.noun.number))
    return kept.noun if kept else None


def agreements_on(house: House, port: PortName) -> tuple[Agreement, ...]:
    """Every agreement ever made on any version of this port."""
    return tuple(kept.noun for kept in house.store.find(Agreement, keys.agreements_of(port)))


def agreements_for(house: House, principal: Principal, port: PortName) -> tuple[Agreement, ...]:
    """All a decision about this reader goes by: what names them, their teams or whom they act for.

    However many others have agreed something on the port, they are not looked at.
    """
    heard = (principal, *voices(house.mesh, principal))
    names = sorted({name for each in heard for name in consumers(each)})
    return filing.agreements_with(house, port, names)


def rule(
    house: House,
    principal: Principal,
    purpose: str,
    product: Product,
    port: OutputPort,
    edition: Release | None = None,
) -> Ruling:
    """Decide what this reader may see of one port version: of this edition, else of the current one.

    Whose only agreement is on an edition gets that one. Rules are today's, whatever is read.
    """
    current = current_release(house, product)
    agreements = agreements_for(house, principal, port.name)

    def ruled(release: Release | None) -> Ruling:
        standing = _standing(house, product, port, release, current, agreements)
        return standing.ruled(principal, purpose)

    found = ruled(edition or current)
    if edition is None and not found.decision.allowed:
        for number in sorted({a.edition for a in agreements if a.edition}, reverse=True):
            held = house.store.get(Release, keys.release(product.name, number))
            other = ruled(held.noun) if held else found
            if other.decision.allowed:
                return other
    return found


def rule_as_if(
    house: House,
    principal: Principal,
    product: Product,
    port: OutputPort,
    agreement: Agreement,
    edition: Release | None = None,
) -> Ruling:
    """What this reader would see of a port version if this were agreed too; nothing is, by this."""
    current = current_release(house, product)
    agreements = (*agreements_for(house, principal, port.name), agreement)
    standing = _standing(house, product, port, edition or current, current, agreements)
    return standing.ruled(principal, agreement.purpose)


def everybody(
    house: House, product: Product, port: OutputPort, edition: Release
) -> Iterator[Ruling]:
    """What anybody at all may see of this edition today, for any purpose: one ruling each."""
    standing = _standing(
        house,
        product,
        port,
        edition,
        current_release(house, product),
        agreements_on(house, port.name),
    )
    services = (house.mesh.principal(each.name.service) for each in house.mesh.products)
    known = {each.id: each for each in (*house.mesh.principals, *services) if each}
    for principal in known.values():
        for purpose in ("", *(each.id for each in house.mesh.purposes)):
            yield standing.ruled(principal, purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """Everything a ruling on one edition of one port version needs but the reader."""

    house: House
    product: Product
    port: OutputPort
    release: Release | None
    columns: tuple[ReleasedColumn, ...]
    agreements: tuple[Agreement, ...]
    given: tuple[Given, ...]
    origins: Origins

    def ruled(self, principal: Principal, purpose: str) -> Ruling:
        """The ruling for this reader and purpose."""
        ask = Ask(
            principal=principal,
            port=self.port.version,
            columns=self.columns,
            purpose=purpose,
            now=self.house.now(),
            agreements=self.agreements,
            given=self.given,
            origins=self.origins,
            edition=self.release.number if self.release else 0,
        )
        return Ruling(
            product=self.product,
            port=self.port,
            decision=decide(self.house.mesh, ask),
            release=self.release,
        )


def _standing(
    house: House,
    product: Product,
    port: OutputPort,
    release: Release | None,
    current: Release | None,
    agreements: tuple[Agreement, ...],
) -> _Standing:
    return _Standing(
        house=house,
        product=product,
        port=port,
        release=release,
        columns=_columns(port, release, current),
        agreements=agreements,
        given=onward.given(house, product, release),
        origins=origins(house, release, port.version),
    )


def rule_version(
    house: House,
    principal: Principal,
    purpose: str,
    product: Product,
    versions: tuple[OutputPort, ...],
    edition: Release | None = None,
) -> Ruling:
    """Pick the major version: the one this reader has a right to, else the newest active one."""
    ordered = sorted(
        versions, key=lambda p: (p.contract.status != Lifecycle.ACTIVE, -p.contract.major)
    )
    rulings = [rule(house, principal, purpose, product, port, edition) for port in ordered]
    return next((r for r in rulings if r.decision.allowed), rulings[0])


def _columns(
    port: OutputPort, release: Release | None, current: Release | None
) -> tuple[ReleasedColumn, ...]:
    """The columns as released; an earlier edition's bear what policy knows of them since, too."""
    snapshot = release.snapshot(port.version) if release else None
    if snapshot is None:
        return _promised(port)
    newest = current.snapshot(port.version) if current else None
    if newest is None or newest == snapshot:
        return snapshot.columns
    # columns of other tools may have no id, and are known by their name
    since = {c.field_id or c.name: c.labels for c in newest.columns}
    return tuple(
        replace(c, labels=tuple(sorted({*c.labels, *since.get(c.field_id or c.name, ())})))
        for c in snapshot.columns
    )


def _promised(port: OutputPort) -> tuple[ReleasedColumn, ...]:
    return tuple(
        ReleasedColumn(name=c.name, type=c.type, field_id=0, labels=tuple(sorted(c.labels)))
        for c in port.contract.columns
    )
