"""In place: whether a table of another tool is what a port's contract promises, and its snapshot."""

from dataclasses import replace

from agora.model.contract import Contract
from agora.model.errors import Broken
from agora.model.product import External
from agora.model.release import DataFile, ReleasedColumn, Snapshot
from agora.model.types import Kind, Type
from agora.workshop.drift import holds


def snapshot(
    external: External,
    contract: Contract,
    columns: tuple[tuple[str, str, int], ...],
    files: tuple[DataFile, ...],
    *,
    uuid: str,
    version: int,
    metadata: str,
    live: bool = False,
) -> Snapshot:
    """The port's snapshot over exactly these files, of the columns its contract promises.

    Raises Broken when a promised column is not there, or has a type that would have to be changed.
    """
    there = {name: (kind, number) for name, kind, number in columns}
    shared = {name for file in files for name, _ in file.values}
    released = []
    for column in contract.columns:
        if column.name not in there:
            raise Broken(
                f"`{external.port}`: `{_called(external)}` has no column `{column.name}`",
                code="E383",
                hint=f"it has {', '.join(f'`{name}`' for name in list(there)[:20])}",
            )
        kind, number = there[column.name]
        if column.name not in shared and not fits(column.type, kind):
            raise Broken(
                f"`{external.port}`: the column `{column.name}` is {kind}, not {column.type.sql}",
                code="E384",
                hint="rows that stay where they are cannot be changed: promise the type they have",
            )
        labels = tuple(sorted(column.labels))
        released.append(
            ReleasedColumn(name=column.name, type=column.type, field_id=number, labels=labels)
        )
    return Snapshot(
        port=external.port, table=_called(external), table_uuid=uuid, snapshot_id=version,
        metadata=metadata, columns=tuple(released), files=files, external=external.type,
        live=live, counted=sum(file.rows for file in files) if live else 0,
    )  # fmt: skip


def lasting(snapshot: Snapshot) -> Snapshot:
    """What a release keeps of it: of a live table no rows, whatever it was checked on."""
    return replace(snapshot, files=()) if snapshot.live else snapshot


def where(snapshot: Snapshot) -> External:
    """The table a live snapshot was checked on, as its release says, whatever the build says now."""
    return External(
        port=snapshot.port,
        type=snapshot.external,
        location=snapshot.metadata,
        table=snapshot.table,
    )


def _called(external: External) -> str:
    return external.table or external.location


def fits(promised: Type, kind: str) -> bool:
    """True when every value of the type can be shown as the promised one without a change."""
    as_text = kind == "UUID" and promised.kind is Kind.VARCHAR
    return promised.sql == kind or holds(promised.sql, kind) or as_text
