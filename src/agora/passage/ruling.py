"""Rulings: a port version, what is released of it, and the decision for one reader."""

from dataclasses import dataclass

from agora.governance.decisions import Ask, decide
from agora.model.access import Agreement
from agora.model.decision import Decision
from agora.model.names import PortName
from agora.model.people import Principal
from agora.model.product import Lifecycle, OutputPort, Product
from agora.model.release import Current, Release, ReleasedColumn, Snapshot
from agora.needs.house import House
from agora.passage import keys


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


def rule(
    house: House, principal: Principal, purpose: str, product: Product, port: OutputPort
) -> Ruling:
    """Decide what this reader may see of one port version, on what is released now."""
    release = current_release(house, product)
    snapshot = release.snapshot(port.version) if release else None
    ask = Ask(
        principal=principal,
        port=port.version,
        columns=snapshot.columns if snapshot else _promised(port),
        purpose=purpose,
        now=house.now(),
        agreements=agreements_on(house, port.name),
    )
    return Ruling(product=product, port=port, decision=decide(house.mesh, ask), release=release)


def rule_version(
    house: House,
    principal: Principal,
    purpose: str,
    product: Product,
    versions: tuple[OutputPort, ...],
) -> Ruling:
    """Pick the major version: the one this reader has a right to, else the newest active one."""
    ordered = sorted(
        versions, key=lambda p: (p.contract.status != Lifecycle.ACTIVE, -p.contract.major)
    )
    rulings = [rule(house, principal, purpose, product, port) for port in ordered]
    return next((r for r in rulings if r.decision.allowed), rulings[0])


def _promised(port: OutputPort) -> tuple[ReleasedColumn, ...]:
    return tuple(
        ReleasedColumn(name=c.name, type=c.type, field_id=0, labels=tuple(sorted(c.labels)))
        for c in port.contract.columns
    )
