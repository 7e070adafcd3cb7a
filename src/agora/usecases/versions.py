"""Versions: what differs between the major versions of a product's tables, standing side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agora.model.changes import Change
from agora.model.names import PortName, PortVersion
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.knowing import find_product
from agora.quality.compatibility.contracts import compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """From one major version of a table to the next: every change, and what it does to readers."""

    old: PortVersion
    new: PortVersion
    changes: tuple[Change, ...]


def differences(house: House, who: Actor, name: str) -> tuple[Difference, ...]:
    """Each step from a version to the one after it, for every table of the product. Raises Missing."""
    product = find_product(house, who.principal, name)
    names = dict.fromkeys(port.name for port in product.ports)
    return tuple(step for port in names for step in _steps(house, port))


def _steps(house: House, port: PortName) -> Iterator[Difference]:
    found = sorted(house.mesh.versions(port), key=lambda each: each.contract.major)
    for old, new in pairwise(found):
        changes = compare(old.contract, new.contract)
        yield Difference(old=old.version, new=new.version, changes=changes)
