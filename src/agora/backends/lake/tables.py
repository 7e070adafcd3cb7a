"""Tables: one Iceberg table for each port version, whose columns keep their field ids."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agora.backends.lake.schemas import iceberg_type, nested_ids, shape
from agora.model.errors import Conflict
from agora.model.names import PortVersion, fold
from agora.model.release import ReleasedColumn
from agora.model.types import Type

_RETRIES = "20"
_FIRST_ID = 1_000_000
"""Field ids of columns added later start here, far above any nested id of the first ones."""


def created(catalog: Any, port: PortVersion, schema: Any, folder: Path) -> Any:
    """A new table in this folder; raises what the catalogue raises when there is one."""
    return catalog.create_table(
        identifier(port),
        schema,
        location=f"file://{folder}",
        properties={
            "format-version": "2",
            "commit.retry.num-retries": _RETRIES,
            "write.parquet.compression-codec": "zstd",
        },
    )


def identifier(port: PortVersion) -> tuple[str, str]:
    """What the catalogue calls the table of a port version."""
    name = port.port
    return f"{fold(name.domain)}__{fold(name.product)}", f"{fold(name.port)}_v{port.major}"


def evolve(
    table: Any, port: PortVersion, columns: Sequence[tuple[str, Type, tuple[str, ...]]]
) -> tuple[ReleasedColumn, ...]:
    """The table's schema has these columns: known names keep their ids, new names get new ones."""
    standing = {field.name: shape(field.field_type) for field in table.schema().fields}
    wanted = {name: shape(iceberg_type(of, _FIRST_ID)) for name, of, _ in columns}
    changed = [name for name in wanted if standing.get(name, wanted[name]) != wanted[name]]
    if changed:
        raise Conflict(
            f"column `{changed[0]}` of `{port}` cannot change its type in place",
            code="E325",
            hint="offer a new major version of the contract beside this one",
        )
    fresh = [(name, of) for name, of, _ in columns if name not in standing]
    if fresh:
        with table.update_schema() as update:
            for name, of in fresh:
                update.add_column(name, iceberg_type(of, _FIRST_ID))
    return columns_of(table, columns)


def columns_of(
    table: Any, columns: Sequence[tuple[str, Type, tuple[str, ...]]]
) -> tuple[ReleasedColumn, ...]:
    """These columns with the field ids the table gives them."""
    fields = {field.name: field for field in table.schema().fields}
    return tuple(
        ReleasedColumn(
            name=name,
            type=of,
            field_id=fields[name].field_id,
            labels=labels,
            nested=tuple(nested_ids(fields[name].field_type)),
        )
        for name, of, labels in columns
    )
