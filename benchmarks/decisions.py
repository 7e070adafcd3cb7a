"""How long a decision takes: 50 rules, 16 columns, one agreement; and how much the rules cost.

Run with `python benchmarks/decisions.py [decisions]`; prints microseconds and ratios, tests nothing.
"""

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

from agora.governance.decisions import Ask, decide
from agora.model.access import Agreement
from agora.model.contract import Column, Contract
from agora.model.expressions import Attribute, ColumnRef, OneOf
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortName, PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Effect, Layer, Mask, MaskKind, Policy, Purpose, Tag, Target, Who
from agora.model.product import OutputPort, Product, ProductKind
from agora.model.release import ReleasedColumn
from agora.model.types import parse_type

NOW = datetime(2018, 1, 2, tzinfo=UTC)
PORT = PortVersion(PortName("sales", "orders", "orders"), 1)
COLUMNS = tuple(
    Column(name=f"c{n}", type=parse_type("VARCHAR"), tags=(f"t{n % 8}",)) for n in range(16)
)
ANA = Principal(
    id="ana",
    kind=PrincipalKind.PERSON,
    teams=("finance",),
    roles=("analyst",),
    attributes=(("stores", ("3", "5")),),
)
ARIA = replace(ANA, id="agent:aria", kind=PrincipalKind.AGENT, acts_for="ana")


def policy(number, *, binding):
    """One of many rules: mostly masks, some conditions on rows, bound to the reader or not."""
    rows = OneOf(item=ColumnRef(name="c1"), options=(Attribute(scope="user", name="stores"),))
    masked = number % 5
    effect = Effect(mask=Mask(kind=MaskKind.NULL)) if masked else Effect(rows=rows)
    return Policy(
        id=f"p{number}",
        layer=Layer.GUARDRAIL,
        effect=effect,
        applies_to=Target(tags=(f"t{number % 8}",)) if masked else Target(),
        who=Who(roles=("analyst",) if binding else ("nobody",)),
        unless=(Who(purposes=("never",)),),
    )


def mesh(rules):
    """A mesh with one port under these rules."""
    contract = Contract(id="c", version="1.0.0", status="active", table="orders", columns=COLUMNS)
    port = OutputPort(name=PORT.port, contract=contract)
    kind = ProductKind.SOURCE_ALIGNED
    return Mesh(
        name="bench",
        domains=(Domain(id="sales", team="sales"),),
        principals=(ANA, ARIA),
        purposes=(Purpose(id="reporting"),),
        tags=tuple(Tag(id=f"t{n}") for n in range(8)),
        policies=tuple(rules),
        products=(Product(name=PORT.port.of, id="p", kind=kind, ports=(port,)),),
    )


def microseconds(world, principal, count):
    """The mean time of one decision."""
    agreement = Agreement(
        id="a", port=PORT, consumer="ana", purpose="reporting", starts=NOW, approved_by="sofia"
    )
    columns = tuple(
        ReleasedColumn(name=c.name, type=c.type, field_id=n, labels=c.tags)
        for n, c in enumerate(COLUMNS, start=1)
    )
    ask = Ask(
        principal=principal,
        port=PORT,
        columns=columns,
        purpose="",
        now=NOW,
        agreements=(agreement,),
    )
    assert decide(world, ask).allowed
    start = time.perf_counter()
    for _ in range(count):
        decide(world, ask)
    return (time.perf_counter() - start) / count * 1e6


def main():
    """Print the time of a decision in four worlds."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    worlds = {
        "no rule": mesh(()),
        "50 rules, none binds": mesh(policy(n, binding=False) for n in range(50)),
        "50 rules, 5 bind": mesh(policy(n, binding=n % 10 == 1) for n in range(50)),
        "50 rules, all bind": mesh(policy(n, binding=True) for n in range(50)),
    }
    floor = microseconds(worlds["no rule"], ANA, count)
    for name, world in worlds.items():
        took = microseconds(world, ANA, count)
        print(f"{name:<24} {took:7.1f} µs  {took / floor:5.1f} x no rule")
    took = microseconds(worlds["50 rules, all bind"], ARIA, count)
    print(f"{'the same for an agent':<24} {took:7.1f} µs  {took / floor:5.1f} x no rule")


if __name__ == "__main__":
    main()
