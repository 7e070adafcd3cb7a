"""Branches: what a run does to a table on a branch of its own, which nobody reads."""

from collections.abc import Collection, Sequence
from typing import Any

from agora.model.release import DataFile


def replace(
    table: Any, branch: str, run: str, files: Sequence[DataFile], shared: Collection[DataFile]
) -> None:
    """One transaction on the branch: what it shares with these files stays, the rest is exchanged."""
    import warnings

    from pyiceberg.expressions import AlwaysTrue

    stays = {file.path for file in shared}
    fresh = [file.path for file in files if file.path not in stays]
    with warnings.catch_warnings(), table.transaction() as change:
        warnings.simplefilter("ignore")
        if stays:
            _leave_out(table, change, branch, stays)
        else:
            change.delete(AlwaysTrue(), branch=branch)
        if fresh:
            change.add_files(
                fresh,
                branch=branch,
                check_duplicate_files=False,
                snapshot_properties={"agora.run": run},
            )


def _leave_out(table: Any, change: Any, branch: str, stays: Collection[str]) -> None:
    """The branch holds no file but these."""
    begin = table.metadata.refs[branch].snapshot_id
    planned = table.scan(snapshot_id=begin).plan_files()
    gone = [task.file for task in planned if _local(task.file.file_path) not in stays]
    if not gone:
        return
    with change.update_snapshot(branch=branch).overwrite() as exchange:
        for file in gone:
            exchange.delete_data_file(file)


def _local(path: str) -> str:
    return path.removeprefix("file://")


def drop_branch(table: Any, branch: str) -> None:
    """The branch is gone; harmless when it is not there."""
    if branch in table.metadata.refs:
        table.manage_snapshots().remove_branch(branch).commit()


def later(table: Any, number: int) -> bool:
    """True when the table carries the tag of a later release."""
    tags = [
        name.removeprefix("release-") for name in table.metadata.refs if name.startswith("release-")
    ]
    return any(tag.isdigit() and int(tag) > number for tag in tags)
