"""Keeping: everything that refers to rows in the lake, looked up while the lake is held still."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from agora.model.access import Agreement
from agora.model.names import ProductName
from agora.model.product import Product
from agora.model.release import Current, DataFile, Release, Run
from agora.needs.house import House
from agora.needs.store import Kept
from agora.passage.tending import standing
from agora.workshop.maintenance import State

Rows = Mapping[tuple[ProductName, int], Kept[Release]]


def state(house: House) -> tuple[State, Rows]:
    """Everything that refers to rows; which runs live is read first, so that none is overlooked."""
    living = house.lake.living()
    rows = {(kept.noun.product, kept.noun.number): kept for kept in house.store.find(Release)}
    releases: dict[ProductName, list[Release]] = {}
    for kept in rows.values():
        releases.setdefault(kept.noun.product, []).append(kept.noun)
    state = State(
        releases=releases,
        current={kept.noun.product: kept.noun.number for kept in house.store.find(Current)},
        agreements=tuple(kept.noun for kept in house.store.find(Agreement)),
        runs=tuple(kept.noun for kept in house.store.find(Run)),
        living=frozenset(living),
        now=house.now(),
        derived=tuple(kept.noun for kept in standing(house)),
    )
    return state, rows


def tables(
    house: House,
    state: State,
    gone: Sequence[Release],
    products: Collection[ProductName],
    *,
    dry: bool,
) -> frozenset[str]:
    """The tables of these products name kept releases only; gives the files that describe them."""
    lost = {(made.product, made.number) for made in gone}
    busy = {run.product for run in state.runs if run.id in state.living}
    found: set[str] = set()
    for product, releases in state.releases.items():
        if product not in products:
            continue
        away = [m for m in releases if m.expired_at or (m.product, m.number) in lost]
        stay = [m for m in releases if m not in away]
        ports = {s.port for made in releases for s in made.snapshots if not s.external}
        for port in sorted(ports):
            kept = [s for made in stay for s in made.snapshots if s.port == port]
            numbers = [made.number for made in away]
            found |= house.lake.forget(port, numbers, kept, busy=product in busy, dry=dry)
    return frozenset(found)


def kept(state: State, gone: Sequence[Release], products: Iterable[Product]) -> tuple[Release, ...]:
    """The releases of these products whose rows stay."""
    lost, scope = {(m.product, m.number) for m in gone}, {p.name for p in products}
    return tuple(m for m in state.kept if m.product in scope and (m.product, m.number) not in lost)


def files(releases: Iterable[Release]) -> Iterator[DataFile]:
    """Every file of ours that holds rows of these releases, those put aside too."""
    for made in releases:
        for snapshot in made.snapshots:
            yield from () if snapshot.external else snapshot.files
        for batch in made.quarantines:
            yield from batch.files
