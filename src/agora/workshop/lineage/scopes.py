"""Scopes: what a name in a SELECT can mean, and which columns a star stands for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from agora.model.lineage import How
from agora.workshop.lineage.flows import Flow, Traced, merged, through


class Untraceable(Exception):
    """Something whose columns cannot be followed; its whole step counts as all-to-all."""


def only(node: exp.Expr, keys: frozenset[str]) -> None:
    """Nothing is said at this node beside what is known; raises Untraceable for the rest."""
    strange = [key for key, found in node.args.items() if found and key not in keys]
    if strange:
        raise Untraceable(strange[0])


@dataclass(slots=True, kw_only=True)
class Notes:
    """What is seen on the way: flows of columns that were named, and every relation looked at."""

    touched: list[Flow] = field(default_factory=list)
    looked_at: list[Traced] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Scope:
    """The relations one SELECT reads, what its aliases stand for, and the scope around it.

    `query` traces a nested query; `joined` are the columns that USING made one; `parameters` are
    the names a lambda gives; `loose` says that an alias is meant beside a column of its name.
    """

    query: "Callable[[exp.Expr, Scope], Traced]"
    tables: Mapping[str, Traced]
    parent: "Scope | None" = None
    relations: list[tuple[str, Traced]] = field(default_factory=list)
    joined: dict[str, Flow] = field(default_factory=dict)
    aliases: dict[str, Flow] = field(default_factory=dict)
    windows: dict[str, exp.Window] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    loose: bool = False
    notes: Notes = field(default_factory=Notes)

    def within(self, parameters: frozenset[str]) -> "Scope":
        """The same scope inside a lambda with these parameters."""
        return replace(self, parameters=self.parameters | parameters)

    def inner(self, tables: Mapping[str, Traced] | None = None) -> "Scope":
        """An empty scope of a query inside this one."""
        return Scope(query=self.query, tables=tables or self.tables, parent=self, notes=self.notes)

    def table(self, name: str) -> Traced:
        """The relation of that name; raises Untraceable where there is none."""
        found = self.tables.get(name)
        if found is None:
            raise Untraceable(name)
        self.notes.looked_at.append(found)
        return found

    def resolve(self, parts: tuple[str, ...]) -> Flow:
        """What a name of one or more parts stands for; raises Untraceable for what is nothing here."""
        if len(parts) == 1 and parts[0] in self.parameters:
            return {}
        found = self._find(parts)
        if found is None:
            raise Untraceable(".".join(parts))
        self.notes.touched.append(found)
        return found

    def knows(self, name: str) -> bool:
        """True when this bare name stands for something here."""
        return name not in self.parameters and self._find((name,)) is not None

    def _find(self, parts: tuple[str, ...]) -> Flow | None:
        if len(parts) > 1 and parts[0] in self.parameters:
            return {}
        found = [flow for flow in (*self._named(parts), self._bare(parts)) if flow is not None]
        if found and not self.loose:
            return merged(found)
        alias = self.aliases.get(parts[0])
        if alias is not None:
            found.append(alias if len(parts) == 1 else through(alias, How.TRANSFORMATION))
        if found:
            return merged(found)
        around = self.parent._find(parts) if self.parent else None  # noqa: SLF001 (its own kind)
        open_ones = [traced.rest for _, traced in self.relations if traced.rest is not None]
        left = [*open_ones, *([around] if around is not None else [])]
        return merged(left) if left else self._row(parts)

    def _named(self, parts: tuple[str, ...]) -> list[Flow | None]:
        """A column behind the name of its relation, followed by the fields of a struct perhaps."""
        found: list[Flow | None] = []
        for name, traced in self.relations:
            given = tuple(name.split("."))
            for known in {given, given[-1:]}:
                rest = parts[len(known) :]
                if parts[: len(known)] != known or not rest:
                    continue
                flow = traced.column(rest[0])
                flow = traced.rest if flow is None else flow
                if flow is not None:
                    found.append(flow if len(rest) == 1 else through(flow, How.TRANSFORMATION))
        return found

    def _bare(self, parts: tuple[str, ...]) -> Flow | None:
        """A column without its relation, followed by the fields of a struct perhaps."""
        flow = self.joined.get(parts[0])
        if flow is None:
            flows = [found for _, t in self.relations if (found := t.column(parts[0])) is not None]
            flow = merged(flows) if flows else None
        if flow is None or len(parts) == 1:
            return flow
        return through(flow, How.TRANSFORMATION)

    def _row(self, parts: tuple[str, ...]) -> Flow | None:
        """A whole row under the name of its relation."""
        found = [t for name, t in self.relations if name.rpartition(".")[2] == parts[0]]
        if len(parts) > 1 or not found:
            return None
        return through(merged(traced.values for traced in found), How.TRANSFORMATION)

    def star(self, of: str = "") -> tuple[list[tuple[str, Flow]], Flow | None]:
        """The columns a star stands for, in order, and the flow of those nobody can name."""
        columns: list[tuple[str, Flow]] = []
        rest: list[Flow] = []
        merged_already: set[str] = set()
        chosen = [
            traced
            for name, traced in self.relations
            if not of or of in (name, name.rpartition(".")[2])
        ]
        if of and not chosen:
            raise Untraceable(of)
        for traced in chosen:
            for name, flow in traced.columns:
                key = name.lower()
                if of or key not in self.joined:
                    columns.append((name, flow))
                elif key not in merged_already:
                    merged_already.add(key)
                    columns.append((name, self.joined[key]))
            if traced.rest is not None:
                rest.append(traced.rest)
        return columns, merged(rest) if rest else None
