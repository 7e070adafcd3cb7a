"""Demo: somebody is whoever they like, where a mesh is only shown and holds nobody's secrets."""

from datetime import datetime

from agora.model.account import SignedIn
from agora.model.errors import Missing
from agora.model.ledger import Event
from agora.model.people import Principal, PrincipalKind
from agora.needs.house import House
from agora.passage import signing

HOW = "demo"
STARTS = {"mia": "who looks for data", "sofia": "who decides what others may see of hers"}
"""Those persons of the demo whom a newcomer begins with, and what they do."""


def persons(house: House) -> tuple[Principal, ...]:
    """Everybody a visitor can be; those to begin with come first."""
    found = [each for each in house.mesh.principals if each.kind is PrincipalKind.PERSON]
    order = [*STARTS, *(each.id for each in found)]
    return tuple(sorted(found, key=lambda each: order.index(each.id)))


def be(house: House, person: str, now: datetime) -> SignedIn:
    """The visitor is signed in as this person, without a password. Only the site of a demo asks for it.

    `now` is the machine's time. Raises Missing for who is no person of the mesh.
    """
    who = signing.admitted(house, person, now)
    if who is None or who.kind is not PrincipalKind.PERSON:
        raise Missing("there is no such person in this demo", code="E018")
    signed, put = signing.begun(house, signing.account(house, who.id).noun, who, HOW, now)
    house.store.commit((put,), (signing.entry(house, Event.SIGNED_IN, who.id, ("how", HOW)),))
    return signed
