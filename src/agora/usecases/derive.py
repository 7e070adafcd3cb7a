"""Derive: what one reader may see of a table is kept as files of its own, or all such are tended."""

from agora.governance.rights import may_run
from agora.model.derived import Derived, Tended, Why
from agora.model.errors import AgoraError, Denied, Missing
from agora.model.ledger import Event
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.derived import make
from agora.passage.knowing import find_port
from agora.passage.reading import demand
from agora.passage.recording import refused
from agora.passage.ruling import rule
from agora.passage.tending import tend


def derive(house: House, who: Actor, name: str, *, reader: str, purpose: str = "") -> Derived:
    """The outcome of this reader's rules on this port has its derived table.

    Only those who may run the product ask for one. Raises Denied (also where the reader may not
    read), Missing, Refused (nothing is hidden), Unavailable, Exhausted or Broken.
    """
    product, port = find_port(house, who.principal, name)
    try:
        reasons = may_run(house.mesh, product.name, who.principal)
        if reasons:
            raise Denied.because(reasons)
        principal = house.mesh.principal(reader)
        if principal is None:
            raise Missing(f"there is no `{reader}`", code="E018")
        ruling = rule(house, principal, purpose, product, port)
        demand(ruling)
        return make(house, who, ruling, Why.DEMANDED)
    except AgoraError as problem:
        refused(house, who, str(port.version), "", problem, event=Event.DENIED)
        raise


def tended(house: House, who: Actor) -> Tended:
    """Stale derived tables are dropped, and those that were read often are made.

    Only the operator tends those of every domain; raises Denied.
    """
    if who.principal.id != house.mesh.operator:
        problem = Denied(
            "only the operator tends derived tables",
            code="E453",
            hint="name a table you may run: `agora derive PORT --for …`",
        )
        refused(house, who, "", "", problem, event=Event.DENIED)
        raise problem
    return tend(house, who)
