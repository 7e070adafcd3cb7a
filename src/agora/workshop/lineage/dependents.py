"""Dependents: who relies on columns of a port, by what they build, asked, or may ask.

Builds are known exactly from their lineage; people, teams and services from the statements the
ledger kept, and from the agreements that let them read.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agora.model.access import Agreement
from agora.model.changes import Dependence, Dependent, UsedQuery
from agora.model.ledger import Entry, Event
from agora.model.lineage import ColumnLineage, ColumnName, Edge, How, PortLineage
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.product import Product
from agora.workshop.lineage.impact import Graph, Reached, downstream, graph
from agora.workshop.lineage.usage import Used, tables, used_columns

MEMORY = timedelta(days=400)
"""How long a statement counts as use: reports of once a year are not forgotten."""
Wanted = frozenset[str] | None
"""Names of columns; None for the whole port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of use: lineage of what the builds in the files made, agreements, statements.

    A product whose build has changed since, or never ran, has no lineage here: it counts as using
    everything it reads.
    """

    mesh: Mesh
    now: datetime
    lineages: tuple[ColumnLineage, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outlet:
    """A port where a change is noticed: which columns of it, and the ports on the way, itself last."""

    port: PortVersion
    columns: Wanted
    through: tuple[PortVersion, ...] = ()


def dependents(known: Evidence, port: PortVersion, columns: Wanted) -> tuple[Dependent, ...]:
    """Everybody who relies on one of these columns, or on the port; those nearest to it first."""
    walked = graph(_lineage(known, product) for product in known.mesh.products)
    starts = _starts(known, port, columns)
    reached = downstream(walked, starts)
    outlets = {port: _Outlet(port=port, columns=columns)} | _outlets(reached)
    readers = [*_readers(known, outlets)]
    direct = {reader.name for reader in readers if not reader.through}
    found = [*_builds(walked, starts, reached), *readers, *_entitled(known, outlets[port], direct)]
    return tuple(sorted(found, key=lambda d: (len(d.through), d.how.value, d.name, str(d.port))))


def _starts(known: Evidence, port: PortVersion, columns: Wanted) -> tuple[ColumnName, ...]:
    offered = known.mesh.port(port)
    promised = offered.contract.columns if offered else ()
    every = {"", *(column.name for column in promised)}
    names = sorted(every if columns is None else columns)
    return tuple(ColumnName(relation=str(port), column=name) for name in names)


def _lineage(known: Evidence, product: Product) -> ColumnLineage:
    """The product's lineage as far as it still reads the same ports; without one, all to all."""
    inputs = {str(given.port) for given in product.inputs}
    found = next((each for each in known.lineages if each.product == product.name), None)
    if found is None:
        ports = tuple(_assumed(known.mesh, product, own.version) for own in product.ports)
        return ColumnLineage(product=product.name, run="", ports=ports)
    return replace(found, ports=tuple(_still(port, inputs) for port in found.ports))


def _assumed(mesh: Mesh, product: Product, own: PortVersion) -> PortLineage:
    read = [port for given in product.inputs if (port := mesh.port(given.port)) is not None]
    offered = mesh.port(own)
    return PortLineage(
        port=own,
        columns=tuple(column.name for column in offered.contract.columns) if offered else (),
        edges=tuple(
            Edge(
                origin=ColumnName(relation=str(port.version), column=column.name),
                to="",
                how=How.TRANSFORMATION,
            )
            for port in read
            for column in port.contract.columns
        ),
        reads=tuple(str(given.port) for given in product.inputs),
        conservative=True,
    )


def _still(port: PortLineage, inputs: Collection[str]) -> PortLineage:
    edges = tuple(e for e in port.edges if e.origin.port is None or e.origin.relation in inputs)
    return replace(port, edges=edges, reads=tuple(r for r in port.reads if "/" in r or r in inputs))


def _way(found: Reached) -> tuple[PortVersion, ...]:
    """The ports between the change and this column, its own port last."""
    ports = (link.to.port for link in found.path)
    return tuple(dict.fromkeys(port for port in ports if port is not None))


def _outlets(reached: tuple[Reached, ...]) -> dict[PortVersion, _Outlet]:
    found: dict[PortVersion, _Outlet] = {}
    for each in reached:
        port = each.column.port
        assert port is not None, "sources lie upstream of everything"
        before = found.get(port)
        name = each.column.column
        whole = not name or (before is not None and before.columns is None)
        known = before.columns if before and before.columns else frozenset()
        found[port] = _Outlet(
            port=port,
            columns=None if whole else known | {name},
            through=before.through if before else _way(each),
        )
    return found


