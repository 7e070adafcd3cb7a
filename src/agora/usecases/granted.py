"""Granted: who may use what one answers for."""

from agora.model.access import Agreement
from agora.model.people import Actor
from agora.needs.house import House


def granted(house: House, who: Actor) -> tuple[Agreement, ...]:
    """Every agreement on tables of the domains this person owns, newest first; the ended ones too."""
    own = [domain.id for domain in house.mesh.domains if who.principal.id in domain.owners]
    found = [
        kept.noun for domain in own for kept in house.store.find(Agreement, f"{domain}.")
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.starts, reverse=True))
