"""Maintenance: which editions are due to go, who holds them, and which files nobody needs.

What may go is found by leaving out what must stay: an edition or file that somebody could still
read, build on or verify is never on the list.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agora.model.access import Agreement
from agora.model.derived import Derived
from agora.model.maintenance import Area, Cause, Edition, Held, Removed, Stored
from agora.model.names import ProductName
from agora.model.release import DataFile, Release, Run, RunState, Snapshot

_ASIDE = (Area.QUARANTINE, Area.SAMPLES)
SMALL = 16 << 20
"""Bytes below which a file is small; one that was compacted may be small again, and is counted once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long editions stay: the newest `keep`, and whatever is younger than `age` or `promised`.

    `promised` is what the product's contracts say, which nobody can shorten.
    """

    keep: int = 0
    age: timedelta | None = None
    promised: timedelta | None = None

    def due(self, place: int, age: timedelta) -> bool:
        """True for an edition that so many with newer rows have followed, and so old, when it may go.

        One whose files were compacted is followed by its own rows: they count as one.
        """
        if not self.keep and self.age is None and self.promised is None:
            return False
        ages = [each for each in (self.age, self.promised) if each is not None]
        return place >= max(self.keep, 1) and all(age > each for each in ages)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that refers to rows: releases by product in order, current ones, agreements, runs.

    `living` are the runs whose process lives, `derived` the tables set apart for readers.
    """

    releases: Mapping[ProductName, Sequence[Release]]
    current: Mapping[ProductName, int]
    agreements: Sequence[Agreement]
    runs: Sequence[Run]
    living: Collection[str]
    now: datetime
    derived: Sequence[Derived] = ()

    @property
    def alive(self) -> tuple[Run, ...]:
        """Runs that are going on, or were killed and are not cleared up yet."""
        return tuple(r for r in self.runs if r.state is RunState.RUNNING or r.id in self.living)

    @property
    def kept(self) -> tuple[Release, ...]:
        """Every release whose rows are kept."""
        return tuple(r for each in self.releases.values() for r in each if r.expired_at is None)


def small(files: Iterable[DataFile], many: int) -> tuple[DataFile, ...]:
    """The small files that are worth writing together: all of them where there are `many`."""
    found = tuple(file for file in files if file.size < SMALL)
    return found if len(found) >= many else ()


def compactable(snapshot: Snapshot, many: int) -> bool:
    """True for a table of our own lake, every row of which lies in its files, with many small ones."""
    ours = not (snapshot.external or snapshot.live or snapshot.deletes)
    return ours and bool(small(snapshot.files, many))


def expiring(
    state: State, retention: Mapping[ProductName, Retention]
) -> tuple[tuple[Release, ...], tuple[Held, ...]]:
    """The releases that may lose their rows, and those that would be due but are held."""
    due: dict[tuple[ProductName, int], Release] = {}
    for product, rule in retention.items():
        kept = [r for r in state.releases.get(product, ()) if r.expired_at is None]
        newer: set[int] = set()
        for made in reversed(kept):
            if rule.due(len(newer), state.now - made.released_at):
                due[product, made.number] = made
            newer.add(made.rows_of)
    held: list[Held] = []

    def hold(product: ProductName, number: int, by: str) -> bool:
        if due.pop((product, number), None) is None:
            return False
        held.append(Held(edition=Edition(product=product, number=number), by=by))
        return True

    for product, number, by in _needed(state):
        hold(product, number, by)
    while any(hold(*need) for made in state.kept if _stays(made, due) for need in _pinned(made)):
        pass
    return tuple(due[name] for name in sorted(due)), tuple(held)


def _stays(made: Release, due: Mapping[tuple[ProductName, int], Release]) -> bool:
    return (made.product, made.number) not in due


def _pinned(made: Release) -> Iterator[tuple[ProductName, int, str]]:
    """What a release that stays was built from, so that it can be built again."""
    for pin in made.inputs:
        yield (
            pin.port.port.of,
            pin.release,
            f"edition {made.number} of `{made.product}` is built of it",
        )


