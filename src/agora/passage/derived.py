"""Derived tables: picked where one exists for exactly this outcome, made by a bench, dropped.

What makes them is no reader's engine: it sees the port through the same secure view and writes what
that leaves. A table counts from the moment one transaction makes it known; before, its files are
nobody's, and whoever tidies the lake may remove them.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agora.governance.outcomes import left, outcome, plain
from agora.governance.shielding import shield
from agora.model.derived import Derived, Why
from agora.model.errors import AgoraError, Broken, Conflict, Refused, Unavailable
from agora.model.ledger import Entry, Event
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.relation import Governed
from agora.model.release import DataFile, Release, ReleasedColumn, Snapshot
from agora.model.types import quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.ruling import Ruling

AREA = "derived"
"""The lake's area: `domain/product/port.v1/derived/<outcome>/<attempt>-0.parquet`."""
SEEN = "seen"


def outcome_of(ruling: Ruling) -> str:
    """The outcome of an allowed ruling; empty where nothing is hidden, nothing released, or all live."""
    if ruling.release is None or ruling.snapshot is None or ruling.snapshot.live:
        return ""
    return outcome(ruling.release.number, ruling.snapshot, shield(ruling.decision))


def outcomes(rulings: Iterable[Ruling]) -> tuple[str, ...]:
    """What the ledger keeps of the outcomes a statement reads: `sales.visits.visits@1#12:<key>`."""
    found = ((ruling, outcome_of(ruling)) for ruling in rulings)
    return tuple(
        f"{ruling.port.version}#{ruling.release.number}:{key}"
        for ruling, key in found
        if key and ruling.release
    )


def table(house: House, port: PortVersion, key: str) -> Derived | None:
    """The derived table of this outcome, or None when there is none or it was dropped."""
    kept = house.store.get(Derived, keys.derived(port, key)) if key else None
    return kept.noun if kept and kept.noun.dropped_at is None else None


def picked(house: House, who: Actor, ruling: Ruling, governed: Governed) -> Governed:
    """The relation over the derived table of exactly this outcome, else as it was given.

    Where a rule demands it the table is made first; raises Unavailable when it cannot be.
    """
    key = outcome_of(ruling)
    found = table(house, ruling.port.version, key)
    if found is None and key and ruling.decision.physical:
        found = _demanded(house, who, ruling)
    return over(governed, found) if found else governed


def over(governed: Governed, found: Derived) -> Governed:
    """The same relation, reading nothing but the derived table."""
    return replace(
        governed,
        files=found.files,
        columns=found.columns,
        shield=plain(found.columns),
        deletes=False,
    )


def not_apart(ruling: Ruling, what: str, *, demanded: bool = False) -> None:
    """Raises Refused for rows that no derived table holds, where a rule demands one."""
    if (ruling.decision.physical or demanded) and shield(ruling.decision).barrier:
        raise Refused(
            f"{what} of `{ruling.port.version}` only for who sees all of the table",
            code="E450",
            hint="a rule keeps what is hidden from you out of every file that is read for you",
        )


def make(house: House, who: Actor, ruling: Ruling, why: Why) -> Derived:
    """A derived table of what this ruling leaves to see is known; the one there is, if there is one.

    Raises Refused when nothing is hidden or nothing would be left, and what the bench raises.
    """
    snapshot, release = ruling.snapshot, ruling.release
    if snapshot is not None and snapshot.live:
        raise Refused(
            f"the rows of `{snapshot.port}` are live, so none of them are kept",
            code="E454",
            hint="each statement fetches what its reader may see",
        )
    key = outcome_of(ruling)
    if snapshot is None or release is None or not key:
        raise Refused(
            f"nothing of `{ruling.port.version}` is hidden from `{ruling.decision.principal}`",
            code="E451",
            hint="its released files are read as they are",
        )
    standing = table(house, snapshot.port, key)
    return standing or _made(house, who, ruling, release, snapshot, key, why)


def drop(
    house: House, who: Actor, tables: Iterable[Kept[Derived]], reason: str
) -> tuple[Derived, ...]:
    """These tables are nobody's from now on, and their files are gone; the ledger says why."""
    gone = []
    for kept in tables:
        noun = replace(kept.noun, dropped_at=house.now(), reason=reason)
        entry = _entry(house, who, Event.DERIVED_DROPPED, noun)
        put = Put(key=kept.key, noun=noun, revision=kept.revision)
        try:
            house.store.commit((put,), (entry,))
        except Conflict:
            continue
        house.progress.point("after-drop")
        house.lake.remove(file.path for file in noun.files)
        gone.append(noun)
    return tuple(gone)


