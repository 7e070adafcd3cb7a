"""Tending derived tables: made for what is read often, dropped when nobody can be given them.

A query only writes its outcome into the ledger entry it makes anyway. Counting happens here, later
and from where the last count ended, so that no reader waits for it and no query pays for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agora.model.access import Agreement
from agora.model.derived import Derived, Tally, Tended, Wanted, Why
from agora.model.errors import AgoraError, Conflict
from agora.model.ledger import Event, Record
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Current, Release
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import derived, keys
from agora.passage.ruling import agreements_on, everybody, rule

TALLY = "reads"


def tend(house: House, who: Actor) -> Tended:
    """Stale derived tables are gone, and outcomes that were read often have theirs."""
    dropped: list[Derived] = []
    for kept in standing(house):
        reason = stale(house, kept.noun)
        if reason:
            dropped += derived.drop(house, who, (kept,), reason)
    made, unable = [], []
    for wanted in tally(house).wanted:
        if wanted.reads < house.mesh.derive_after:
            continue
        try:
            found = _wanted(house, who, wanted)
        except AgoraError as problem:
            unable.append((wanted.port, problem.sentence))
            continue
        made += [found] if found else []
    left = tuple(kept.noun for kept in standing(house))
    return Tended(made=tuple(made), dropped=tuple(dropped), kept=left, unable=tuple(unable))


def standing(house: House) -> tuple[Kept[Derived], ...]:
    """Every derived table there is: their files are kept alive by these nouns and nothing else."""
    return tuple(k for k in house.store.find(Derived) if k.noun.dropped_at is None)


def outdated(house: House, who: Actor, product: Product) -> tuple[Derived, ...]:
    """Of this product no derived table is left of an edition that is neither current nor held.

    Others may have become stale as well; only looking at every rule would tell, which `tend` does.
    """
    found = []
    for port in product.ports:
        for kept in house.store.find(Derived, keys.derived(port.version, "")):
            table = kept.noun
            gone = table.dropped_at is None and not _current(house, table.port, table.release)
            found += [kept] if gone and not _held(house, table) else []
    return tuple(
        each
        for kept in found
        for each in derived.drop(
            house, who, (kept,), f"edition {kept.noun.release} is no longer current"
        )
    )


def stale(house: House, table: Derived) -> str:
    """Why nobody can be given this table any more; empty while somebody could."""
    product, port = house.mesh.product(table.port.port.of), house.mesh.port(table.port)
    if product is None or port is None:
        return "the table is not offered any more"
    made = house.store.get(Release, keys.release(product.name, table.release))
    if made is None or made.noun.expired_at is not None:
        return f"edition {table.release} is no longer kept"
    if not _current(house, table.port, table.release) and not _held(house, table):
        return f"edition {table.release} is no longer current"
    if house.lake.damaged(table.files):
        return "its files are not there as they were written"
    for ruling in everybody(house, product, port, made.noun):
        if ruling.decision.allowed and derived.outcome_of(ruling) == table.outcome:
            return ""
    return "no rules leave anybody exactly this any more"


def tally(house: House) -> Tally:
    """How often each outcome of what is current was read, counted on from the last time."""
    kept = house.store.get(Tally, TALLY)
    before = kept.noun if kept else Tally()
    found = {(each.port, each.outcome): each for each in before.wanted}
    place = before.place
    for record in house.store.records(after=before.place):
        place = record.place
        for read in _reads(record):
            last = found.get((read.port, read.outcome))
            found[read.port, read.outcome] = replace(read, reads=1 + (last.reads if last else 0))
    now = Tally(place=place, wanted=tuple(_alive(house, found.values())))
    if now != before:
        put = Put(key=TALLY, noun=now, revision=kept.revision if kept else 0)
        try:
            house.store.commit((put,), ())
        except Conflict:
            return now
    return now


def _reads(record: Record) -> Iterator[Wanted]:
    """The outcomes one statement read, each with who read it and for what."""
    entry = record.entry
    if entry.event is not Event.QUERY_OPENED:
        return
    words = dict(entry.facts).get("outcomes", ())
    for word in words if isinstance(words, tuple) else ():
        where, _, outcome = word.rpartition(":")
        port, _, release = where.rpartition("#")
        yield Wanted(
            outcome=outcome,
            port=PortVersion.parse(port),
            release=int(release),
            reader=entry.who,
            purpose=entry.purpose,
            reads=1,
        )


def _alive(house: House, found: Iterable[Wanted]) -> Iterator[Wanted]:
    """What is still read: reads of an earlier edition say nothing of this one."""
    return (each for each in found if _current(house, each.port, each.release))


def _wanted(house: House, who: Actor, wanted: Wanted) -> Derived | None:
    """The table of an outcome, made now; None when it is there, or its last reader has another."""
    if derived.table(house, wanted.port, wanted.outcome) is not None:
        return None
    reader = house.mesh.principal(wanted.reader)
    product, port = house.mesh.product(wanted.port.port.of), house.mesh.port(wanted.port)
    if reader is None or product is None or port is None:
        return None
    ruling = rule(house, reader, wanted.purpose, product, port)
    if not ruling.decision.allowed or derived.outcome_of(ruling) != wanted.outcome:
        return None
    return derived.make(house, who, ruling, Why.OFTEN)


def _current(house: House, port: PortVersion, release: int) -> bool:
    kept = house.store.get(Current, str(port.port.of))
    return kept is not None and kept.noun.number == release


def _held(house: House, table: Derived) -> bool:
    """True while an agreement holds the edition the table is of."""
    now = house.now()

    def holds(agreed: Agreement) -> bool:
        return agreed.edition == table.release and agreed.active(now)

    return any(holds(agreed) for agreed in agreements_on(house, table.port.port))
