"""Runs, snapshots and releases: what was built, what was promised of it, what readers see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.checks import CheckResult, Outcome
from agora.model.drift import Drift
from agora.model.label import Label
from agora.model.names import PortVersion, ProductName
from agora.model.types import Type


class RunState(StrEnum):
    """How a run ended; a run that was killed stays `running` until the next one clears it up."""

    RUNNING = "running"
    RELEASED = "released"
    BLOCKED = "blocked"
    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One immutable Parquet file; `path` is absolute or a URL, sizes in rows and bytes.

    `values` are columns that every row of it has alike and that it does not hold itself, such as
    those a table is partitioned by: as text, or None for null.
    """

    path: str
    rows: int
    size: int
    values: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedColumn:
    """A column as released: its field id in the table and the labels policy saw at release.

    In files of other tools that carry no field ids the id is 0, and the column is found by its name.

    `nested` holds the field ids of list elements and struct members, outer before inner. `carried`
    names the labels the contract left out, each with the column it came along from.
    """

    name: str
    type: Type
    field_id: int
    labels: tuple[str, ...] = ()
    nested: tuple[int, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An immutable state of one port's table, written unseen by a run.

    `deletes` is True when the snapshot carries delete files, which plain Parquet readers ignore.
    `external` says what kind of table it is, where its rows lie outside our lake. A `live` one is a
    table of a database, read anew by each statement: its rows are those of then, and no release
    keeps them. It names no files; `counted` are the rows it had when its promises were checked,
    `table` is its name in the database, and `metadata` the address of that as it is written.
    """

    port: PortVersion
    table: str
    table_uuid: str
    snapshot_id: int
    metadata: str
    columns: tuple[ReleasedColumn, ...]
    files: tuple[DataFile, ...]
    deletes: bool = False
    external: str = ""
    live: bool = False
    counted: int = 0

    @property
    def rows(self) -> int:
        """How many rows the snapshot holds, or held when it was checked."""
        return self.counted if self.live else sum(file.rows for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePin:
    """The exact bytes a run read from a source: content hash and where they are kept.

    A source that arrives in deliveries has one pin for each, in the order they came. `origin` is
    what a delivery was called where it came from, `mark` how far a watermark had got with it,
    `version` what its place called this state of it, and `columns` the names and types it brought,
    by which a later one is compared. `asked` says by what description a marked one was fetched: of
    another description it is no continuation.
    """

    name: str
    hash: str
    path: str
    size: int
    origin: str = ""
    mark: str = ""
    version: str = ""
    asked: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPin:
    """The exact release of another product a run read, and under which agreement.

    Of a live table `live` is the moment it was read: those rows are not kept, and not read again.
    A release that only has the rows of an earlier one `restores` that one (0: rows of its own).
    """

    alias: str
    port: PortVersion
    release: int
    snapshot_id: int
    agreement: str = ""
    policy_hash: str = ""
    live: str = ""
    restores: int = 0

    @property
    def rows_of(self) -> int:
        """The number of the release that first had these rows; equal numbers mean equal rows."""
        return self.restores or self.release


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Rows of a port put aside with their reason: kept out of it, or kept as examples of a failure.

    `columns` are the port's columns followed by `_reason`, the checks each row broke.
    """

    port: PortVersion
    files: tuple[DataFile, ...]
    columns: tuple[ReleasedColumn, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a build; `fingerprint` says what went in, so that equal input is skipped.

    `loaded` says whether only deliveries were loaded, or why everything was built anew; `drifts`
    how the columns of what was delivered differ from what came before.
    `failures` are example rows of broken checks, `labels` wait for the release that keeps them.
    `settled` says that the lake's own tags and pointers agree with the release row, which alone
    decides. One that was `compacted` built nothing: it wrote rows of many small files together.
    """

    id: str
    product: ProductName
    state: RunState
    started_by: str
    started_at: datetime
    ended_at: datetime | None = None
    fingerprint: str = ""
    code_hash: str = ""
    parent: int = 0
    loaded: str = ""
    sources: tuple[SourcePin, ...] = ()
    drifts: tuple[Drift, ...] = ()
    inputs: tuple[InputPin, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    results: tuple[CheckResult, ...] = ()
    quarantines: tuple[Quarantine, ...] = ()
    failures: tuple[Quarantine, ...] = ()
    labels: tuple[Label, ...] = ()
    release: int = 0
    settled: bool = False
    error: str = ""
    compacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The atomic set of snapshots a run published: all output ports at once, or none.

    `number` counts from 1 within the product; `parent` is the number it was built on (0: none).
    One that was rolled back to, or whose files were compacted, has the rows of the number it
    `restores` (0: rows of its own).
    After `expired_at` its files are not kept any more, only what is told of it here.
    """

    product: ProductName
    number: int
    parent: int
    run: str
    released_at: datetime
    fingerprint: str
    code_hash: str
    contracts: tuple[tuple[str, str], ...]
    snapshots: tuple[Snapshot, ...]
    sources: tuple[SourcePin, ...] = ()
    inputs: tuple[InputPin, ...] = ()
    results: tuple[CheckResult, ...] = ()
    quarantines: tuple[Quarantine, ...] = ()
    labels: tuple[Label, ...] = ()
    restores: int = 0
    expired_at: datetime | None = None

    @property
    def rows_of(self) -> int:
        """The number of the release that first had these rows; equal numbers mean equal rows."""
        return self.restores or self.number

    @property
    def flawed(self) -> bool:
        """True when a check that was counted does not hold: it kept nothing back, and warns."""
        counted = (each.outcome for each in self.results if each.outcome is not Outcome.SKIP)
        return any(outcome is not Outcome.PASS for outcome in counted)

    def snapshot(self, port: PortVersion) -> Snapshot | None:
        """The released state of one port version, or None."""
        return next((s for s in self.snapshots if s.port == port), None)

    def label(self, port: PortVersion) -> Label | None:
        """What the released rows of one port version tell, or None before labels were kept."""
        return next((each for each in self.labels if each.port == port), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """Which release of a product readers get; flipping this row is what publishes."""

    product: ProductName
    number: int
