"""Activity: which entries of the ledger somebody may see, how much of each, and which are sought."""

from collections.abc import Iterator
from dataclasses import replace

from agora.governance.rights import oversees
from agora.model.activity import Reach, Sought, about, product_of, products
from agora.model.ledger import Entry, Event, Record
from agora.model.mesh import Mesh
from agora.model.people import Principal

OWNERS = frozenset(
    {
        Event.RUN_STARTED, Event.RUN_ENDED, Event.RELEASED, Event.ROLLED_BACK, Event.VERIFIED,
        Event.COMPACTED, Event.DERIVED, Event.DERIVED_DROPPED, Event.MADE,
        Event.REQUESTED, Event.APPROVED, Event.REFUSED_REQUEST, Event.ENDED, Event.ASKED_BACK,
        Event.REPLIED, Event.CHANGED_REQUEST, Event.WITHDRAWN, Event.EXTENDED, Event.CARRIED,
        Event.CONSENTED, Event.QUERY_OPENED, Event.QUERY_CLOSED, Event.QUERY_REFUSED, Event.EXPORTED,
        Event.BUILD_READ, Event.DENIED, Event.QUESTIONED, Event.ANSWERED, Event.SETTLED, Event.REWORDED, Event.HIDDEN,
        Event.RATED,
    }
)  # fmt: skip
"""What owners hear of their products: not who only looked around, nor how people sign in."""
_READS = frozenset(
    {
        Event.QUERY_OPENED,
        Event.QUERY_CLOSED,
        Event.QUERY_REFUSED,
        Event.DENIED,
        Event.EXPORTED,
        Event.BUILD_READ,
    }
)
_OPEN = frozenset({"statement", "code", "rules", "form", "rows", "outcome"})
"""What an owner sees of a read besides its columns: never the words of a statement."""
ACROSS = ("domains", "several")
"""An owner is told that others' products were read beside theirs, and not which."""


def reach(mesh: Mesh, principal: Principal) -> Reach:
    """How much of what happens this person may know."""
    if oversees(mesh, principal):
        return Reach.ALL
    return Reach.OWNED if _owned(mesh, principal) else Reach.OWN


def _owned(mesh: Mesh, principal: Principal) -> set[str]:
    return {domain.id for domain in mesh.domains if principal.id in domain.owners}


def shown(mesh: Mesh, principal: Principal, record: Record) -> Record | None:
    """The record as this person may see it, or None.

    All of it for those who oversee the mesh and for whom it is about; of everything else owners see
    what concerns their own products, without what it says of others. Its `body` is left out then.
    """
    entry = record.entry
    own = principal.id in (entry.who, entry.operator, dict(entry.facts).get("consumer"))
    if own or oversees(mesh, principal):
        return record
    owned = _owned(mesh, principal)
    if not owned or entry.event not in OWNERS:
        return None
    mine = tuple(name for name in about(entry) if name.partition(".")[0] in owned)
    return replace(record, entry=_reduced(entry, mine), body="") if mine else None


def _reduced(entry: Entry, mine: tuple[str, ...]) -> Entry:
    if entry.event not in _READS:
        return entry
    ours = {product_of(name) for name in mine}
    alone = len(mine) == len(about(entry))
    facts: list[tuple[str, str | int | bool | tuple[str, ...]]] = []
    for name, value in entry.facts:
        if name == "columns" and isinstance(value, tuple):
            facts.append((name, tuple(each for each in value if product_of(each) in ours)))
        elif name in _OPEN and (alone or name != "rules"):
            facts.append((name, value))
    if _across(entry):
        facts.append(ACROSS)
    return replace(entry, subject=", ".join(mine), facts=tuple(facts))


def fits(mesh: Mesh, sought: Sought, entry: Entry) -> bool:
    """Whether an entry is like what is looked for."""
    return all(_tests(mesh, sought, entry))


def _tests(mesh: Mesh, sought: Sought, entry: Entry) -> Iterator[bool]:
    people = (entry.who, entry.operator, dict(entry.facts).get("consumer"))
    yield not sought.person or sought.person in people
    yield not sought.product or sought.product in products(entry)
    yield not sought.events or entry.event in sought.events
    yield not sought.purpose or sought.purpose == entry.purpose
    yield sought.since is None or entry.at.date() >= sought.since
    yield sought.until is None or entry.at.date() <= sought.until
    yield not sought.text or sought.text.lower() in _text(entry)
    if sought.kind is not None:
        who = mesh.principal(entry.who)
        yield who is not None and who.kind is sought.kind
    if sought.across:
        yield _across(entry) or ACROSS in entry.facts


def _across(entry: Entry) -> bool:
    return len({name.partition(".")[0] for name in products(entry)}) > 1


def _text(entry: Entry) -> str:
    words = [entry.event.value, entry.who, entry.operator, entry.subject, entry.purpose]
    for _, value in entry.facts:
        words += value if isinstance(value, tuple) else (str(value),)
    return "\n".join(words).lower()
