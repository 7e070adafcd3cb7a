"""A folder of Parquet files, read as one table; folders named `column=value` are columns."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from agora.backends.outside.places import Place, footer, partition, sql_type, unreadable
from agora.model.release import DataFile
from agora.needs.outside import Outside


def look(place: Place, wanted: Sequence[str]) -> Outside:
    """The files there are now; each has to hold every promised column in one type."""
    found: list[DataFile] = []
    types: dict[str, str] = {}
    for path in _files(place):
        schema, rows = footer(place.external, path)
        values = partition(place.external, path.relative_to(place.path).parts[:-1])
        for field in schema:
            kind = types.setdefault(field.name, sql_type(field.type))
            if field.name in wanted and kind != sql_type(field.type):
                raise unreadable(place.external, f"`{field.name}` has two types in its files")
        lost = set(wanted) & set(types) - set(schema.names) - {name for name, _ in values}
        if lost:
            raise unreadable(place.external, f"`{path.name}` has no column `{min(lost)}`")
        types |= {name: types.get(name, "VARCHAR") for name, _ in values}
        shared = tuple(each for each in values if each[0] not in schema.names)
        found.append(DataFile(path=str(path), rows=rows, size=path.stat().st_size, values=shared))
    columns = tuple((name, kind, 0) for name, kind in types.items())
    times = "\n".join(str(Path(file.path).stat().st_mtime_ns) for file in found)
    state = hashlib.sha256(times.encode()).hexdigest()
    return Outside(
        uuid="", version=0, metadata="", columns=columns, files=tuple(found), state=state
    )


def _files(place: Place) -> list[Path]:
    """Hidden ones are still being written, those with `_` are other tools' notes."""
    if place.path.is_file():
        return [place.path]
    listed = sorted(place.path.rglob("*.parquet"))
    return [
        place.inside(path)
        for path in listed
        if not any(part.startswith((".", "_")) for part in path.relative_to(place.path).parts)
    ]
