"""Compacting: a port that grew by many small files has few, with exactly the same rows.

A run does it to the port it fills, before it is staged. Maintenance does it to what is released: as a
new release, so that nothing released is ever touched, and readers move over in one transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from agora.model.errors import AgoraError, Broken
from agora.model.maintenance import Compacted
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import DataFile, Release, ReleasedColumn, Run, RunState, Snapshot
from agora.model.types import quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.aside import runs_of
from agora.passage.ruling import current_release
from agora.usecases.running import releasing
from agora.usecases.running.building import staged
from agora.workshop.maintenance import compactable, small

MANY = 16
"""So many small files a run writes together: a row is written again once in so many deliveries."""
FEW = 4
"""So many maintenance writes together: it comes seldom, and nobody waits for it."""


class Filled(Protocol):
    """A port while it is filled."""

    columns: tuple[ReleasedColumn, ...]
    files: list[DataFile]
    folder: str


def compact(bench: Bench, port: Filled) -> None:
    """Where there were many small files there are few; they stay when their rows do not agree."""
    port.files = _together(bench, port.files, port.columns, port.folder, MANY)


def due(house: House, product: Product) -> tuple[Compacted, ...]:
    """The tables of the current release that maintenance would compact; none while a run goes on."""
    made = current_release(house, product)
    found = [each for each in made.snapshots if compactable(each, FEW)] if made else []
    living = set(house.lake.living()) if found else set()
    if any(run.id in living for run in (runs_of(house, product) if living else ())):
        return ()
    return tuple(
        Compacted(
            port=each.port,
            before=len(each.files),
            after=len(each.files) - len(small(each.files, FEW)) + 1,
        )
        for each in found
    )


def released(house: House, who: Actor, product: Product) -> tuple[Compacted, ...]:
    """A new edition has the rows of the current one in few files; empty when there was nothing to do.

    Raises Conflict (a run was faster), Broken (E474, the rows do not agree) and what building
    raises; nothing is left of it then.
    """
    made = current_release(house, product)
    if made is None or not due(house, product):
        return ()
    run = _begun(house, who, made)
    try:
        run = replace(run, snapshots=_snapshots(house, run, made))
        told = tuple(_compacted(made, run))
        after = releasing.compacted(house, who, product, run, made, told)
    except AgoraError as problem:
        house.lake.discard(run.id, [each.port for each in made.snapshots])
        releasing.end(house, who, run, RunState.FAILED, problem.sentence)
        raise
    releasing.settle(house, who, product, after)
    return tuple(replace(each, release=after.number) for each in told)


def _begun(house: House, who: Actor, made: Release) -> Run:
    """The run that is kept for it holds what it reads from the moment it is known to live."""
    then = house.store.get(Run, keys.run(made.product, made.run))
    why = f"the files of edition {made.number} were written together"
    run = releasing.carried(house, who, made, run=house.new_id("run"), parent=made.number, why=why)
    run = replace(run, failures=then.noun.failures if then else (), compacted=True)
    with house.lake.moving():
        house.lake.scratch(run.id)
        house.progress.point("before-compact")
        house.store.commit((Put(key=keys.run(run.product, run.id), noun=run),), ())
    return run


def _snapshots(house: House, run: Run, made: Release) -> tuple[Snapshot, ...]:
    """The released snapshots, staged anew where their small files are written together."""
    chosen = [each for each in made.snapshots if compactable(each, FEW)]
    folders = {each.port: house.lake.folder(each.port, run.id) for each in chosen}
    with house.benches.open(
        (),
        (),
        writable=tuple(folders.values()),
        scratch=house.lake.scratch(run.id),
        bounds=house.mesh.bounds,
        readable=[file.path for each in chosen for file in each.files],
    ) as bench:
        files = {
            each.port: _together(bench, each.files, each.columns, folders[each.port], FEW)
            for each in chosen
        }
    house.progress.point("amid-compact")
    return tuple(
        staged(house, run.id, each.port, each.columns, files[each.port], each)
        if each in chosen
        else each
        for each in made.snapshots
    )


def _compacted(made: Release, run: Run) -> Iterator[Compacted]:
    for old, new in zip(made.snapshots, run.snapshots, strict=True):
        if old is new:
            continue
        if old.files == new.files:
            raise Broken(
                f"the rows of `{old.port}` are others once they are written together",
                code="E474",
                hint="its small files stay as they are; `agora run PRODUCT --verify` compares them",
            )
        yield Compacted(port=old.port, before=len(old.files), after=len(new.files))


def _together(
    bench: Bench,
    files: Sequence[DataFile],
    columns: Sequence[ReleasedColumn],
    folder: str,
    many: int,
) -> list[DataFile]:
    """The files, with few in place of the small ones where there are many and the rows agree."""
    apart = small(files, many)
    if not apart:
        return list(files)
    before = _digest(bench, "compact__before", apart, columns)
    select = f"SELECT {_listed(columns)} FROM compact__before"  # noqa: S608
    fresh = bench.write(select, columns, folder, "compact").files
    if _digest(bench, "compact__after", fresh, columns) != before:
        return list(files)
    return [*(file for file in files if file not in apart), *fresh]


def _digest(
    bench: Bench, name: str, files: Sequence[DataFile], columns: Sequence[ReleasedColumn]
) -> tuple[object, object]:
    """How many rows there are, and one number of all their values, whatever their order."""
    bench.attach(name, files, columns)
    listed = _listed(columns)
    rows = f"SELECT count(*) AS n, CAST(sum(hash({listed})) AS VARCHAR) AS h FROM {quoted(name)}"  # noqa: S608
    found = bench.rows(rows)[0]
    return found["n"], found["h"]


def _listed(columns: Sequence[ReleasedColumn]) -> str:
    return ", ".join(quoted(column.name) for column in columns)
