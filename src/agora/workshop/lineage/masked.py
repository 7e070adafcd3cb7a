"""Masked: which columns of an answer came from columns that are masked for its reader."""

from collections.abc import Iterator, Mapping, Sequence

from agora.model.decision import ColumnView, Decision
from agora.model.lineage import ColumnName
from agora.model.policy import MaskKind
from agora.workshop.lineage.flows import Flow, Traced, ground

Views = Mapping[ColumnName, ColumnView]


def masked(
    sql: str, names: Sequence[str], decisions: Sequence[Decision]
) -> tuple[ColumnView | None, ...]:
    """For each column of the answer, a masked column its values tell of, or None. Never raises.

    Of a statement that cannot be traced, a column counts as masked when one of its name is.
    """
    views = {
        ColumnName(relation=str(each.port), column=column.name): column
        for each in decisions
        for column in each.visible
        if column.mask.kind is not MaskKind.CLEAR
    }
    if not views:
        return (None,) * len(names)
    flows = _traced(sql, decisions)
    if flows is None or len(flows) != len(names):
        named = {origin.column.lower(): view for origin, view in views.items()}
        return tuple(named.get(name.lower()) for name in names)
    return tuple(next(_telling(flow, views), None) for flow in flows)


def _telling(flow: Flow, views: Views) -> Iterator[ColumnView]:
    for origin in sorted(flow):
        if origin in views and any(way.tells for way in flow[origin]):
            yield views[origin]


def _traced(sql: str, decisions: Sequence[Decision]) -> tuple[Flow, ...] | None:
    from agora.workshop.lineage.tracing import trace  # noqa: PLC0415 (sqlglot is loaded when SQL is read)

    tables: dict[str, Traced] = {}
    for decision in decisions:
        version = decision.port
        relation = ground(str(version), (column.name for column in decision.visible))
        for table in (version.port.table, version.table):
            tables[f"{version.port.schema}.{table}"] = relation
    try:
        found = trace(sql, tables)
    except Exception:  # noqa: BLE001 (whatever cannot be traced is told by its names)
        return None
    return None if found.rest else tuple(flow for _, flow in found.columns)
