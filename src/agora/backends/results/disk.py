"""The Results need on a folder: Parquet parts of one size, so that a page is found by counting.

A part appears when it is whole, so rows can be read while more are coming. A lock that ends with
its process tells living work from what a killed server left behind.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agora.backends.locks import free
from agora.backends.results.jobs import Job
from agora.backends.results.parts import DONE, SCHEMA, Parts, Stored, gone, unkept
from agora.model.errors import Exhausted
from agora.model.result import cancelled, unfinished
from agora.needs.results import Work

if TYPE_CHECKING:
    import pyarrow as pa

_LOCK, _STOP = ".lock", ".stop"
_LOOK = 0.1
_FRESH = 60.0
"""Seconds in which a folder may be on its way to its lock."""


class DiskResults:
    """Results below one folder that only this user can enter; safe for threads and processes."""

    def __init__(
        self, root: Path, *, each: int, together: int, at_once: int = 16, of_one: int = 4
    ) -> None:
        """`each` and `together` are bytes; `at_once` works run here, `of_one` for one group."""
        self._root = root
        self._each, self._together = each, together
        self._at_once, self._of_one = at_once, of_one
        self._jobs: dict[str, Job] = {}
        self._guard = threading.Lock()
        self._watch: threading.Thread | None = None

    def start(self, result: str, group: str, work: Callable[[Work], None]) -> None:
        with self._guard:
            self._demand_room(group)
            parts = Parts(self._made(result), each=self._each, room=self._room)
            job = Job(group, parts, self._root / result / _LOCK)
            self._jobs[result] = job
            if self._watch is None:
                self._watch = threading.Thread(target=self._watching, daemon=True)
                self._watch.start()
        job.run(work, lambda: self._ended(result))

    def running(self, result: str) -> bool:
        return not free(self._root / result / _LOCK)

    def stop(self, result: str) -> None:
        job = self._jobs.get(result)
        if job is not None:
            job.stop(cancelled())
        elif self.running(result):
            with contextlib.suppress(OSError):
                (self._root / result / _STOP).touch()

    def rows(self, result: str) -> int | None:
        stored = Stored(self._root / result)
        return stored.rows() if stored.there else None

    def page(self, result: str, offset: int, limit: int) -> "pa.Table":
        try:
            return Stored(self._root / result).page(offset, limit)
        except FileNotFoundError:
            raise gone() from None

    def answer(self, result: str) -> Stored:
        stored = Stored(self._root / result)
        if not stored.there:
            raise gone()
        return stored

    def drop(self, result: str) -> None:
        with contextlib.suppress(OSError):
            (self._root / result / SCHEMA).unlink(missing_ok=True)
        shutil.rmtree(self._root / result, ignore_errors=True)

    def sweep(self, older: timedelta) -> tuple[str, ...]:
        now, removed = time.time(), []
        for folder in self._folders():
            made = folder / DONE
            limit = older.total_seconds() if made.exists() else _FRESH
            with contextlib.suppress(FileNotFoundError):
                age = now - (made if made.exists() else folder).stat().st_mtime
                if age >= limit and free(folder / _LOCK):
                    self.drop(folder.name)
                    removed.append(folder.name)
        return tuple(removed)

    def kept(self) -> Iterator[str]:
        return (folder.name for folder in self._folders() if (folder / SCHEMA).exists())

    def close(self) -> None:
        for job in tuple(self._jobs.values()):
            job.stop(unfinished())
        for job in tuple(self._jobs.values()):
            job.join()

    def _demand_room(self, group: str) -> None:
        mine = sum(job.group == group for job in self._jobs.values())
        if mine >= self._of_one:
            raise Exhausted(
                f"{mine} of your statements are running already",
                code="E681",
                hint="wait for one of them, or cancel it",
            )
        if len(self._jobs) >= self._at_once:
            raise Exhausted(
                "too many statements are running", code="E681", hint="try again in a moment"
            )

    def _made(self, result: str) -> Path:
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = self._root / result
            folder.mkdir(mode=0o700)
        except OSError as problem:
            raise unkept(problem) from None
        return folder

    def _room(self) -> int:
        """Bytes that all results together may still grow by."""
        used = sum(path.stat().st_size for path in self._root.glob("*/*.parquet"))
        return self._together - used

    def _folders(self) -> list[Path]:
        """Folders of results, and nothing else that may lie here."""
        there = self._root.iterdir() if self._root.is_dir() else ()
        return sorted(folder for folder in there if (folder / _LOCK).exists())

    def _ended(self, result: str) -> None:
        with self._guard:
            self._jobs.pop(result, None)

    def _watching(self) -> None:
        """Other processes ask work of this one to end by leaving a file."""
        while True:
            with self._guard:
                jobs = dict(self._jobs)
                if not jobs:
                    self._watch = None
                    return
            for result, job in jobs.items():
                if (self._root / result / _STOP).exists():
                    job.stop(cancelled())
            time.sleep(_LOOK)
