"""Builds: what every output column came from, by the steps and the columns of what they read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agora.model.lineage import Edge, How, PortLineage
from agora.model.names import PortVersion, fold
from agora.model.product import Product
from agora.workshop.lineage.flows import NOTHING, Flow, Traced, ground, merged, through


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Something a build reads: its name in lineage and its columns, None where nobody knows them."""

    name: str
    columns: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlStep:
    """A SELECT with its columns as the engine tells them; None where no engine was asked."""

    name: str
    sql: str
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueStep:
    """A step that cannot be read, such as Python: the relations it reads, by their SQL names.

    `declared` says for an output column from which (relation, column) it comes; every other output
    column counts as made of every column of everything that is read.
    """

    name: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    declared: Mapping[str, Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A port, its columns, and the SQL name of the relation that fills it."""

    port: PortVersion
    columns: tuple[str, ...]
    relation: str


def filled(product: Product) -> list[Filled]:
    """Every port the product's build fills, in the build's order."""
    return [
        Filled(
            port=output.port,
            columns=tuple(column.name for column in port.contract.columns),
            relation=fold(output.source),
        )
        for output in product.build.outputs
        if (port := product.port(output.port)) is not None
    ]


def lineage(
    relations: Mapping[str, Relation],
    steps: Sequence[SqlStep | OpaqueStep],
    outputs: Sequence[Filled],
) -> tuple[PortLineage, ...]:
    """The edges to every output column; `relations` by folded SQL name, steps in their order.

    Never raises: a step that cannot be followed counts as all-to-all, and the port says so.
    """
    known = {name: _ground(relation) for name, relation in relations.items()}
    for step in steps:
        known[step.name] = _step(step, known)
    return tuple(_port(each, known.get(each.relation, Traced())) for each in outputs)


def _ground(relation: Relation) -> Traced:
    if relation.columns is not None:
        return ground(relation.name, relation.columns)
    return Traced(rest=NOTHING, reads=frozenset({relation.name}))


def _step(step: SqlStep | OpaqueStep, known: Mapping[str, Traced]) -> Traced:
    if isinstance(step, OpaqueStep):
        return _opaque(step, {name: known[name] for name in step.reads if name in known})
    from agora.workshop.lineage.tracing import named, trace  # noqa: PLC0415 (sqlglot loads when it is needed)

    try:
        found = _reconciled(trace(step.sql, known), step.columns)
    except Exception:  # noqa: BLE001 (whatever cannot be followed is all-to-all, never an error)
        found = None
    if found is not None:
        return found
    read = {name: known[name] for name in named(step.sql) & known.keys()}
    return _all_to_all(read or known, step.columns)


def _reconciled(found: Traced, columns: tuple[str, ...] | None) -> Traced | None:
    """The columns under the engine's names; None where the two do not agree on what there is."""
    if columns is None:
        return found
    if found.rest is not None:
        flows = {name: found.column(name) for name in columns}
        named = tuple((name, found.rest if f is None else f) for name, f in flows.items())
        unplaced = [
            name for name, _ in found.columns if not name or name.lower() not in _low(columns)
        ]
        return None if unplaced else replace(found, columns=named, rest=None)
    pairs = list(zip(columns, found.columns, strict=False))
    agreed = len(columns) == len(found.columns) and all(
        not told or told.lower() == name.lower() for name, (told, _) in pairs
    )
    named = tuple((name, flow) for name, (_, flow) in pairs)
    return replace(found, columns=named) if agreed else None


def _low(names: Sequence[str]) -> set[str]:
    return {name.lower() for name in names}


def _opaque(step: OpaqueStep, read: Mapping[str, Traced]) -> Traced:
    everything = through(merged(traced.values for traced in read.values()), How.TRANSFORMATION)
    declared = step.declared or {}
    columns = tuple(
        (name, _declared(declared[name], read) if name in declared else everything)
        for name in step.columns
    )
    whole = set(step.columns) <= set(declared)
    unsure = not whole or any(traced.conservative for traced in read.values())
    return replace(_all_to_all(read, step.columns), columns=columns, conservative=unsure)


def _declared(origins: Sequence[tuple[str, str]], read: Mapping[str, Traced]) -> Flow:
    flows = [
        read[relation].column(column) if relation in read else None for relation, column in origins
    ]
    return through(merged(flow for flow in flows if flow is not None), How.TRANSFORMATION)


def _all_to_all(read: Mapping[str, Traced], columns: tuple[str, ...] | None) -> Traced:
    """Every column of everything that is read reaches every column, and decides the rows."""
    values = merged(traced.values for traced in read.values())
    flow = through(values, How.TRANSFORMATION)
    rows = merged([through(values, How.FILTER), *(traced.rows for traced in read.values())])
    return Traced(
        columns=tuple((name, flow) for name in columns or ()),
        rest=None if columns is not None else flow,
        rows=rows,
        reads=frozenset(name for traced in read.values() for name in traced.reads),
        conservative=True,
    )


def _port(filled: Filled, traced: Traced) -> PortLineage:
    flows = {name: _flow(traced, name) for name in filled.columns}
    edges = {edge for name, flow in flows.items() for edge in _edges(flow, name)}
    everywhere = {replace(edge, to="") for edge in edges}
    whole = {
        edge
        for edge in everywhere
        if edge.how.tells and {replace(edge, to=name) for name in filled.columns} <= edges
    }
    if len(filled.columns) > 1:
        edges = {edge for edge in edges if replace(edge, to="") not in whole} | whole
    edges |= set(_edges(traced.rows, ""))
    return PortLineage(
        port=filled.port,
        columns=filled.columns,
        edges=tuple(sorted(edges)),
        reads=tuple(sorted(traced.reads)),
        conservative=traced.conservative,
    )


def _flow(traced: Traced, name: str) -> Flow:
    flow = traced.column(name)
    return flow if flow is not None else traced.rest or NOTHING


def _edges(flow: Flow, to: str) -> list[Edge]:
    return [
        Edge(origin=origin, to=to, how=way.how, counted=way.counted)
        for origin, ways in flow.items()
        for way in ways
    ]
