"""Loading: ports that grow by deliveries, each applied to what was there, in the order they came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agora.model.lineage import ColumnLineage
from agora.model.names import fold
from agora.model.product import Load, Output, Product
from agora.model.progress import Phase
from agora.model.release import DataFile, Release, ReleasedColumn, Snapshot
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage import keys
from agora.usecases.running import compacting, landing, stepping
from agora.usecases.running.building import filled, prepared, staged
from agora.usecases.running.rejecting import Rejects
from agora.workshop import drift, increments
from agora.workshop.increments import Growth


@dataclass(kw_only=True)
class Growing:
    """One port while it grows: the files its rows lie in so far, and the folder for new ones."""

    output: Output
    load: Load
    columns: tuple[ReleasedColumn, ...]
    files: list[DataFile] = field(default_factory=list)
    base: Snapshot | None = None
    folder: str = ""

    @property
    def standing(self) -> str:
        return f"standing_{self.output.port.table}"

    @property
    def fresh(self) -> str:
        return f"fresh_{self.output.port.table}"


def proven(house: House, product: Product, growth: Growth) -> Growth:
    """Only what an input changed is loaded where lineage shows that its partitions stay apart."""
    driver = next((each for each in product.inputs if each.alias == growth.driver), None)
    if growth.since is None or driver is None:
        return growth
    kept = house.store.get(ColumnLineage, keys.run(product.name, growth.since.run))
    for output in product.build.outputs:
        traced = kept.noun.port(output.port) if kept else None
        if not (traced and output.load and increments.apart(traced, output.load, str(driver.port))):
            words = f"`{output.port.port}` may mix partitions of `{growth.driver}`"
            return Growth(anew=words, driver=growth.driver)
    return growth


def load(
    house: House,
    product: Product,
    bench: Bench,
    run: str,
    growth: Growth,
    scratch: str,
    rejects: Rejects,
) -> tuple[Snapshot, ...]:
    """Every port has a snapshot with the deliveries in it; files nothing touched are kept as they are."""
    ports = [_begun(house, product, run, output, growth.since) for output in product.build.outputs]
    for asides in folded(house, product, bench, growth, scratch, ports):
        rejects.take(asides)
    for port in ports:
        compacting.compact(bench, port)
    return tuple(
        staged(house, run, port.output.port, port.columns, port.files, port.base) for port in ports
    )


def folded(
    house: House,
    product: Product,
    bench: Bench,
    growth: Growth,
    scratch: str,
    ports: Sequence[Growing],
) -> Iterator[tuple[stepping.Aside, ...]]:
    """Each delivery is applied to the ports, in the order they came; gives what recipes put aside."""
    for number, changed in enumerate(_deliveries(house, product, bench, growth, scratch)):
        yield stepping.steps(house, product, bench)
        for port in ports:
            house.progress.phase(product.name, Phase.WRITE, str(port.output.port))
            house.progress.point("before-write")
            _apply(bench, port, f"{number:05}", changed)


def _begun(
    house: House, product: Product, run: str, output: Output, since: Release | None
) -> Growing:
    assert output.load is not None, "growth is only told for ports that have a load"
    base = since.snapshot(output.port) if since else None
    return Growing(
        output=output,
        load=output.load,
        columns=prepared(house, product, output),
        files=list(base.files) if base else [],
        base=base,
        folder=house.lake.folder(output.port, run),
    )


def _deliveries(
    house: House, product: Product, bench: Bench, growth: Growth, scratch: str
) -> Iterator[str]:
    """Before each turn the driver holds one delivery; give the relation whose partitions it replaces."""
    spec = next((s for s in product.build.sources if s.name == growth.driver), None)
    if spec is None:
        yield _narrowed(product, bench, growth)
        return
    every = [pin.columns for pin in growth.fresh]
    for pinned in growth.fresh:
        absent = drift.absent(every, pinned.columns)
        bench.feed(fold(spec.name), landing.raw(house, spec, pinned, scratch), absent)
        yield ""


def _narrowed(product: Product, bench: Bench, growth: Growth) -> str:
    """Steps see an input only in the partitions its changed files touch; all of it in a first build."""
    if growth.since is None:
        return ""
    load = next(output.load for output in product.build.outputs if output.load)
    whole, changed = (
        increments.whole_name(growth.driver),
        increments.changed_name(growth.driver),
    )
    bench.step(fold(growth.driver), increments.narrowed(load, whole, changed), keep=False)
    return changed


def _apply(bench: Bench, port: Growing, number: str, changed: str) -> None:
    select = filled(port.output, port.columns)
    fresh: Sequence[DataFile]
    fresh = bench.write(select, port.columns, port.folder, f"part-{number}").files
    if port.files and (fresh or changed):
        bench.attach(port.fresh, fresh, port.columns)
        bench.attach(port.standing, port.files, port.columns)
        if increments.replaces(port.load):
            _make_room(bench, port, number, changed or port.fresh)
        else:
            fresh = _only_new(bench, port, number, fresh)
    port.files += fresh


def _only_new(
    bench: Bench, port: Growing, number: str, fresh: Sequence[DataFile]
) -> Sequence[DataFile]:
    """The delivery without the rows that are there already."""
    if not _count(bench, increments.late(port.load, port.fresh, port.standing)):
        return fresh
    names = [column.name for column in port.columns]
    select = increments.unseen(port.load, names, port.fresh, port.standing)
    return bench.write(select, port.columns, port.folder, f"new-{number}").files


def _make_room(bench: Bench, port: Growing, number: str, changed: str) -> None:
    """Files that hold rows the delivery replaces are written again without them."""
    if not _count(bench, increments.outdated(port.load, port.standing, changed)):
        return
    kept: list[DataFile] = []
    for place, file in enumerate(port.files):
        part = f"{port.standing}_part"
        bench.attach(part, (file,), port.columns)
        if not _count(bench, increments.outdated(port.load, part, changed)):
            kept.append(file)
            continue
        select = increments.surviving(port.load, part, changed)
        stem = f"kept-{number}-{place:05}"
        kept += bench.write(select, port.columns, port.folder, stem).files
    port.files = kept


def _count(bench: Bench, sql: str) -> int:
    return int(str(bench.rows(sql)[0]["n"]))
