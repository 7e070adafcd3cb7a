"""Rehearsing: a run up to its checks, unseen and thrown away; only counts come out of it."""

from collections.abc import Iterator, Mapping

from agora.model.checks import CheckResult
from agora.model.differences import Difference, Rehearsal
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.model.product import LoadMode, Output, OutputPort, Product
from agora.model.release import Release, ReleasedColumn, Snapshot
from agora.model.types import Type, quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage.building import read_entry
from agora.quality import differences
from agora.quality.plans import plan
from agora.quality.quarantine import Split, split
from agora.usecases.running import building, counting, landing, stepping
from agora.workshop.increments import Growth

_NESTED = 1_000


def rehearse(house: House, who: Actor, product: Product, standing: Release | None) -> Rehearsal:
    """What a run would change in the rows of each port; why not, when it would not get that far."""
    grown = [output for output in product.build.outputs if output.load]
    if any(output.load and output.load.mode is not LoadMode.APPEND for output in grown):
        words = "it is loaded by deliveries that replace rows; `agora run` shows what they change"
        return Rehearsal(product=product.name, unable=words)
    run = house.new_id("rehearsal")
    try:
        return _rehearsed(house, who, product, standing, house.lake.scratch(run))
    except AgoraError as problem:
        return Rehearsal(product=product.name, unable=problem.sentence, fails=True)
    finally:
        house.lake.discard(run, ())


def _rehearsed(
    house: House, who: Actor, product: Product, standing: Release | None, scratch: str
) -> Rehearsal:
    pins = landing.pin(house, product, standing, scratch)
    if pins.inputs:
        house.store.commit((), (read_entry(house, who, product, pins.inputs),))
    whole = Growth(anew="it is rehearsed")
    raw, governed = landing.relations(house, product, pins, whole, scratch)
    seen = (*pins.external, *(standing.snapshots if standing else ()))
    folders = {o.port: f"{scratch}/{o.port.table}" for o in product.build.outputs}
    with house.benches.open(
        raw,
        governed,
        writable=tuple(folders.values()),
        scratch=scratch,
        bounds=house.mesh.bounds,
        readable=sorted({file.path for snapshot in seen for file in snapshot.files}),
    ) as bench:
        stepping.steps(house, product, bench)
        for output in product.build.outputs:
            _write(product, bench, output, folders[output.port])
        for snapshot in pins.external:
            bench.attach(_relation(product, snapshot), snapshot.files, snapshot.columns)
        return _counted(house, product, bench, standing)


def _write(product: Product, bench: Bench, output: Output, folder: str) -> None:
    """The port's rows as its contract promises them, under field ids of their own."""
    port = product.port(output.port)
    assert port is not None, "a build that fills a port nobody offers is not opened (E128)"
    columns = tuple(
        ReleasedColumn(
            name=c.name,
            type=c.type,
            field_id=number,
            nested=tuple(number * _NESTED + n for n, _ in enumerate(_inner(c.type))),
        )
        for number, c in enumerate(port.contract.columns, 1)
    )
    written = bench.write(building.filled(output, columns), columns, folder, "part")
    bench.attach(counting.relation(port), written.files, columns)


def _relation(product: Product, snapshot: Snapshot) -> str:
    port = product.port(snapshot.port)
    assert port is not None, "a build that fills a port nobody offers is not opened (E128)"
    return counting.relation(port)


def _inner(of: Type) -> Iterator[Type]:
    """Every type inside a nested one, outer before inner."""
    for each in (of.element,) if of.element else tuple(kind for _, kind in of.fields):
        yield each
        yield from _inner(each)


def _counted(house: House, product: Product, bench: Bench, standing: Release | None) -> Rehearsal:
    others = counting.others(house, product)
    results: list[CheckResult] = []
    found: list[Difference] = []
    aside = 0
    for port in product.ports:
        built = counting.relation(port)
        told, parts = _judged(house, bench, port, built, others)
        if parts:
            aside += int(str(bench.rows(f"SELECT count(*) AS n FROM ({parts.bad})")[0]["n"]))  # noqa: S608
            bench.step(f"{built}__kept", parts.good, keep=True)
            built = f"{built}__kept"
            told, _ = _judged(house, bench, port, built, others)
        results += told
        found += _difference(bench, port, standing, f"SELECT * FROM {quoted(built)}")  # noqa: S608
    return Rehearsal(
        product=product.name, differences=tuple(found), results=tuple(results), aside=aside
    )


def _judged(
    house: House, bench: Bench, port: OutputPort, relation: str, others: Mapping[str, str]
) -> tuple[tuple[CheckResult, ...], Split | None]:
    """Every promise counted on these rows, and how they part where some are to be put aside."""
    made = plan(
        port.contract,
        port.version,
        relation=relation,
        others=others,
        classified=house.mesh.classified(),
    )
    told = counting.results(bench, port.contract, made, made.scans)
    return told, split(made, told)


def _difference(
    bench: Bench, port: OutputPort, standing: Release | None, rows: str
) -> tuple[Difference, ...]:
    snapshot = standing.snapshot(port.version) if standing else None
    if snapshot is None or snapshot.live:
        return ()
    bench.attach(f"released_{port.version.table}", snapshot.files, snapshot.columns)
    before = {c.name: c.type.sql for c in snapshot.columns}
    after = {c.name: c.type.sql for c in port.contract.columns}
    key = differences.shared_key(port.contract.key, before, after)
    old = f"SELECT * FROM {quoted(f'released_{port.version.table}')}"  # noqa: S608
    counts = bench.rows(differences.statement(old, rows, before, after, key))[0]
    return (differences.difference(port.version, counts, before, after, key),)
