"""An Iceberg table: the files of its current snapshot, columns by their field ids."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agora.backends.outside.places import Place, footer, unreadable
from agora.model.errors import AgoraError
from agora.model.release import DataFile
from agora.needs.outside import Outside

_NUMBERED = re.compile(r"v?(\d+)(?:-[^/]*)?\.metadata\.json")
_NEWEST = 2
_NAMES = {
    "boolean": "BOOLEAN", "int": "INTEGER", "long": "BIGINT", "float": "FLOAT",
    "double": "DOUBLE", "string": "VARCHAR", "uuid": "UUID", "binary": "BLOB", "date": "DATE",
    "time": "TIME", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip


def look(place: Place, wanted: Sequence[str]) -> Outside:
    """The current snapshot; raises Invalid when rows were deleted beside the files that hold them."""
    from pyiceberg.table import StaticTable

    metadata = _metadata(place)
    try:
        table = StaticTable.from_metadata(str(metadata))
        _notes(place, table)
        planned = list(table.scan().plan_files()) if table.current_snapshot() else []
    except AgoraError:
        raise
    except Exception as problem:  # noqa: BLE001 (the library raises whatever its parts raise)
        raise unreadable(place.external, f"its metadata ({type(problem).__name__})") from None
    if table.metadata.format_version > _NEWEST:
        raise unreadable(place.external, "it is of a newer kind than is known here")
    fields = {field.name: field for field in table.schema().fields}
    ids = {fields[name].field_id for name in wanted if name in fields}
    spec_ids = {each.source_id for each in table.spec().fields}
    files = [_file(place, task, ids, spec_ids) for task in planned]
    snapshot = table.current_snapshot()
    return Outside(
        uuid=str(table.metadata.table_uuid),
        version=snapshot.snapshot_id if snapshot else 0,
        metadata=str(metadata),
        columns=tuple((f.name, _type(f.field_type), f.field_id) for f in fields.values()),
        files=tuple(sorted(files, key=lambda file: file.path)),
    )


def _notes(place: Place, table: Any) -> None:
    """Lists of files are read from where the table says: only from what is open, too."""
    snapshot = table.current_snapshot()
    if snapshot is not None:
        place.file(snapshot.manifest_list)
        for manifest in snapshot.manifests(table.io):
            place.file(manifest.manifest_path)


def _metadata(place: Place) -> Path:
    """The file the location names, or the newest of the table's folder."""
    if place.path.is_file():
        return place.path
    folder = place.path / "metadata"
    numbered: dict[int, list[Path]] = {}
    for path in folder.glob("*.metadata.json") if folder.is_dir() else ():
        if found := _NUMBERED.fullmatch(path.name):
            numbered.setdefault(int(found[1]), []).append(path)
    if not numbered:
        raise unreadable(place.external, "it is no Iceberg table")
    newest = numbered[max(numbered)]
    if len(newest) > 1:
        raise unreadable(
            place.external, "two metadata files claim to be the newest, name one as the location"
        )
    return place.inside(newest[0])


def _file(place: Place, task: Any, ids: set[int], parted: set[int]) -> DataFile:
    if task.delete_files:
        raise unreadable(place.external, "rows were deleted beside the files that hold them")
    if str(task.file.file_format).upper().rpartition(".")[2] != "PARQUET":
        raise unreadable(place.external, "not all of its files are Parquet")
    path = place.file(task.file.file_path)
    schema, rows = footer(place.external, path)
    carried = set(_carried(schema))
    if not carried and len(schema):
        raise unreadable(place.external, f"`{path.name}` carries no field ids")
    if (ids - carried) & parted:
        raise unreadable(place.external, f"`{path.name}` does not hold what it is partitioned by")
    return DataFile(path=str(path), rows=rows, size=int(task.file.file_size_in_bytes))


def _carried(schema: Any) -> Iterator[int]:
    for field in schema:
        told = (field.metadata or {}).get(b"PARQUET:field_id")
        if told is not None:
            yield int(told)


def _type(of: Any) -> str:
    text = str(of)
    return _NAMES.get(text, text.upper().replace(" ", ""))
