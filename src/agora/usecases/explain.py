"""Explain: what one person would see of a product, per column, and why."""

from dataclasses import replace

from agora.model.decision import Decision
from agora.model.names import PortVersion
from agora.model.people import Actor, Principal
from agora.model.reasons import Reason
from agora.model.release import ReleasedColumn
from agora.needs.house import House
from agora.passage.knowing import find_product, may_know
from agora.passage.ruling import Ruling, rule


def explain(
    house: House, who: Actor, name: str, *, told: Principal | None = None
) -> tuple[Decision, ...]:
    """The decision for every port the name means; nothing is read. Raises Missing.

    When it is `told` to somebody else, no product is named that they may not know of.
    """
    product = find_product(house, who.principal, name)
    wanted, _, major = name.partition("@")
    whole = wanted == str(product.name) and not major
    ports = [p for p in product.ports if whole or name in (str(p.name), str(p.version))]
    rulings = [rule(house, who.principal, who.purpose, product, port) for port in ports]
    return tuple(_with_origins(house, told or who.principal, ruling) for ruling in rulings)


def _with_origins(house: House, principal: Principal, ruling: Ruling) -> Decision:
    """The decision, saying of a masked column which labels came along and from where."""
    released = (
        {column.name: column for column in ruling.snapshot.columns} if ruling.snapshot else {}
    )
    columns = tuple(
        replace(view, reasons=(*view.reasons, *_came(house, principal, released.get(view.name))))
        if view.reasons
        else view
        for view in ruling.decision.columns
    )
    return replace(ruling.decision, columns=columns)


def _came(house: House, principal: Principal, column: ReleasedColumn | None) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            code="E400",
            sentence=f"tag `{label}` came along from {_origin(house, principal, origin)}",
            rule="lineage",
        )
        for label, origin in (column.carried if column else ())
    )


def _origin(house: House, principal: Principal, origin: str) -> str:
    """The column a label came from, unless its product may not be known of."""
    name, _, rest = origin.partition("@")
    product = house.mesh.product(PortVersion.parse(f"{name}@{rest.partition('.')[0]}").port.of)
    if product is None or not may_know(house, principal, product):
        return "a product you may not know of"
    return f"`{origin}`"