def _needed(state: State) -> Iterator[tuple[ProductName, int, str]]:
    for product, number in state.current.items():
        yield product, number, "it is current"
    for agreed in state.agreements:
        if agreed.edition and agreed.ended_at is None and not _over(agreed, state.now):
            yield agreed.port.port.of, agreed.edition, f"{agreed.id} of `{agreed.consumer}`"
    for run in state.alive:
        yield run.product, run.parent, f"{run.id} builds on it"
        for pin in run.inputs:
            yield pin.port.port.of, pin.release, f"{run.id} reads it"


def _over(agreed: Agreement, now: datetime) -> bool:
    return agreed.expires is not None and now >= agreed.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Every path somebody refers to: those that must stay, and those only what is gone knows of."""

    stays: frozenset[str]
    expired: frozenset[str]
    landed: frozenset[str]
    runs: frozenset[str]
    running: frozenset[str]
    products: frozenset[str] = field(default=frozenset())


def references(
    state: State, gone: Collection[Release], products: Iterable[ProductName]
) -> References:
    """What refers to which file once the editions in `gone` are not kept any more."""
    lost = {(made.product, made.number) for made in gone}
    every = [made for each in state.releases.values() for made in each]
    kept = [m for m in every if m.expired_at is None and (m.product, m.number) not in lost]
    rest = [m for m in every if m.expired_at is not None or (m.product, m.number) in lost]
    alive = state.alive
    there = {(made.product, made.number) for made in kept}
    apart = [each for each in state.derived if (each.port.port.of, each.release) not in there]
    stays = {path for made in kept for path in _rows(made)}
    stays |= {path for run in _told(state.runs, {m.run for m in kept}) for path in _aside(run)}
    stays |= {pin.path for made in kept for pin in made.sources}
    stays |= {pin.path for run in alive for pin in run.sources}
    stays |= {file.path for each in state.derived if each not in apart for file in each.files}
    expired = {path for made in rest for path in _rows(made)}
    expired |= {file.path for each in apart for file in each.files}
    return References(
        stays=frozenset(stays),
        expired=frozenset(expired),
        landed=frozenset(pin.path for made in rest for pin in made.sources),
        runs=frozenset(run.id for run in state.runs),
        running=frozenset({run.id for run in alive} | set(state.living)),
        products=frozenset(map(str, products)),
    )


def _rows(made: Release) -> Iterator[str]:
    for snapshot in made.snapshots:
        yield from (file.path for file in snapshot.files)
    for batch in made.quarantines:
        yield from (file.path for file in batch.files)


def _told(runs: Sequence[Run], made: Collection[str]) -> Iterator[Run]:
    """Runs whose rows put aside can be looked at: the newest of a product, and of kept editions."""
    newest: dict[ProductName, Run] = {}
    for run in (each for each in runs if not each.compacted):
        if run.product not in newest or newest[run.product].id < run.id:
            newest[run.product] = run
    yield from newest.values()
    yield from (run for run in runs if run.id in made)


def _aside(run: Run) -> Iterator[str]:
    for batch in (*run.quarantines, *run.failures):
        yield from (file.path for file in batch.files)


def cause(stored: Stored, known: References, grace: timedelta, *, whole: bool) -> Cause | None:
    """Why a file may be removed, or None when it stays.

    What nothing knows of goes only when it is older than `grace`, and only with `whole`, for the
    entire lake, what belongs to no product.
    """
    if stored.path in known.stays or stored.run in known.running or stored.area is Area.METADATA:
        return None
    if stored.product and stored.product not in known.products:
        return None
    if stored.path in known.expired:
        return Cause.EXPIRED
    if stored.path in known.landed:
        return Cause.LANDED
    if stored.run in known.runs:
        return Cause.ASIDE if stored.area in _ASIDE else Cause.LEFTOVER
    if not whole and not stored.product:
        return None
    if stored.area is Area.SCRATCH:
        return Cause.LEFTOVER
    if stored.age <= grace:
        return None
    return Cause.LEFTOVER if stored.unfinished else Cause.ORPHAN


def tallied(removed: Iterable[tuple[Cause, Stored]]) -> tuple[Removed, ...]:
    """Files and bytes per cause, in the order of causes."""
    found = list(removed)
    return tuple(
        Removed(
            cause=each,
            files=sum(why is each for why, _ in found),
            size=sum(stored.size for why, stored in found if why is each),
        )
        for each in Cause
        if any(why is each for why, _ in found)
    )
