"""Origins: which column of which port version a column of a query's answer came from, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agora.model.decision import Decision
from agora.model.lineage import ColumnName, How
from agora.model.names import PortVersion
from agora.workshop.lineage.flows import Flow, Traced, ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The origins of each column of an answer, by lower-case name; `known` when they could be told."""

    columns: Mapping[str, Flow]
    known: bool

    def telling(self, column: str) -> frozenset[ColumnName]:
        """The columns whose values can be told from this one."""
        flow = self.columns.get(column.lower(), {})
        return frozenset(o for o, ways in flow.items() if any(way.tells for way in ways))

    def same(self, column: str) -> ColumnName | None:
        """The one column that this one is, untouched or in a form of its own; None for any other."""
        found = [*self.columns.get(column.lower(), {}).items()]
        if len(found) != 1:
            return None
        origin, ways = found[0]
        direct = all(way.how in (How.IDENTITY, How.TRANSFORMATION) and way.tells for way in ways)
        return origin if direct else None


def origins(sql: str, decisions: Sequence[Decision]) -> Origins:
    """What each column of this SELECT came from, over the tables its reader was given."""
    from agora.workshop.lineage.tracing import trace  # noqa: PLC0415 (sqlglot is loaded when SQL is read)

    tables: dict[str, Traced] = {}
    for decision in decisions:
        known = ground(str(decision.port), (c.name for c in decision.visible))
        for name in _names(decision.port):
            tables[name] = known
    try:
        found = trace(sql, tables)
    except Exception:  # noqa: BLE001 (what cannot be followed is told as such, never an error)
        return Origins(columns={}, known=False)
    return Origins(
        columns={name.lower(): flow for name, flow in found.columns if name},
        known=not found.conservative and found.rest is None,
    )


def _names(port: PortVersion) -> tuple[str, str]:
    return f"{port.port.schema}.{port.port.table}", f"{port.port.schema}.{port.table}"
