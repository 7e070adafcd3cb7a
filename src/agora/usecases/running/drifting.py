"""Drifting: the columns of what was delivered are compared with what came before, and told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agora.model.drift import Difference, Drift
from agora.model.errors import Broken
from agora.model.lineage import ColumnLineage, PortLineage, source_name
from agora.model.product import Product, SourceSpec
from agora.model.release import Release, Run, SourcePin
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage import keys
from agora.usecases.running import landing
from agora.workshop.drift import drift, mentions
from agora.workshop.increments import Growth

_PROBE = "delivery__probe"
Readers = Callable[[str, Difference], Sequence[str]]


def told(
    house: House, product: Product, bench: Bench, begun: Run, growth: Growth
) -> tuple[Run, Growth]:
    """The run knows the columns of every delivery and how they have drifted.

    Raises Broken when a column is gone that something is made from, or has a type that would change
    values; the last release keeps serving.
    """
    standing = house.store.get(Release, keys.release(product.name, begun.parent))
    known = standing.noun if standing else None
    found: list[Drift] = []
    sources: list[SourcePin] = []
    for spec in product.build.sources:
        before = [pin for pin in known.sources if pin.name == spec.name] if known else []
        pins = [pin for pin in begun.sources if pin.name == spec.name]
        pins = _probed(house, bench, begun, spec, pins, before)
        found += _drifts(spec, pins, before, _readers(house, product, spec, known))
        sources += pins
    own = {spec.name for spec in product.build.sources}
    sources += [pin for pin in begun.sources if pin.name not in own]
    run = replace(begun, sources=tuple(sources), drifts=tuple(found))
    _refuse(found)
    columns = {(pin.name, pin.hash): pin for pin in sources}
    fresh = tuple(columns.get((pin.name, pin.hash), pin) for pin in growth.fresh)
    return run, replace(growth, fresh=fresh)


def _probed(
    house: House,
    bench: Bench,
    run: Run,
    spec: SourceSpec,
    pins: Sequence[SourcePin],
    before: Sequence[SourcePin],
) -> list[SourcePin]:
    """The columns of what is new are looked up; what was there brings its own along."""
    known = {pin.hash for pin in before}
    probed = []
    for pin in pins:
        if pin.columns or pin.hash in known:
            probed.append(pin)
            continue
        bench.feed(_PROBE, landing.raw(house, spec, pin, house.lake.scratch(run.id)))
        probed.append(replace(pin, columns=bench.columns(_PROBE)))
    return probed


def _drifts(
    spec: SourceSpec,
    pins: Sequence[SourcePin],
    before: Sequence[SourcePin],
    readers: Readers,
) -> list[Drift]:
    """Each new delivery against the one before it, the first new one against the last release."""
    known = {pin.hash for pin in before}
    last = next((pin.columns for pin in reversed(before) if pin.columns), ())
    found: list[Drift] = []
    for pin in pins:
        if pin.hash not in known and last:
            found += drift(spec.name, pin.origin, last, pin.columns, readers)
        last = pin.columns or last
    return found


def _readers(house: House, product: Product, spec: SourceSpec, standing: Release | None) -> Readers:
    """What is made from a column, by the lineage of the release.

    When the build has changed since, its author has seen to it: only a column that a step still
    names is missed.
    """
    same = standing is not None and standing.code_hash == product.build.hash
    key = keys.run(product.name, standing.run) if standing else ""
    kept = house.store.get(ColumnLineage, key) if same else None
    if kept is None:
        return lambda column, how: [
            step.name
            for step in product.build.steps
            if how is Difference.MISSING and mentions(step.sql, column)
        ]
    ports = kept.noun.ports
    return lambda column, _how: list(_made_from(ports, product, spec, column))


def _made_from(
    ports: Sequence[PortLineage], product: Product, spec: SourceSpec, column: str
) -> Iterator[str]:
    """The columns of ports that come from a column of the source, each once."""
    origin = (source_name(product.name, spec.name), column.lower())
    found = {
        f"{port.port}.{edge.to}" if edge.to else str(port.port)
        for port in ports
        for edge in port.edges
        if (edge.origin.relation, edge.origin.column.lower()) == origin
    }
    yield from sorted(found)


def _refuse(found: Sequence[Drift]) -> None:
    first = next((each for each in found if each.refused), None)
    if first is None:
        return
    missing = first.how is Difference.MISSING
    raise Broken(
        f"source `{first.source}`: {first.sentence}",
        code="E370" if missing else "E371",
        hint="ask whoever delivers it, or change the step that reads it"
        if missing
        else "ask whoever delivers it, or cast it in a step and build anew with `agora run --again`",
    )