def _builds(
    walked: Graph, starts: tuple[ColumnName, ...], reached: tuple[Reached, ...]
) -> Iterator[Dependent]:
    """One for each product that is reached: what it uses of the nearest port on the way."""
    nearest: dict[str, Reached] = {}
    for each in reached:
        nearest.setdefault(str(each.column.product), each)
    froms = {*starts, *(each.column for each in reached)}
    for name, each in nearest.items():
        port = each.path[-1].origin.port
        assert port is not None, "sources lie upstream of everything"
        used = {
            link.origin.column
            for origin in froms
            if origin.relation == str(port)
            for link in walked.down.get(origin, ())
            if str(link.to.product) == name
        }
        way = tuple(step for step in _way(each)[:-1] if str(step.port.of) != name)
        yield Dependent(
            name=name,
            how=Dependence.BUILD,
            port=port,
            columns=tuple(sorted(used - {""})),
            through=way,
            asked=not way,
        )


def _readers(known: Evidence, outlets: Mapping[PortVersion, _Outlet]) -> Iterator[Dependent]:
    """Whoever used one of the columns in a statement of the last year and may still ask it."""
    found: dict[tuple[str, PortVersion, bool], list[UsedQuery]] = {}
    agreed = {a.id: a for a in known.agreements}
    read: dict[tuple[str, tuple[str, ...]], Used] = {}
    for entry in known.entries:
        facts = dict(entry.facts)
        for port, used in _used(known, entry, outlets, read):
            own = [agreed[i] for i in _words(facts.get("agreements")) if i in agreed]
            own = [a for a in own if a.port == port]
            if (own and not own[0].active(known.now)) or known.mesh.principal(entry.who) is None:
                continue
            consumer = own[0].consumer if own else entry.who
            query = UsedQuery(
                who=entry.who,
                sql=str(facts.get("sql")),
                columns=used,
                times=1,
                last=entry.at,
                ports=tuple(entry.subject.split(", ")),
            )
            found.setdefault((consumer, port, bool(own)), []).append(query)
    for (consumer, port, agreement), queries in found.items():
        through = outlets[port].through
        yield Dependent(
            name=consumer,
            how=Dependence.QUERIES,
            port=port,
            columns=tuple(sorted({name for query in queries for name in query.columns})),
            queries=_counted(queries),
            through=through,
            asked=not through and (agreement or not _at_home(known.mesh, consumer, port)),
        )


def _used(
    known: Evidence,
    entry: Entry,
    outlets: Mapping[PortVersion, _Outlet],
    read: dict[tuple[str, tuple[str, ...]], Used],
) -> Iterator[tuple[PortVersion, tuple[str, ...]]]:
    """The ports of an entry that are concerned, with the concerned columns it used of each.

    `read` remembers what statements used: a dashboard asks the same thing every minute.
    """
    subjects = set(entry.subject.split(", "))
    concerned = [outlet for port, outlet in outlets.items() if str(port) in subjects]
    if entry.event is not Event.QUERY_OPENED or known.now - entry.at > MEMORY or not concerned:
        return
    facts = dict(entry.facts)
    key = str(facts.get("sql")), _words(facts.get("columns"))
    if key not in read:
        read[key] = used_columns(key[0], tables(key[1]))
    for outlet in concerned:
        names = read[key].of(outlet.port)
        hit = tuple(n for n in names if outlet.columns is None or n in outlet.columns)
        if hit or outlet.columns is None:
            yield outlet.port, hit


def _counted(queries: list[UsedQuery]) -> tuple[UsedQuery, ...]:
    """Equal statements of one reader as one, the newest first."""
    found: dict[tuple[str, str], UsedQuery] = {}
    for each in queries:
        before = found.get((each.who, each.sql))
        times, last = (before.times, before.last) if before else (0, each.last)
        found[each.who, each.sql] = replace(each, times=times + 1, last=max(last, each.last))
    return tuple(sorted(found.values(), key=lambda q: (-q.last.timestamp(), q.who, q.sql)))


def _entitled(known: Evidence, outlet: _Outlet, readers: Collection[str]) -> Iterator[Dependent]:
    """Whoever has agreed to read the columns and was not seen to use them; builds are known better."""
    services = {product.name.service for product in known.mesh.products}
    seen = {*readers, *services}
    for each in known.agreements:
        if each.port != outlet.port or not each.active(known.now) or each.consumer in seen:
            continue
        names = set(each.columns)
        if names and outlet.columns is not None and not names & outlet.columns:
            continue
        seen.add(each.consumer)
        yield Dependent(
            name=each.consumer,
            how=Dependence.RIGHT,
            port=outlet.port,
            columns=tuple(sorted(names & outlet.columns if outlet.columns and names else names)),
        )


def _at_home(mesh: Mesh, name: str, port: PortVersion) -> bool:
    """True for the people of the owning domain, who decide about the port themselves."""
    principal = mesh.principal(name)
    return principal is not None and port.port.domain in principal.domains


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()
