"""The Lake need on Apache Iceberg: one table per port version, written on branches nobody reads.

pyiceberg costs a second of start-up, so it is imported where a table is touched and nowhere else:
answering a query needs only the release row. Source of the write order: measured facts on
`add_files` with branches; the release row, not the catalogue, is what publishes.
"""

import contextlib
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from agora.backends import locks
from agora.backends.lake import branches, landing, maintaining, place, tables
from agora.backends.lake.schemas import iceberg_type
from agora.model.errors import AgoraError, Conflict, Unavailable
from agora.model.maintenance import Stored
from agora.model.names import PortVersion
from agora.model.product import SourceSpec
from agora.model.release import DataFile, Release, ReleasedColumn, Snapshot, SourcePin
from agora.model.types import Type


class IcebergLake:
    """Tables, landing area and quarantine below one folder."""

    def __init__(self, root: Path) -> None:
        """Look at this folder; it is made by the first write. Raises Unusable for one that was moved."""
        self._root = place.of(root)
        self._catalog: Any = None
        self._held: dict[str, locks.Held] = {}

    def prepare(
        self, port: PortVersion, columns: Sequence[tuple[str, Type, tuple[str, ...]]]
    ) -> tuple[ReleasedColumn, ...]:
        with _told(), self._alone(port):
            table = self._table(port)
            if table is None:
                return self._create(port, columns)
            return tables.evolve(table, port, columns)

    def folder(self, port: PortVersion, run: str, area: str = "data") -> str:
        return str(self._port_folder(port) / area / run)

    def stage(
        self,
        port: PortVersion,
        run: str,
        columns: Sequence[ReleasedColumn],
        files: Sequence[DataFile],
        base: Snapshot | None = None,
    ) -> Snapshot:
        shared = frozenset(base.files) & frozenset(files) if base else frozenset()
        landing.sync(file.path for file in files if file not in shared)
        with _told(), self._alone(port):
            table = self._existing(port)
            branch = f"run-{run}"
            branches.drop_branch(table, branch)
            begin = base.snapshot_id if base else table.metadata.current_snapshot_id
            table.manage_snapshots().create_branch(snapshot_id=begin, branch_name=branch).commit()
            branches.replace(table, branch, run, files, shared)
            table = self._existing(port)
            return Snapshot(
                port=port,
                table=".".join(table.name()),
                table_uuid=str(table.metadata.table_uuid),
                snapshot_id=table.metadata.refs[branch].snapshot_id,
                metadata=table.metadata_location,
                columns=tuple(columns),
                files=tuple(files),
            )

    def publish(self, release: Release) -> None:
        for snapshot in (each for each in release.snapshots if not each.external):
            with _told(), self._alone(snapshot.port):
                self._publish(snapshot, release.number, release.run)
        self._free(release.run)

    def discard(
        self, run: str, ports: Sequence[PortVersion], *, keep_examples: bool = False
    ) -> None:
        areas = ("data",) if keep_examples else ("data", "quarantine", "samples")
        for port in ports:
            with _told(), self._alone(port):
                table = self._table(port)
                if table is not None:
                    branches.drop_branch(table, f"run-{run}")
            for area in areas:
                shutil.rmtree(self.folder(port, run, area), ignore_errors=True)
        self._free(run)

    def land(self, spec: SourceSpec, origin: str) -> SourcePin:
        return landing.keep(spec.name, Path(origin), self._root / "landing")

    def scratch(self, run: str) -> str:
        folder = self._root / "scratch" / run
        with _told(), self._gate(locks.shared):
            folder.mkdir(parents=True, exist_ok=True)
            if run not in self._held:
                self._held[run] = locks.hold(folder / ".lock")
        return str(folder)

    def sync(self, files: Iterable[DataFile]) -> None:
        landing.sync(file.path for file in files)

    def sweep(self, folder: str, stem: str) -> None:
        with _told():
            landing.sweep(Path(folder), stem)

    def leftovers(self) -> Iterator[str]:
        area = self._root / "scratch"
        for folder in sorted(area.iterdir()) if area.is_dir() else ():
            if folder.name not in self._held and locks.free(folder / ".lock"):
                yield folder.name

    def living(self) -> tuple[str, ...]:
        area = self._root / "scratch"
        folders = sorted(area.iterdir()) if area.is_dir() else []
        return tuple(
            folder.name
            for folder in folders
            if folder.name in self._held or not locks.free(folder / ".lock")
        )

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        with self._gate(locks.exclusive):
            yield

    @contextlib.contextmanager
    def moving(self) -> Iterator[None]:
        with self._gate(locks.shared):
            yield

    def stored(self) -> Iterator[Stored]:
        yield from maintaining.stored(self._root)

    def forget(
        self,
        port: PortVersion,
        gone: Collection[int],
        kept: Sequence[Snapshot],
        *,
        busy: bool,
        dry: bool = False,
    ) -> frozenset[str]:
        with _told(), self._alone(port):
            table = self._table(port)
            if table is None:
                return frozenset()
            if not dry:
                maintaining.forget(table, gone, kept)
                table = self._existing(port)
            return maintaining.described(table, kept, gone, busy=busy)

    def remove(self, paths: Iterable[str]) -> None:
        with _told():
            maintaining.remove(self._root, paths)

    def digest(self, path: str) -> str:
        return landing.digest(Path(path))

    def damaged(self, files: Iterable[DataFile]) -> tuple[str, ...]:
        return tuple(maintaining.damaged(files))

    @contextlib.contextmanager
    def _gate(
        self, lock: Callable[[Path], contextlib.AbstractContextManager[None]]
    ) -> Iterator[None]:
        """Runs pass it to begin; who maintains the lake holds it shut."""
        self._root.mkdir(parents=True, exist_ok=True)
        with lock(self._root / ".gate"):
            yield

    @contextlib.contextmanager
    def _alone(self, port: PortVersion) -> Iterator[None]:
        """Nobody else changes this table meanwhile; two runs would number their snapshots alike."""
        folder = self._port_folder(port)
        folder.mkdir(parents=True, exist_ok=True)
        with locks.exclusive(folder / ".lock"):
            yield

    def _free(self, run: str) -> None:
        held = self._held.pop(run, None)
        if held is not None:
            held.release()
        shutil.rmtree(self._root / "scratch" / run, ignore_errors=True)

    def _publish(self, snapshot: Snapshot, number: int, run: str) -> None:
        """Only forward: a table that carries a later release's tag keeps its pointer."""
        table = self._existing(snapshot.port)
        tag, branch = f"release-{number}", f"run-{run}"
        changes = table.manage_snapshots()
        if table.metadata.current_snapshot_id != snapshot.snapshot_id and not branches.later(
            table, number
        ):
            changes = changes.set_current_snapshot(snapshot_id=snapshot.snapshot_id)
        if tag not in table.metadata.refs:
            changes = changes.create_tag(snapshot_id=snapshot.snapshot_id, tag_name=tag)
        changes.commit()
        branches.drop_branch(self._existing(snapshot.port), branch)

    def _opened(self) -> Any:
        if self._catalog is None:
            from pyiceberg.catalog.sql import SqlCatalog

            self._root.mkdir(parents=True, exist_ok=True)
            self._catalog = SqlCatalog(
                "lake",
                uri=f"sqlite:///{self._root / place.CATALOG}",
                warehouse=f"file://{self._root}",
                **{"py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"},
            )
        return self._catalog

    def _table(self, port: PortVersion) -> Any:
        from pyiceberg.exceptions import NoSuchTableError

        try:
            return self._opened().load_table(tables.identifier(port))
        except NoSuchTableError:
            return None

    def _existing(self, port: PortVersion) -> Any:
        table = self._table(port)
        if table is None:
            raise Unavailable(f"the table of `{port}` is gone", code="E520")
        return table

    def _create(
        self, port: PortVersion, columns: Sequence[tuple[str, Type, tuple[str, ...]]]
    ) -> tuple[ReleasedColumn, ...]:
        from pyiceberg.exceptions import TableAlreadyExistsError
        from pyiceberg.schema import Schema
        from pyiceberg.types import NestedField

        fields = [
            NestedField(number, name, iceberg_type(of, number), required=False)
            for number, (name, of, _) in enumerate(columns, start=1)
        ]
        self._opened().create_namespace_if_not_exists(tables.identifier(port)[:-1])
        try:
            table = tables.created(self._opened(), port, Schema(*fields), self._port_folder(port))
        except TableAlreadyExistsError:
            return tables.evolve(self._existing(port), port, columns)
        table.append(table.schema().as_arrow().empty_table())
        return tables.columns_of(table, columns)

    def _port_folder(self, port: PortVersion) -> Path:
        name = port.port
        return self._root / name.domain / name.product / f"{name.port}.v{port.major}"


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Errors of the table format and the disk become ours; nothing of them reaches a reader."""
    try:
        yield
    except AgoraError:
        raise
    except OSError as problem:
        raise landing.unavailable(problem) from problem
    except Exception as problem:
        named = type(problem).__name__ in ("CommitFailedException", "ValidationException")
        if named or "sequence number" in str(problem):
            raise Conflict(
                "another run changed the same table", code="E521", hint="run again"
            ) from problem
        if "full" in str(problem).lower():
            raise landing.unavailable(OSError(28, "full")) from problem
        raise Unavailable(
            "the lake does not answer", code="E522", hint=type(problem).__name__
        ) from problem
