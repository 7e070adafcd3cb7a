"""Keeping: files written and committed with the `git` that is installed, all of them or none."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from agora.backends.locks import exclusive
from agora.model.errors import Conflict, Unavailable
from agora.needs.folder import Author

SECONDS = 60
LOCK = ".agora/keeping.lock"
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false")
"""What a person's own machine does around a commit is not done on a server."""


def keep(
    root: Path,
    files: Mapping[str, bytes],
    mark: str,
    *,
    author: Author,
    words: str,
    replacing: Mapping[str, bytes | None] = MappingProxyType({}),
) -> str:
    """The files are there, committed in the author's name where `mark` is under version control.

    The answer names the commit, or is empty. A file may stand there only where `replacing` names it,
    with what it must still hold (None: whatever it holds); otherwise Conflict.
    Raises Unavailable where they cannot be written or committed; then everything is as before.
    """
    lock = root / LOCK
    lock.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(lock):
        return _kept(root, files, mark, author, words, replacing)


def _kept(
    root: Path,
    files: Mapping[str, bytes],
    mark: str,
    author: Author,
    words: str,
    replacing: Mapping[str, bytes | None],
) -> str:
    before: dict[str, bytes | None] = {}
    try:
        for path, content in files.items():
            before[path] = _standing(root / path, path, replacing)
            _write(root / path, content, anew=path not in replacing)
        return _committed(root, tuple(files), mark, author, words)
    except FileExistsError:
        at_fault = next(reversed(before))
        before.pop(at_fault)
        _undone(root, before)
        raise Conflict(
            f"`{at_fault}` exists already", code="E508", hint="nothing was written"
        ) from None
    except OSError as problem:
        _undone(root, before)
        raise Unavailable(f"`{root}` cannot be written", code="E509") from problem
    except (Conflict, Unavailable):
        _undone(root, before)
        raise


def _standing(at: Path, path: str, replacing: Mapping[str, bytes | None]) -> bytes | None:
    """What will be replaced; raises Conflict when that is not what its editor has read."""
    if path not in replacing:
        return None
    held = at.read_bytes() if at.is_file() else None
    if replacing[path] is not None and held != replacing[path]:
        words = f"`{path}` was changed meanwhile"
        raise Conflict(words, code="E409", hint="look again and retry; nothing was written")
    return held


def _write(path: Path, content: bytes, *, anew: bool) -> None:
    """The file is there whole; where it must be new, nothing that came meanwhile is written over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(0o644)
        if anew:
            path.hardlink_to(written)
        else:
            written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _undone(root: Path, before: Mapping[str, bytes | None]) -> None:
    """Every file is as it was, and folders that were made for them are gone."""
    for path, content in before.items():
        with suppress(OSError):
            if content is not None:
                _write(root / path, content, anew=False)
                continue
            (root / path).unlink(missing_ok=True)
            for folder in (root / path).parents:
                if folder == root:
                    break
                folder.rmdir()


def _committed(root: Path, paths: tuple[str, ...], mark: str, author: Author, words: str) -> str:
    """Exactly these paths are one commit, whatever else lies in the index."""
    tracked = _git(root, "ls-files", "--error-unmatch", "--", mark)
    if tracked is None or tracked.returncode:
        return ""
    named = f"{author.name} <{author.email}>"
    who = ("-c", f"user.name={author.name}", "-c", f"user.email={author.email}")
    added = _git(root, "add", "--", *paths)
    said = ("-m", words, f"--author={named}", "--", *paths)
    made = _git(root, *_QUIET, *who, "commit", "--quiet", "--no-verify", "--only", *said)
    if added is None or added.returncode or made is None or made.returncode:
        _git(root, "reset", "--quiet", "--", *paths)
        raise Unavailable(
            "git did not take the change, and nothing was written",
            code="E749",
            hint="try again; those who run Agora look at the folder's repository",
        )
    head = _git(root, "rev-parse", "HEAD")
    return head.stdout.decode().strip() if head else ""


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[bytes] | None:
    """What git did; None where there is none."""
    command = ["git", "-C", str(root), *words]
    try:
        return subprocess.run(  # noqa: S603 (a list of words, no shell)
            command, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
