"""Rebuilding: the ports of a release are built from its pins once more, unseen, and compared."""

from collections.abc import Iterator
from contextlib import contextmanager

from agora.model.people import Actor
from agora.model.product import Output, Product
from agora.model.release import Release, Snapshot
from agora.model.types import quoted
from agora.model.verifying import Mismatch
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage import building as reading
from agora.quality import reproducing
from agora.quality.plans import plan
from agora.quality.quarantine import split
from agora.usecases.running import counting, landing, stepping
from agora.usecases.running.building import filled
from agora.usecases.running.landing import Pins
from agora.usecases.running.loading import Growing, folded
from agora.workshop.increments import Growth, growth

Ports = tuple[tuple[Output, Snapshot], ...]


def rebuilt(house: House, who: Actor, then: Product, made: Release) -> tuple[Mismatch, ...]:
    """How each port differs when it is built again; `then` is the product as it was released.

    Nothing is kept of it. Raises what building raises, and Denied where an input may not be read.
    """
    scratch = house.new_id("verify")
    try:
        with _bench(house, who, then, made, house.lake.scratch(scratch)) as (bench, grown):
            ports = _ports(then, made)
            _build(house, then, bench, grown, ports, house.lake.scratch(scratch))
            return tuple(_compared(house, then, bench, output, s) for output, s in ports)
    finally:
        house.lake.discard(scratch, ())


@contextmanager
def _bench(
    house: House, who: Actor, then: Product, made: Release, scratch: str
) -> Iterator[tuple[Bench, Growth]]:
    """A bench over exactly what the release pinned, inputs under the rules of today."""
    read = reading.pinned(house, then, made.inputs)
    inputs = tuple(pin for _, pin in read)
    if inputs:
        house.store.commit((), (reading.read_entry(house, who, then, inputs),))
    pins = Pins(
        sources=made.sources,
        inputs=inputs,
        relations=tuple(governed for governed, _ in read),
        fingerprint=made.fingerprint,
    )
    grown = growth(then, None, pins.sources, pins.inputs)
    raw, governed = landing.relations(house, then, pins, grown, scratch)
    with house.benches.open(
        raw,
        governed,
        writable=tuple(_folder(scratch, output) for output, _ in _ports(then, made)),
        scratch=scratch,
        bounds=house.mesh.bounds,
        readable=[file.path for _, s in _ports(then, made) for file in s.files],
    ) as bench:
        yield bench, grown


def _ports(then: Product, made: Release) -> Ports:
    """What is built and was released; ports whose rows lie elsewhere are not."""
    pairs = ((output, made.snapshot(output.port)) for output in then.build.outputs)
    return tuple((output, snapshot) for output, snapshot in pairs if snapshot is not None)


def _build(
    house: House, then: Product, bench: Bench, grown: Growth, ports: Ports, scratch: str
) -> None:
    """Each port's rows lie in a relation of the bench, as they are before checks look at them."""
    growing = [
        Growing(output=o, load=o.load, columns=s.columns, folder=_folder(scratch, o))
        for o, s in ports
        if o.load and grown.driver
    ]
    if growing:
        for _ in folded(house, then, bench, grown, scratch, growing):
            pass
        for each in growing:
            bench.attach(_relation(then, each.output), each.files, each.columns)
        return
    stepping.steps(house, then, bench)
    for output, snapshot in ports:
        select = filled(output, snapshot.columns)
        files = bench.write(select, snapshot.columns, _folder(scratch, output), "part").files
        bench.attach(_relation(then, output), files, snapshot.columns)


def _compared(
    house: House, then: Product, bench: Bench, output: Output, snapshot: Snapshot
) -> Mismatch:
    """The rows that would be released of it, against those that were."""
    released = f"released_{output.port.table}"
    bench.attach(released, snapshot.files, snapshot.columns)
    old, new = f"SELECT * FROM {quoted(released)}", _good(house, then, bench, output)  # noqa: S608
    digests = reproducing.digests(old, new, snapshot.columns)
    told = bench.rows(digests)[0] if digests else {}
    if told.get("equal") is True:
        counted = {**told, "missing": 0, "extra": 0}
        return reproducing.mismatch(output.port, counted, None, snapshot.columns)
    counted = dict(bench.rows(reproducing.counts(old, new, snapshot.columns))[0])
    apart = None
    if int(str(counted["missing"])) or int(str(counted["extra"])):
        apart = bench.rows(reproducing.columns_apart(old, new, snapshot.columns))[0]
    return reproducing.mismatch(output.port, counted, apart, snapshot.columns)


def _good(house: House, then: Product, bench: Bench, output: Output) -> str:
    """The rows that the checks of the contract would not put aside."""
    port = then.port(output.port)
    assert port is not None, "a build of then fills the ports of then"
    made = plan(
        port.contract,
        port.version,
        relation=counting.relation(port),
        others=counting.others(house, then),
        classified=house.mesh.classified(),
    )
    parts = split(made, counting.results(bench, port.contract, made, made.scans))
    return parts.good if parts else f"SELECT * FROM {quoted(counting.relation(port))}"  # noqa: S608


def _relation(then: Product, output: Output) -> str:
    port = then.port(output.port)
    assert port is not None, "a build of then fills the ports of then"
    return counting.relation(port)


def _folder(scratch: str, output: Output) -> str:
    return f"{scratch}/rebuilt/{output.port.table}"
