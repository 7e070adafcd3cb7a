"""Studio: the products somebody answers for, how each stands, and what still keeps it from running."""

from collections.abc import Iterator
from dataclasses import dataclass

from agora.governance.access import deciders
from agora.governance.rights import may_run
from agora.model.access import Request
from agora.model.errors import Denied
from agora.model.names import PortVersion, ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Release, Run, RunState
from agora.needs.house import House
from agora.passage import keys
from agora.passage.filing import waiting
from agora.passage.knowing import find_product, known
from agora.passage.ruling import current_release, rule

MOST = 10
FILES = frozenset({"csv", "sheet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A port the product may not read yet; `request` waits for one of `deciders` to answer."""

    port: PortVersion
    deciders: tuple[str, ...]
    request: Request | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a product stands: its current edition, what it may not read yet, and its newest runs."""

    product: Product
    release: Release | None
    lacks: tuple[Lacking, ...]
    runs: tuple[Run, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        """The one file it is made of, which another may take the place of; empty when there is none."""
        found = [each for each in self.product.build.sources if each.type in FILES]
        return found[0].path if len(found) == 1 and not found[0].arriving else ""

    @property
    def failing(self) -> bool:
        """True when its newest run made no edition."""
        return bool(self.runs) and self.runs[0].state in (RunState.BLOCKED, RunState.FAILED)


def mine(house: House, who: Actor) -> tuple[Standing, ...]:
    """Every product this person may publish, as it stands now."""
    return tuple(
        _standing(house, each)
        for each in known(house, who.principal)
        if not may_run(house.mesh, each.name, who.principal)
    )


def one(house: House, who: Actor, name: str) -> Standing:
    """One of them, with its files and newest runs. Raises Missing, Denied."""
    product = find_product(house, who.principal, name)
    if reasons := may_run(house.mesh, product.name, who.principal):
        raise Denied.because(reasons)
    return _standing(house, product, files=tuple(_files(house, product)))


def domains(house: House, who: Actor) -> tuple[str, ...]:
    """The domains this person may publish for."""
    names = (each.id for each in house.mesh.domains)
    return tuple(
        name for name in names if not may_run(house.mesh, ProductName(name, name), who.principal)
    )


def _standing(house: House, product: Product, files: tuple[tuple[str, str], ...] = ()) -> Standing:
    runs = [kept.noun for kept in house.store.find(Run, keys.runs_of(product.name))]
    return Standing(
        product=product,
        release=current_release(house, product),
        lacks=tuple(_lacks(house, product)),
        runs=tuple(reversed(runs[-MOST:])),
        files=files,
    )


def _lacks(house: House, product: Product) -> Iterator[Lacking]:
    service = house.mesh.principal(product.name.service)
    assert service is not None, "every product has its service"
    for each in product.inputs:
        offering, port = house.mesh.product(each.port.port.of), house.mesh.port(each.port)
        assert offering is not None, "a product with an input from nowhere is not opened (E134)"
        assert port is not None, "a product with an input from nowhere is not opened (E134)"
        if rule(house, service, each.purpose, offering, port).decision.allowed:
            continue
        asked = (r for r in waiting(house, each.port.port) if r.consumer == service.id)
        fitting = (r for r in asked if r.port == each.port and r.purpose == each.purpose)
        yield Lacking(
            port=each.port,
            deciders=deciders(house.mesh, each.port),
            request=next(fitting, None),
        )


def _files(house: House, product: Product) -> Iterator[tuple[str, str]]:
    for path, content in sorted(house.folder.texts().items()):
        if path.startswith(f"{product.folder}/"):
            yield path, content.decode(errors="replace")
