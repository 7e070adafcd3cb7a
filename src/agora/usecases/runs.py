"""Runs: what was built and what became of it, for those who may run it or oversee the mesh."""

from agora.governance.rights import may_run, oversees
from agora.model.errors import Missing
from agora.model.names import ProductName
from agora.model.operating import RunLine
from agora.model.people import Actor
from agora.model.release import Run
from agora.needs.house import House
from agora.passage import keys
from agora.passage.counting import journal
from agora.quality.runs import lines

MOST = 200


def runs(house: House, who: Actor) -> tuple[RunLine, ...]:
    """The newest runs this person may see; first failures after which nothing was released."""
    return tuple(line for line in lines(journal(house)) if _may_see(house, who, line.product))[
        :MOST
    ]


def run(house: House, who: Actor, product: str, name: str) -> Run:
    """One run. Raises Missing, the same for one that is not there and one somebody may not see."""
    missing = Missing(
        f"there is no run `{name}`", code="E762", hint="the list has those you may see"
    )
    try:
        named = ProductName.parse(product)
    except ValueError:
        raise missing from None
    kept = house.store.get(Run, keys.run(named, name))
    if kept is None or not _may_see(house, who, named):
        raise missing
    return kept.noun


def _may_see(house: House, who: Actor, product: ProductName) -> bool:
    overseer = oversees(house.mesh, who.principal)
    return overseer or not may_run(house.mesh, product, who.principal)
