"""Landing: the exact bytes a run reads are kept, and its inputs are pinned."""

import hashlib
from dataclasses import dataclass

from agora.model.names import fold
from agora.model.product import Product
from agora.model.relation import Governed, RawFile
from agora.model.release import InputPin, SourcePin
from agora.needs.house import House
from agora.passage import building


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """Everything that goes into a run; equal fingerprints give equal rows."""

    sources: tuple[SourcePin, ...]
    inputs: tuple[InputPin, ...]
    relations: tuple[Governed, ...]
    fingerprint: str


def pin(house: House, product: Product) -> Pins:
    """Sources lie in the landing area, inputs name their release, and the whole has a fingerprint."""
    sources = tuple(_land(house, product, spec.name) for spec in product.build.sources)
    read = building.inputs(house, product)
    inputs = tuple(pin for _, pin in read)
    return Pins(
        sources=sources,
        inputs=inputs,
        relations=tuple(governed for governed, _ in read),
        fingerprint=_fingerprint(product, sources, inputs),
    )


def raw_files(house: House, product: Product, pins: Pins, scratch: str) -> tuple[RawFile, ...]:
    """Every landed source as Parquet the bench can read."""
    raw = []
    for spec, pinned in zip(product.build.sources, pins.sources, strict=True):
        folder = f"{scratch}/{fold(spec.name)}"
        files = house.sources.pick(spec.type).to_parquet(spec, pinned.path, folder)
        raw.append(RawFile(name=fold(spec.name), files=files))
    return tuple(raw)


def _land(house: House, product: Product, name: str) -> SourcePin:
    spec = next(s for s in product.build.sources if s.name == name)
    origin = house.sources.pick(spec.type).locate(spec, f"{house.folder.root}/{product.folder}")
    return house.lake.land(spec, origin)


def _fingerprint(
    product: Product, sources: tuple[SourcePin, ...], inputs: tuple[InputPin, ...]
) -> str:
    parts = [product.build.hash]
    parts += [f"{port.version}={port.contract.hash}" for port in product.ports]
    parts += [f"{pin.name}={pin.hash}" for pin in sources]
    parts += [f"{pin.alias}={pin.port}#{pin.release}/{pin.policy_hash}" for pin in inputs]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
