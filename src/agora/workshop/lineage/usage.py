"""Usage: which columns a statement used, also one the ledger kept with `?` for every value."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agora.model.lineage import ColumnName
from agora.model.names import PortVersion
from agora.workshop.lineage.builds import Relation
from agora.workshop.lineage.flows import Traced, ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """The columns a statement used; `conservative` when it could not be read: all it could see."""

    columns: frozenset[ColumnName]
    conservative: bool = False

    def of(self, port: PortVersion) -> tuple[str, ...]:
        """The columns of one port version, by name."""
        return tuple(sorted(c.column for c in self.columns if c.relation == str(port)))


def tables(visible: Iterable[str]) -> dict[str, Relation]:
    """The relations of a ledger entry's `columns` fact (`sales.visits@1:amount`), by SQL name.

    Each port version stands under both its names: `sales.visits` and `sales.visits_v1`.
    """
    columns: dict[str, list[str]] = {}
    for each in visible:
        port, _, column = each.partition(":")
        columns.setdefault(port, []).append(column)
    found = {}
    for name, listed in columns.items():
        version = PortVersion.parse(name)
        relation = Relation(name=name, columns=tuple(listed))
        found[f"{version.port.schema}.{version.table}"] = relation
        found[f"{version.port.schema}.{version.port.table}"] = relation
    return found


def used_columns(sql: str, tables: Mapping[str, Relation]) -> Used:
    """The columns of `tables` (by lower-case SQL name) that this statement names or answers with.

    A star stands for the columns the table shows. Never raises: of a statement that cannot be read,
    every column of every table counts as used.
    """
    known = {name: ground(each.name, each.columns or ()) for name, each in tables.items()}
    for text in _spellings(sql):
        found = _read(text, known)
        if found is not None:
            return Used(columns=found)
    everything = (
        ColumnName(relation=each.name, column=column)
        for each in tables.values()
        for column in each.columns or ()
    )
    return Used(columns=frozenset(everything), conservative=True)


def _spellings(sql: str) -> Iterator[str]:
    """The text as it is; with numbers where values stood; with texts."""
    yield sql
    if "?" in sql:
        yield sql.replace("?", "1")
        yield sql.replace("?", "'1'")


def _read(sql: str, known: Mapping[str, Traced]) -> frozenset[ColumnName] | None:
    from agora.workshop.lineage.scopes import Notes  # noqa: PLC0415 (sqlglot is loaded when SQL is read)
    from agora.workshop.lineage.tracing import trace  # noqa: PLC0415

    notes = Notes()
    try:
        found = trace(sql, known, notes)
    except Exception:  # noqa: BLE001 (whatever cannot be read has used everything, never an error)
        return None
    return frozenset(c for flow in (*notes.touched, found.values, found.rows) for c in flow)
