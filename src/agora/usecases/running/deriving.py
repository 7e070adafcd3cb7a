"""Deriving: what each column came from is kept with the run, and tags travel along it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agora.model.errors import Broken
from agora.model.lineage import ColumnLineage, ColumnName, source_name
from agora.model.names import fold
from agora.model.product import Product
from agora.model.release import Release, ReleasedColumn, Run, Snapshot
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.usecases.running import stepping
from agora.workshop.lineage.builds import Relation, filled, lineage
from agora.workshop.lineage.tags import carried
from agora.workshop.order import order


def derived(
    house: House, product: Product, bench: Bench, run: Run, staged: Sequence[Snapshot]
) -> tuple[Snapshot, ...]:
    """The run's lineage is kept; its snapshots bear every label that came along."""
    traced = _traced(product, bench, run)
    house.store.commit((Put(key=keys.run(product.name, run.id), noun=traced),), ())
    labels = _labels(house, run)
    return tuple(_labelled(snapshot, traced, labels) for snapshot in staged)


def _traced(product: Product, bench: Bench, run: Run) -> ColumnLineage:
    named = stepping.reads(product, bench)
    steps = [
        stepping.traceable(bench, step)
        for step in order(product.build.steps, named, stepping.known(product))
    ]
    ports = lineage(_relations(product, bench), steps, filled(product))
    return ColumnLineage(product=product.name, run=run.id, ports=ports)


def _relations(product: Product, bench: Bench) -> dict[str, Relation]:
    names = {each.alias: str(each.port) for each in product.inputs}
    names |= {spec.name: source_name(product.name, spec.name) for spec in product.build.sources}
    return {
        fold(own): Relation(name=name, columns=_columns(bench, own)) for own, name in names.items()
    }


def _columns(bench: Bench, relation: str) -> tuple[str, ...] | None:
    """The columns as the engine tells them; None for a source without any delivery yet."""
    try:
        return tuple(name for name, _ in bench.columns(fold(relation)))
    except Broken:
        return None


def _labels(house: House, run: Run) -> dict[ColumnName, tuple[str, ...]]:
    """The labels of every column of the releases the run read."""
    found: dict[ColumnName, tuple[str, ...]] = {}
    for pin in run.inputs:
        kept = house.store.get(Release, keys.release(pin.port.port.of, pin.release))
        snapshot = kept.noun.snapshot(pin.port) if kept else None
        for column in snapshot.columns if snapshot else ():
            found[ColumnName(relation=str(pin.port), column=column.name)] = column.labels
    return found


def _labelled(
    snapshot: Snapshot, traced: ColumnLineage, labels: Mapping[ColumnName, tuple[str, ...]]
) -> Snapshot:
    port = traced.port(snapshot.port)
    if port is None:
        return snapshot

    def with_more(column: ReleasedColumn) -> ReleasedColumn:
        came = carried(port, column.name, labels)
        more = tuple((label, str(came[label])) for label in sorted(came.keys() - {*column.labels}))
        every = tuple(sorted({*column.labels, *came}))
        return replace(column, labels=every, carried=more)

    return replace(snapshot, columns=tuple(with_more(column) for column in snapshot.columns))
