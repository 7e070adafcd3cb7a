"""Tags: what must be said of a column because of the columns it came from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from agora.model.contract import Column
from agora.model.lineage import ColumnName, PortLineage, source_name
from agora.model.mesh import Mesh
from agora.model.names import PortVersion, fold
from agora.model.product import Product, Step
from agora.workshop.lineage.builds import OpaqueStep, Relation, SqlStep, filled, lineage

Labels = Mapping[ColumnName, Collection[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A column whose contract leaves out a label that comes along from another column."""

    port: PortVersion
    column: str
    label: str
    origin: ColumnName


def carried(port: PortLineage, column: str, labels: Labels) -> dict[str, ColumnName]:
    """Every label that comes along to this column, with one column it comes from.

    `labels` are those of the columns of every input. Values are followed, counts are not.
    """
    found: dict[str, ColumnName] = {}
    for edge in port.origins(column):
        if edge.carries:
            for label in sorted(labels.get(edge.origin, ())):
                found.setdefault(label, edge.origin)
    return found


def forgotten(mesh: Mesh) -> tuple[Forgotten, ...]:
    """Every label that comes along and no contract names, as far as the texts alone can tell.

    Only labels that do something count: those of classified tags, and those that a rule names. Steps that cannot be followed without the data say nothing here; a run still follows them.
    """
    labels: dict[ColumnName, frozenset[str]] = {}
    found: list[Forgotten] = []
    waiting = list(mesh.products)
    while waiting:
        names = {product.name for product in waiting}
        ready = [p for p in waiting if not names & {each.port.port.of for each in p.inputs}]
        for product in ready or waiting:
            found += _forgotten(mesh, product, labels)
        waiting = [p for p in waiting if p not in (ready or waiting)]
    telling = mesh.classified().union(*(policy.applies_to.tags for policy in mesh.policies))
    return tuple(each for each in found if each.label in telling)


def _forgotten(
    mesh: Mesh, product: Product, labels: dict[ColumnName, frozenset[str]]
) -> Iterator[Forgotten]:
    """What this product's contracts leave out; the labels of its columns are known afterwards."""
    traced = {port.port: port for port in _traced(mesh, product) if not port.conservative}
    for port in product.ports:
        for column in port.contract.columns:
            own = ColumnName(relation=str(port.version), column=column.name)
            from_here = traced.get(port.version)
            came = carried(from_here, column.name, labels) if from_here else {}
            named = _labels(column)
            labels[own] = named | came.keys()
            for label in sorted(came.keys() - named):
                yield Forgotten(
                    port=port.version, column=column.name, label=label, origin=came[label]
                )


def _labels(column: Column) -> frozenset[str]:
    return column.labels.union(*map(_labels, column.properties))


def _traced(mesh: Mesh, product: Product) -> tuple[PortLineage, ...]:
    if not product.inputs:
        return ()
    relations = {
        fold(spec.name): Relation(name=source_name(product.name, spec.name), columns=None)
        for spec in product.build.sources
    }
    for each in product.inputs:
        promised = mesh.port(each.port)
        columns = tuple(c.name for c in promised.contract.columns) if promised else None
        relations[fold(each.alias)] = Relation(name=str(each.port), columns=columns)
    steps = [_readable(step) for step in _ordered(product.build.steps)]
    return lineage(relations, steps, filled(product))


def _readable(step: Step) -> SqlStep | OpaqueStep:
    """The step as its text tells it; what a Python step declares is believed, the rest is unsure."""
    name = fold(step.name)
    if step.script is None or not step.script.columns:
        return SqlStep(name=name, sql=step.sql)
    declared = {
        out: tuple((fold(origin.partition(".")[0]), origin.partition(".")[2]) for origin in origins)
        for out, origins in step.script.columns
    }
    return OpaqueStep(name=name, columns=tuple(declared), reads=step.told, declared=declared)


def _ordered(steps: Collection[Step]) -> list[Step]:
    """The steps so that each comes after those it names, as far as the text alone tells."""
    from agora.workshop.lineage.tracing import named  # noqa: PLC0415 (sqlglot is loaded when a step is read)

    waiting = {fold(step.name): step for step in steps}
    reads = {n: {*(step.told or named(step.sql))} - {n} for n, step in waiting.items()}
    done: list[Step] = []
    while waiting:
        ready = [name for name in waiting if not reads[name] & waiting.keys()] or list(waiting)
        done += [waiting.pop(name) for name in ready]
    return done
