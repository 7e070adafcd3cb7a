"""Lineage: what a column or a port came from and what comes of it, as far as this person may know."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from agora.model.errors import Missing
from agora.model.lineage import ColumnLineage, ColumnName, How
from agora.model.names import ProductName
from agora.model.people import Actor, Principal
from agora.model.product import OutputPort, Product
from agora.needs.house import House
from agora.passage import keys
from agora.passage.knowing import known, missing
from agora.passage.ruling import current_release
from agora.workshop.lineage.impact import Branch, Graph, downward, graph, upward

Walk = Callable[[Graph, ColumnName, int], tuple[Branch, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One column with what is above and below it in the lineage of the current releases.

    `conservative` when a step of its product could not be followed, so that some of it is a guess.
    """

    column: ColumnName
    up: tuple[Branch, ...]
    down: tuple[Branch, ...]
    conservative: bool = False


def lineage(
    house: House, who: Actor, name: str, *, up: bool = True, down: bool = True, depth: int = 0
) -> tuple[Told, ...]:
    """The lineage of the column that was named, or of every column of the port.

    Products this person may not know of stay unnamed, and so do sources of other domains. Raises
    Missing, also where nothing is released yet.
    """
    port, column = _named(house, who.principal, name)
    found = tuple(_current(house))
    whole = graph(found)
    relation = str(port.version)
    if relation not in whole.columns:
        raise Missing(
            f"`{port.version}` has no lineage yet",
            code="E504",
            hint=f"its owners publish a release with `agora run {port.name.of}`",
        )
    shown = _Shown(house, who.principal)
    guessed = {str(p.port) for each in found for p in each.ports if p.conservative}

    def told(start: ColumnName) -> Told:
        return Told(
            column=start,
            up=shown.of(upward(whole, start, depth)) if up else (),
            down=shown.of(downward(whole, start, depth)) if down else (),
            conservative=relation in guessed,
        )

    every = [told(start) for start in whole.starts(relation, column)]
    return tuple(each for each in every if each.column.column or each.up or each.down)


def _current(house: House) -> Iterable[ColumnLineage]:
    """The lineage of every current release."""
    for product in house.mesh.products:
        release = current_release(house, product)
        if release is not None:
            kept = house.store.get(ColumnLineage, keys.run(product.name, release.run))
            if kept is not None:
                yield kept.noun


def _named(house: House, principal: Principal, name: str) -> tuple[OutputPort, str]:
    """The port version and column somebody named: `domain.product[.port][@major][.column]`."""
    products = known(house, principal)
    ports = sorted(_ports(products), key=lambda port: -port.contract.major)
    for port in ports:
        if name in (str(port.name), str(port.version)):
            return port, ""
    fitting = [
        (port, name.removeprefix(f"{start}."))
        for port in ports
        for start in (str(port.name), str(port.version))
        if name.startswith(f"{start}.")
    ]
    for port, column in fitting:
        promised = port.contract.column(column)
        if promised is not None:
            return port, promised.name
    if not fitting:
        raise missing(house, principal, name)
    raise _no_column(*fitting[0])


def _ports(products: Iterable[Product]) -> Iterable[OutputPort]:
    return (port for product in products for port in product.ports)


def _no_column(port: OutputPort, column: str) -> Missing:
    names = [each.name for each in port.contract.columns]
    near = difflib.get_close_matches(column, names, n=2, cutoff=0.5)
    listed = " or ".join(f"`{port.name}.{name}`" for name in near)
    hint = f"did you mean {listed}?" if near else f"its columns are {', '.join(names)}"
    return Missing(f"`{port.version}` has no column `{column}`", code="E405", hint=hint)


class _Shown:
    """Trees as one person may see them."""

    def __init__(self, house: House, principal: Principal) -> None:
        self._known = {product.name for product in known(house, principal)}
        self._own = principal.domains
        self._operates = principal.id == house.mesh.operator

    def of(self, branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
        """The branches with what must stay unnamed put together as one."""
        seen = [replace(each, branches=self.of(each.branches)) for each in branches]
        open_ones = tuple(b for b in seen if b.column is not None and self._may_name(b.column))
        closed = [b for b in seen if b not in open_ones and not self._outside_source(b)]
        if not closed:
            return open_ones
        behind = tuple(dict.fromkeys(more for each in closed for more in each.branches))
        hows = tuple(dict.fromkeys(how for each in closed for how in each.how))
        return (*open_ones, Branch(column=None, how=_plain(hows), branches=behind))

    def _may_name(self, column: ColumnName) -> bool:
        if column.port is None:
            return self._operates or column.product.domain in self._own
        return self._knows(column.product)

    def _outside_source(self, branch: Branch) -> bool:
        """A source of another domain is not shown at all: the product is where its lineage ends."""
        return branch.column is not None and branch.column.port is None

    def _knows(self, product: ProductName) -> bool:
        return product in self._known


def _plain(hows: tuple[How, ...]) -> tuple[How, ...]:
    """How values reach what cannot be named: at all, or not; nothing more is told."""
    return (How.TRANSFORMATION,) if any(how.tells for how in hows) else (How.FILTER,)
