"""The need for a lake: immutable snapshots of ports, written unseen and published together.

The lake writes and names files; it never returns rows.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from agora.model.maintenance import Stored
from agora.model.names import PortVersion
from agora.model.product import SourceSpec
from agora.model.release import DataFile, Release, ReleasedColumn, Snapshot, SourcePin
from agora.model.types import Type


class Lake(Protocol):
    """Holds the tables of managed ports, the landing area and the quarantine."""

    def prepare(
        self, port: PortVersion, columns: Sequence[tuple[str, Type, tuple[str, ...]]]
    ) -> tuple[ReleasedColumn, ...]:
        """The port's table exists with exactly these columns (name, type, labels); give their field ids.

        A column keeps its field id as long as its name lives; harmless when repeated.
        """
        ...

    def folder(self, port: PortVersion, run: str, area: str = "data") -> str:
        """A fresh folder for a run's files of this port (`data`, `quarantine` or `samples`)."""
        ...

    def stage(
        self,
        port: PortVersion,
        run: str,
        columns: Sequence[ReleasedColumn],
        files: Sequence[DataFile],
        base: Snapshot | None = None,
    ) -> Snapshot:
        """A snapshot that holds exactly these files, on the run's own branch, seen by nobody.

        With `base`, files it shares with that released snapshot stay in the table as they are.
        Harmless when repeated for the same run: the newest call counts.
        """
        ...

    def publish(self, release: Release) -> None:
        """Every table of the release points at its snapshot and carries the tag `release-<n>`.

        Only repeats what the release row already decided, so it may run any number of times.
        """
        ...

    def discard(
        self, run: str, ports: Sequence[PortVersion], *, keep_examples: bool = False
    ) -> None:
        """What this run wrote and did not release is gone; harmless when repeated.

        With `keep_examples` its quarantine and failing rows stay, for those who may look at them.
        """
        ...

    def land(self, spec: SourceSpec, origin: str) -> SourcePin:
        """The bytes of this file are kept by content hash in the landing area; equal bytes once."""
        ...

    def scratch(self, run: str) -> str:
        """A folder for a run's temporary files, removed by `discard` and after publishing.

        While it stands and this process lives, the run is not left over.
        """
        ...

    def sync(self, files: Iterable[DataFile]) -> None:
        """These written files and their folders are on disk, whatever happens to the machine."""
        ...

    def sweep(self, folder: str, stem: str) -> None:
        """Files in a folder of the lake whose names begin like this are gone; harmless without any."""
        ...

    def leftovers(self) -> Iterator[str]:
        """Runs that began here and whose process is gone."""
        ...

    def living(self) -> tuple[str, ...]:
        """Runs, and whatever else asked for a scratch folder, whose process lives."""
        ...

    def still(self) -> AbstractContextManager[None]:
        """Nobody gets a new scratch folder meanwhile; waits for another who holds the lake still."""
        ...

    def moving(self) -> AbstractContextManager[None]:
        """Nobody holds the lake still meanwhile: who begins and says so is never met half-way."""
        ...

    def stored(self) -> Iterator[Stored]:
        """Every file of the lake, with where it lies and how old it is."""
        ...

    def forget(
        self,
        port: PortVersion,
        gone: Collection[int],
        kept: Sequence[Snapshot],
        *,
        busy: bool,
        dry: bool = False,
    ) -> frozenset[str]:
        """The port's table no longer names the releases `gone`, nor states that nobody needs.

        Gives the files that describe what is left, which stay; every one there is while the table
        is `busy` with a run. With `dry` nothing is changed. Harmless when repeated.
        """
        ...

    def remove(self, paths: Iterable[str]) -> None:
        """These files are gone; harmless when they are already."""
        ...

    def digest(self, path: str) -> str:
        """The content hash of a landed file; empty when it is not there."""
        ...

    def damaged(self, files: Iterable[DataFile]) -> tuple[str, ...]:
        """Those of these written files that are not there as they were written; each is opened."""
        ...
