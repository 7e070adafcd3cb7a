"""Maintaining: what lies in the lake's folder, what tables still refer to, and what is removed."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from agora.backends.lake.landing import UNFINISHED
from agora.model.maintenance import Area, Stored
from agora.model.release import DataFile, Snapshot

_DEPTH = 5
"""`domain/product/port.v1/area/run/…`: so many names before the file's own."""


def stored(root: Path) -> Iterator[Stored]:
    """Every file of the lake but its catalogue and locks; one that goes meanwhile is left out."""
    now = time.time()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        place = _place(parts)
        if place is None:
            continue
        try:
            if not path.is_file() or path.is_symlink():
                continue
            stat = path.stat()
        except OSError:
            continue
        area, run, product = place
        yield Stored(
            path=str(path),
            size=stat.st_size,
            area=area,
            age=timedelta(seconds=max(now - stat.st_mtime, 0)),
            run=run,
            product=product,
            unfinished=parts[-1].startswith(UNFINISHED),
        )


def _place(parts: tuple[str, ...]) -> tuple[Area, str, str] | None:
    """The area, run and product of a path in the lake; None for what is none of our files."""
    if parts[0] == Area.LANDING and len(parts) > 1:
        return Area.LANDING, "", ""
    if parts[0] == Area.SCRATCH and len(parts) > 1:
        return Area.SCRATCH, parts[1], ""
    if len(parts) < _DEPTH or parts[3] not in list(Area):
        return None
    area = Area(parts[3])
    run = parts[4] if area is not Area.METADATA and len(parts) > _DEPTH else ""
    return area, run, f"{parts[0]}.{parts[1]}"


def forget(table: Any, gone: Collection[int], kept: Sequence[Snapshot]) -> Any:
    """The table names no snapshot but those of kept releases, of runs that go on, and its own."""
    tags = [f"release-{number}" for number in gone if f"release-{number}" in table.metadata.refs]
    if tags:
        changes = table.manage_snapshots()
        for tag in tags:
            changes = changes.remove_tag(tag)
        changes.commit()
    lost = _unneeded(table, kept)
    if lost:
        table.maintenance.expire_snapshots().by_ids(sorted(lost)).commit()
    return table


def _unneeded(table: Any, kept: Sequence[Snapshot]) -> set[int]:
    heads = {ref.snapshot_id for ref in table.metadata.refs.values()}
    needed = heads | {snapshot.snapshot_id for snapshot in kept}
    return {each.snapshot_id for each in table.metadata.snapshots} - needed


def described(
    table: Any, kept: Sequence[Snapshot], gone: Collection[int], *, busy: bool
) -> frozenset[str]:
    """The metadata files that are still needed: none of them may be removed.

    `busy` keeps every description of the table: a run may be about to refer to one.
    """
    tags = {f"release-{number}" for number in gone}
    heads = {ref.snapshot_id for name, ref in table.metadata.refs.items() if name not in tags}
    needed = heads | {snapshot.snapshot_id for snapshot in kept}
    found = {table.metadata_location, *(snapshot.metadata for snapshot in kept)}
    for each in table.metadata.snapshots:
        if each.snapshot_id in needed:
            found.add(each.manifest_list)
            found |= {manifest.manifest_path for manifest in each.manifests(table.io)}
    if busy:
        folder = Path(_local(table.metadata_location)).parent
        found |= {str(path) for path in folder.glob("*.metadata.json")}
    return frozenset(_local(path) for path in found)


def remove(root: Path, paths: Iterable[str]) -> None:
    """These files are gone, and the folders that are empty without them; harmless when repeated.

    A lake removes only what lies in it: a path that leads elsewhere is somebody else's file.
    """
    for path in map(Path, paths):
        if not path.is_relative_to(root) or ".." in path.parts:
            continue
        path.unlink(missing_ok=True)
        folder = path.parent
        while folder != root and _depth(root, folder) >= _least(root, folder):
            try:
                folder.rmdir()
            except OSError:
                break
            folder = folder.parent


def _depth(root: Path, folder: Path) -> int:
    return len(folder.relative_to(root).parts)


def _least(root: Path, folder: Path) -> int:
    """How deep a folder lies that a run made: areas and the places of tables stay."""
    top = folder.relative_to(root).parts[0]
    return 2 if top in (Area.LANDING, Area.SCRATCH) else _DEPTH


def damaged(files: Iterable[DataFile]) -> Iterator[str]:
    """Those of the files that are not there, or not as they were written."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    for file in files:
        try:
            fine = Path(file.path).stat().st_size == file.size
            fine = fine and read_metadata(file.path).num_rows == file.rows
        except (OSError, ArrowException):
            fine = False
        if not fine:
            yield file.path


def _local(path: str) -> str:
    return path.removeprefix("file://")
