"""Ledger: what happened, and the proof that nobody changed the record of it."""

from collections.abc import Iterator

from agora.governance.activity import fits, shown
from agora.governance.proof import verify as prove
from agora.governance.rights import oversees
from agora.model.activity import Sought
from agora.model.errors import Denied
from agora.model.ledger import Batch, Record, Verdict
from agora.model.people import Actor
from agora.needs.house import House


def records(
    house: House,
    who: Actor,
    *,
    after: int = 0,
    limit: int | None = None,
    sought: Sought | None = None,
) -> Iterator[Record]:
    """The records from the place behind `after`: all for operator and governance, else one's own.

    Owners also see what concerns their products; such a record has no `body` to prove.
    """
    everything = oversees(house.mesh, who.principal)
    found = house.store.records(after=after, limit=limit if everything else None)
    seen = (shown(house.mesh, who.principal, record) for record in found)
    return (
        record
        for record in seen
        if record is not None and (sought is None or fits(house.mesh, sought, record.entry))
    )


def verify(house: House, who: Actor) -> Verdict:
    """Every unsealed record is sealed and the whole ledger is proved, place by place."""
    if not oversees(house.mesh, who.principal):
        raise Denied("only the operator and governance may prove the ledger", code="E418")
    house.store.seal()
    return prove(house.store.records(), house.store.batches())


def seal(house: House) -> Batch | None:
    """What is not sealed yet is sealed now."""
    return house.store.seal()
