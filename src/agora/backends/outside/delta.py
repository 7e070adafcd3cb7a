"""A Delta table: the files of its newest version, as its own log names them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from agora.backends.outside.places import Place, footer, sql_type, unreadable
from agora.model.errors import Unavailable
from agora.model.release import DataFile
from agora.needs.outside import Outside

_HARMLESS = {"timestampNtz", "v2Checkpoint", "vacuumProtocolCheck"}
_OLD_READER = 3


def look(place: Place, wanted: Sequence[str]) -> Outside:  # noqa: ARG001 (the log knows every column)
    """The newest version; raises Invalid for tables whose files do not tell their rows as they are."""
    table = _opened(place)
    _demand(place, table)
    columns = _columns(table)
    files = [_file(place, action, columns) for action in _actions(table)]
    metadata = table.metadata()
    return Outside(
        uuid=str(metadata.id),
        version=int(table.version()),
        metadata=str(place.path / "_delta_log"),
        columns=tuple((name, kind, 0) for name, kind in columns.items()),
        files=tuple(sorted(files, key=lambda file: file.path)),
    )


def _opened(place: Place) -> Any:
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError, TableNotFoundError
    except ImportError as problem:
        raise Unavailable(
            "a Delta table needs the package `deltalake`",
            code="E304",
            hint="pip install 'agora-mesh[delta]'",
        ) from problem
    try:
        return DeltaTable(str(place.path))
    except TableNotFoundError:
        raise unreadable(place.external, "it is no Delta table") from None
    except (DeltaError, OSError, ValueError):
        raise unreadable(place.external, "its log cannot be read") from None


def _demand(place: Place, table: Any) -> None:
    """Only what plain Parquet readers understand: no deletion vectors, no renamed columns."""
    protocol = table.protocol()
    strange = set(protocol.reader_features or ()) - _HARMLESS
    if strange:
        raise unreadable(place.external, f"it uses `{min(strange)}`")
    if protocol.min_reader_version > _OLD_READER:
        raise unreadable(place.external, "it is of a newer kind than is known here")
    settings = table.metadata().configuration or {}
    if settings.get("delta.columnMapping.mode", "none") != "none":
        raise unreadable(place.external, "its columns are renamed (`columnMapping`)")


def _columns(table: Any) -> dict[str, str]:
    import pyarrow as pa

    schema = pa.schema(table.schema().to_arrow())
    return {field.name: sql_type(field.type) for field in schema}


def _actions(table: Any) -> list[dict[str, Any]]:
    import pyarrow as pa

    listed: list[dict[str, Any]] = pa.table(table.get_add_actions(flatten=False)).to_pylist()
    return listed


def _file(place: Place, action: dict[str, Any], columns: dict[str, str]) -> DataFile:
    """Columns that came later are null in older files; those it is partitioned by stand in the log."""
    path = place.file(unquote(str(action["path"])))
    schema, rows = footer(place.external, path)
    partitions = action.get("partition") or action.get("partition_values") or {}
    values = {str(name): None if of is None else str(of) for name, of in partitions.items()}
    for name, kind in columns.items():
        if name in values:
            continue
        if name not in schema.names:
            values[name] = None
        elif not _alike(sql_type(schema.field(name).type), kind):
            raise unreadable(place.external, f"`{name}` is of another type in its files")
    return DataFile(
        path=str(path), rows=rows, size=path.stat().st_size, values=tuple(values.items())
    )


def _alike(held: str, said: str) -> bool:
    return held == said or {held, said} <= {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}
