"""The landing area: the bytes a run read, kept once under their content hash."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from agora.model.errors import Unavailable
from agora.model.release import SourcePin

UNFINISHED = ".landing-"
_CHUNK = 1 << 20


def keep(name: str, origin: Path, area: Path) -> SourcePin:
    """The origin's bytes lie in the area under their hash; equal bytes are kept once.

    The copy is hashed while it is made, so what is pinned is what was read.
    """
    try:
        area.mkdir(parents=True, exist_ok=True)
        known = _known(origin, area)
        path, digest, size = known or _copy(origin, area)
    except OSError as problem:
        raise unavailable(problem, str(origin)) from problem
    return SourcePin(name=name, hash=digest, path=str(path), size=size)


def digest(path: Path) -> str:
    """The hash of a file's bytes; empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _known(origin: Path, area: Path) -> tuple[Path, str, int] | None:
    """What is kept already, so that an unchanged source is read once and not written."""
    with origin.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    path = area / f"{digest}{origin.suffix}"
    size = origin.stat().st_size
    return (path, digest, size) if path.exists() and path.stat().st_size == size else None


def _copy(origin: Path, area: Path) -> tuple[Path, str, int]:
    handle, name = tempfile.mkstemp(dir=area, prefix=UNFINISHED)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as kept, origin.open("rb") as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                kept.write(chunk)
            kept.flush()
            os.fsync(kept.fileno())
        path = area / f"{digest.hexdigest()}{origin.suffix}"
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(area)
    return path, digest.hexdigest(), size


def sync(paths: Iterable[str]) -> None:
    """These files and the folders they are in are on disk."""
    folders = set()
    try:
        for path in paths:
            with Path(path).open("rb") as file:
                os.fsync(file.fileno())
            folders.add(Path(path).parent)
        for folder in folders:
            sync_folder(folder)
    except OSError as problem:
        raise unavailable(problem) from problem


def sweep(folder: Path, stem: str) -> None:
    """Files whose names begin like this are gone, and the folder when it is empty without them."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith(stem):
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def sync_folder(folder: Path) -> None:
    """The folder's entries are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unavailable(problem: OSError, path: str = "") -> Unavailable:
    """An error of the disk in words for a person."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable(
            "the disk is full",
            code="E514",
            hint="free some space and run again; nothing was released",
        )
    if problem.errno == errno.ENOENT and path:
        return Unavailable(f"`{path}` is not there", code="E303")
    return Unavailable("the lake's folder cannot be used", code="E523", hint=problem.strerror or "")
