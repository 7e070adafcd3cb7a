"""Impact: what lies upstream and downstream of a column or a port, over all products."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from agora.model.lineage import ColumnLineage, ColumnName, Edge, How, PortLineage


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Link:
    """One step of lineage between two columns; a column named `""` is the rows of its relation."""

    origin: ColumnName
    to: ColumnName
    how: How
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A column somewhere up or down, and the shortest way there, the start included.

    `direct` when values reach it all the way; otherwise it only depends on them.
    """

    column: ColumnName
    path: tuple[Link, ...]

    @property
    def direct(self) -> bool:
        """True when every step of the way is direct."""
        return all(link.how.direct for link in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A column in a tree of lineage, how it is reached, and what is behind it.

    `column` is None for what the asker may not know of; `again` when it is drawn elsewhere already.
    """

    column: ColumnName | None
    how: tuple[How, ...] = ()
    counted: bool = False
    again: bool = False
    branches: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The lineage of a mesh, to be walked both ways."""

    columns: Mapping[str, tuple[str, ...]]
    down: Mapping[ColumnName, tuple[Link, ...]] = field(default_factory=dict)
    up: Mapping[ColumnName, tuple[Link, ...]] = field(default_factory=dict)

    def starts(self, relation: str, column: str = "") -> tuple[ColumnName, ...]:
        """The column, or every column of the relation and its rows."""
        names = (column,) if column else (*self.columns.get(relation, ()), "")
        return tuple(ColumnName(relation=relation, column=name) for name in names)


def graph(lineages: Iterable[ColumnLineage]) -> Graph:
    """The lineages of the current releases as one graph."""
    ports = [port for each in lineages for port in each.ports]
    links = sorted({link for port in ports for link in _links(port)})
    down: dict[ColumnName, list[Link]] = {}
    up: dict[ColumnName, list[Link]] = {}
    for link in links:
        down.setdefault(link.origin, []).append(link)
        up.setdefault(link.to, []).append(link)
    return Graph(
        columns={str(port.port): port.columns for port in ports},
        down={name: tuple(found) for name, found in down.items()},
        up={name: tuple(found) for name, found in up.items()},
    )


def downstream(of: Graph, starts: Collection[ColumnName]) -> tuple[Reached, ...]:
    """Every column and every port's rows that would notice a change of these, nearest first."""
    return _reached(of.down, starts, to_origin=False)


def upstream(of: Graph, starts: Collection[ColumnName]) -> tuple[Reached, ...]:
    """Every column and every relation's rows that these came from or depend on, nearest first."""
    return _reached(of.up, [*starts, *_rows(starts)], to_origin=True)


def downward(of: Graph, start: ColumnName, depth: int = 0) -> tuple[Branch, ...]:
    """What comes of a column as a tree, at most `depth` steps deep (0: all of it)."""
    return _branches(of.down, [start], depth or -1, {start}, to_origin=False)


def upward(of: Graph, start: ColumnName, depth: int = 0) -> tuple[Branch, ...]:
    """What a column came from as a tree, at most `depth` steps deep (0: all of it)."""
    return _branches(of.up, [start, *_rows([start])], depth or -1, {start}, to_origin=True)


def _rows(starts: Collection[ColumnName]) -> list[ColumnName]:
    names = {start.relation for start in starts if start.column}
    return [ColumnName(relation=name, column="") for name in sorted(names)]


def _links(port: PortLineage) -> Iterable[Link]:
    own = str(port.port)
    for edge in port.edges:
        for name in _ends(port, edge):
            to = ColumnName(relation=own, column=name)
            yield Link(origin=edge.origin, to=to, how=edge.how, counted=edge.counted)
    for relation in port.reads:
        rows = ColumnName(relation=relation, column="")
        yield Link(origin=rows, to=ColumnName(relation=own, column=""), how=How.FILTER)


def _ends(port: PortLineage, edge: Edge) -> tuple[str, ...]:
    """The columns an edge ends in; one that only decides which rows there are ends in the rows."""
    every = not edge.to and edge.how.tells
    return port.columns if every else (edge.to,)


def _reached(
    links: Mapping[ColumnName, tuple[Link, ...]], starts: Collection[ColumnName], *, to_origin: bool
) -> tuple[Reached, ...]:
    seen = set(starts)
    found: list[Reached] = []
    waiting: deque[tuple[ColumnName, tuple[Link, ...]]] = deque((start, ()) for start in starts)
    while waiting:
        at, path = waiting.popleft()
        for link in links.get(at, ()):
            end = link.origin if to_origin else link.to
            if end not in seen:
                seen.add(end)
                found.append(Reached(column=end, path=(*path, link)))
                waiting.append((end, (*path, link)))
    return tuple(found)


def _branches(
    links: Mapping[ColumnName, tuple[Link, ...]],
    at: Collection[ColumnName],
    depth: int,
    seen: set[ColumnName],
    *,
    to_origin: bool,
) -> tuple[Branch, ...]:
    if depth == 0:
        return ()
    ends: dict[ColumnName, list[Link]] = {}
    for link in (link for each in at for link in links.get(each, ())):
        ends.setdefault(link.origin if to_origin else link.to, []).append(link)
    told = {end: ways for end, ways in ends.items() if not (to_origin and _idle(end, ends))}
    found = []
    for end, ways in told.items():
        again = end in seen
        seen.add(end)
        more = () if again else _branches(links, [end], depth - 1, seen, to_origin=to_origin)
        found.append(
            Branch(
                column=end,
                how=tuple(dict.fromkeys(link.how for link in ways)),
                counted=all(link.counted for link in ways),
                again=again,
                branches=more,
            )
        )
    return tuple(found)


def _idle(end: ColumnName, ends: Mapping[ColumnName, list[Link]]) -> bool:
    """The rows of a relation say nothing more beside one of its columns."""
    return not end.column and any(each.column and each.relation == end.relation for each in ends)