def unreadable(
    house: House, who: Actor, read: Iterable[tuple[Ruling, Governed]]
) -> tuple[Derived, ...]:
    """Of what was read, derived tables are dropped: their rows are all in the release as well."""
    found = []
    for ruling, relation in read:
        kept = house.store.get(Derived, keys.derived(ruling.port.version, outcome_of(ruling)))
        if kept and kept.noun.dropped_at is None and kept.noun.files == relation.files:
            found.append(kept)
    return drop(house, who, found, "its files cannot be opened")


def write(
    bench: Bench, columns: Sequence[ReleasedColumn], folder: str, stem: str
) -> tuple[tuple[DataFile, ...], int]:
    """The files with everything the bench's governed relation shows, and how many rows it shows."""
    select = f"SELECT * FROM {quoted(SEEN)}"  # noqa: S608 (a name of our own)
    files = bench.write(select, columns, folder, stem).files
    shown = bench.rows(f"SELECT count(*) AS n FROM {quoted(SEEN)}")  # noqa: S608
    return files, int(str(shown[0]["n"]))


def source(ruling: Ruling, snapshot: Snapshot) -> Governed:
    """What the bench is given: the port under the very shield its reader would read through."""
    return Governed(
        schema="main",
        name=SEEN,
        files=snapshot.files,
        columns=snapshot.columns,
        shield=shield(ruling.decision),
        deletes=snapshot.deletes,
    )


def _demanded(house: House, who: Actor, ruling: Ruling) -> Derived:
    try:
        return make(house, who, ruling, Why.RESTRICTED)
    except AgoraError as problem:
        raise Unavailable(
            f"what you may see of `{ruling.port.version}` could not be set apart",
            code="E525",
            hint="try again; `agora derive` tells its owners the reason",
        ) from problem


def _made(
    house: House,
    who: Actor,
    ruling: Ruling,
    release: Release,
    snapshot: Snapshot,
    key: str,
    why: Why,
) -> Derived:
    columns = left(snapshot, shield(ruling.decision))
    demand_readable(ruling, snapshot, columns)
    attempt = house.new_id("derive")
    folder = house.lake.folder(snapshot.port, key, AREA)
    scratch = house.lake.scratch(attempt)
    try:
        with house.benches.open(
            (),
            (source(ruling, snapshot),),
            writable=(folder,),
            scratch=scratch,
            bounds=house.mesh.bounds,
        ) as bench:
            files, rows = write(bench, columns, folder, attempt)
        made = Derived(
            outcome=key,
            port=snapshot.port,
            release=release.number,
            snapshot_id=snapshot.snapshot_id,
            files=files,
            columns=columns,
            rows=rows,
            made_at=house.now(),
            why=why,
        )
        return _known(house, who, made)
    except AgoraError:
        house.lake.sweep(folder, attempt)
        raise
    finally:
        house.lake.discard(attempt, ())


def demand_readable(ruling: Ruling, snapshot: Snapshot, columns: Sequence[ReleasedColumn]) -> None:
    """These columns can be set apart; raises Unavailable and Refused."""
    if snapshot.deletes:
        raise Unavailable("a table carries row deletes that this engine does not read", code="E512")
    if not columns:
        raise Refused(
            f"no column of `{snapshot.port}` is left for `{ruling.decision.principal}`",
            code="E452",
            hint="a table without columns is not kept",
        )


def _known(house: House, who: Actor, made: Derived) -> Derived:
    """The table counts, its files being on disk; of two made at once, the first one known does."""
    written = sum(file.rows for file in made.files)
    if written != made.rows:
        raise Broken(
            f"{written:,} of {made.rows:,} rows of `{made.port}` were set apart",
            code="E526",
            hint="nothing reads them; try again",
        )
    house.lake.sync(made.files)
    key = keys.derived(made.port, made.outcome)
    before = house.store.get(Derived, key)
    put = Put(key=key, noun=made, revision=before.revision if before else 0)
    house.progress.point("before-derived")
    if before is None or before.noun.dropped_at is not None:
        with contextlib.suppress(Conflict):
            house.store.commit((put,), (_entry(house, who, Event.DERIVED, made),))
            house.progress.point("after-derived")
            return made
    other = table(house, made.port, made.outcome)
    if other is None:
        raise Conflict(f"a table of `{made.port}` came and went", code="E409", hint="try again")
    house.lake.remove(file.path for file in made.files)
    return other


def _entry(house: House, who: Actor, event: Event, noun: Derived) -> Entry:
    return house.entry(
        who,
        event,
        subject=str(noun.port),
        facts=(
            ("outcome", noun.outcome),
            ("release", noun.release),
            ("columns", tuple(column.name for column in noun.columns)),
            ("rows", noun.rows),
            ("files", len(noun.files)),
            ("why", noun.reason or noun.why.value),
        ),
    )
