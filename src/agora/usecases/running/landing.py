"""Landing: the exact bytes a run reads are kept, and its inputs are pinned."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agora.model.errors import Invalid
from agora.model.names import fold
from agora.model.product import External, OutputPort, Product, SourceSpec
from agora.model.relation import Governed, RawFile
from agora.model.release import InputPin, Release, Snapshot, SourcePin
from agora.needs.house import House
from agora.needs.outside import Outside
from agora.passage import building
from agora.passage.outside import AREA, BUILD_SECONDS
from agora.workshop import increments, inplace
from agora.workshop.increments import Growth, arrivals


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """Everything that goes into a run; equal fingerprints give equal rows."""

    sources: tuple[SourcePin, ...]
    inputs: tuple[InputPin, ...]
    relations: tuple[Governed, ...]
    fingerprint: str
    external: tuple[Snapshot, ...] = ()

    def of(self, name: str) -> tuple[SourcePin, ...]:
        """The deliveries of one source, in the order they came."""
        return tuple(pin for pin in self.sources if pin.name == name)


def pin(house: House, product: Product, standing: Release | None, scratch: str) -> Pins:
    """Sources lie in the landing area, inputs name their release, and the whole has a fingerprint.

    What `standing` pinned of an arriving source stays, in its order, before what is new.
    """
    kept = standing.sources if standing else ()
    sources = tuple(
        pinned
        for spec in product.build.sources
        for pinned in _land(house, product, spec, [p for p in kept if p.name == spec.name], scratch)
    )
    read = building.inputs(house, product, scratch)
    inputs = tuple(pin for _, pin in read)
    outside = [_outside(house, product, each, scratch) for each in product.build.external]
    sources += tuple(pinned for _, pinned in outside)
    return Pins(
        sources=sources,
        inputs=inputs,
        relations=tuple(governed for governed, _ in read),
        fingerprint=_fingerprint(product, sources, inputs, scratch),
        external=tuple(snapshot for snapshot, _ in outside),
    )


def _outside(
    house: House, product: Product, external: External, scratch: str
) -> tuple[Snapshot, SourcePin]:
    """The state of a table governed in place, as the port's snapshot and as what a run pins.

    A live one is fetched into the run's scratch for the time of its checks. No two states of it are
    the same, so that every run checks it anew.
    """
    port = product.port(external.port)
    assert port is not None, "a build that fills a port nobody offers is not opened (E128)"
    wanted = [column.name for column in port.contract.columns]
    folder = f"{house.folder.root}/{product.folder}"
    seen = house.externals.look(external, folder, wanted)
    made = _snapshot(external, port, seen)
    if seen.live:
        bounds = replace(house.mesh.bounds, seconds=BUILD_SECONDS)
        into = f"{scratch}/{AREA}/{external.port.table}/rows.parquet"
        seen = house.externals.fetch(external, wanted, None, into, bounds)
        seen = replace(seen, state=f"{house.now().isoformat()} {into}")
        made = _snapshot(external, port, seen)
    state = repr((seen.uuid, seen.version, seen.state, seen.columns, seen.files))
    pinned = SourcePin(
        name=str(external.port),
        hash=hashlib.sha256(state.encode()).hexdigest(),
        path=external.location,
        size=sum(file.size for file in seen.files),
        origin=f"{external.type} {external.table or external.location}",
        version=seen.state.partition(" ")[0] if seen.live else str(seen.version or seen.state[:16]),
    )
    return made, pinned


def _snapshot(external: External, port: OutputPort, seen: Outside) -> Snapshot:
    return inplace.snapshot(
        external, port.contract, seen.columns, seen.files, uuid=seen.uuid, version=seen.version,
        metadata=seen.metadata, live=seen.live,
    )  # fmt: skip


def raw(house: House, spec: SourceSpec, pinned: SourcePin, scratch: str) -> tuple[str, ...]:
    """A landed delivery as Parquet the bench can read."""
    folder = f"{scratch}/{fold(spec.name)}-{pinned.hash[:16]}"
    return house.sources.pick(spec.type).to_parquet(spec, pinned.path, folder)


def relations(
    house: House, product: Product, pins: Pins, growth: Growth, scratch: str
) -> tuple[tuple[RawFile, ...], tuple[Governed, ...]]:
    """What the bench is given: each source over its deliveries, each input as it is governed.

    Of a driving source only the deliveries that are to be loaded; beside a driving input the rows
    of its changed files.
    """
    raws = tuple(
        RawFile(
            name=fold(spec.name),
            files=tuple(
                file
                for each in (growth.fresh if spec.name == growth.driver else pins.of(spec.name))
                for file in raw(house, spec, each, scratch)
            ),
        )
        for spec in product.build.sources
    )
    governed = [each for given in pins.relations for each in _driven(house, pins, growth, given)]
    return tuple(each for each in raws if each.files), tuple(governed)


def _driven(house: House, pins: Pins, growth: Growth, given: Governed) -> tuple[Governed, ...]:
    """A driving input twice: all of it, and the files that changed since the release built on."""
    if growth.since is None or given.name != fold(growth.driver):
        return (given,)
    changed = building.changed_files(house, growth.since, pins.inputs, growth.driver)
    return (
        replace(given, name=increments.whole_name(growth.driver)),
        replace(given, name=increments.changed_name(growth.driver), files=changed),
    )


def _land(
    house: House, product: Product, spec: SourceSpec, known: Sequence[SourcePin], scratch: str
) -> tuple[SourcePin, ...]:
    source = house.sources.pick(spec.type)
    _demand(spec, source.check(spec))
    asked = hashlib.sha256(repr((spec.type, spec.path, spec.options)).encode()).hexdigest()[:16]
    known = [pin for pin in known if not pin.mark or pin.asked == asked]
    columns = {pin.hash: pin.columns for pin in known}
    offered = source.offered(spec, f"{house.folder.root}/{product.folder}", scratch, known)
    landed = []
    for each in offered:
        pinned = house.lake.land(spec, each.path)
        landed.append(
            replace(
                pinned, origin=each.origin, mark=each.mark, version=each.version,
                asked=asked if each.mark else "", columns=columns.get(pinned.hash, ()),
            )
        )  # fmt: skip
    return arrivals(spec, known, landed)


def _demand(spec: SourceSpec, complaints: Sequence[str]) -> None:
    if complaints:
        raise Invalid(
            f"source `{spec.name}`: {complaints[0]}",
            code="E302",
            hint="correct it in `build.yaml`; `agora check` shows every finding",
        )


def _fingerprint(
    product: Product, sources: tuple[SourcePin, ...], inputs: tuple[InputPin, ...], scratch: str
) -> str:
    """What tells apart what goes in; rows of now are like those of no other run."""
    parts = [product.build.hash]
    parts += [f"{port.version}={port.contract.hash}" for port in product.ports]
    parts += [f"{pin.name}={pin.hash}" for pin in sources]
    parts += [f"{pin.alias}={pin.port}#{pin.rows_of}/{pin.policy_hash}" for pin in inputs]
    parts += [scratch] if any(pin.live for pin in inputs) else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
