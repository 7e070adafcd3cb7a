"""Tags: what must be said of a column because of the columns it came from."""

from collections.abc import Collection, Mapping

from agora.model.lineage import ColumnName, PortLineage


def carried(
    port: PortLineage, column: str, labels: Mapping[ColumnName, Collection[str]]
) -> dict[str, ColumnName]:
    """Every label that comes along to this column, with one column it comes from.

    `labels` are those of the columns of every input. Values are followed, counts are not.
    """
    found: dict[str, ColumnName] = {}
    for edge in port.origins(column):
        if edge.carries:
            for label in sorted(labels.get(edge.origin, ())):
                found.setdefault(label, edge.origin)
    return found
