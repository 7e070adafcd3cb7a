"""Scorecard: whether the mesh works, counted in the ledger, over the products somebody may know."""

from agora.governance.rights import oversees
from agora.model.people import Actor
from agora.model.scorecard import Scorecard
from agora.needs.house import House
from agora.passage.counting import book
from agora.passage.knowing import find_domain, known
from agora.quality.scorecard import scorecard as figures


def scorecard(house: House, who: Actor, *, domain: str = "") -> Scorecard:
    """Every figure, of the mesh or of one domain; owners see who reads what is theirs. Raises Missing."""
    if domain:
        find_domain(house, domain)
    mesh = house.mesh
    overseer = oversees(mesh, who.principal)
    seen = mesh.products if overseer else known(house, who.principal)
    owned = {each.id for each in mesh.domains if who.principal.id in each.owners}
    return figures(
        mesh,
        book(house),
        seen,
        named=lambda name: overseer or name.partition(".")[0] in owned,
        everything=overseer,
        domain=domain,
        now=house.now(),
    )
