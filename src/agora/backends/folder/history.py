"""A mesh's folder as it was at some version in Git: read with the `git` that is installed."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath, PurePosixPath

from agora.model.errors import Exhausted, Missing, Unavailable

SECONDS = 60
_OBJECT = 3
"""`<hash> blob <size>`: what git says before each file."""


def texts_at(
    root: Path, ref: str, wanted: Callable[[PurePath], bool], *, most: int, size: int
) -> Mapping[str, bytes]:
    """The wanted texts of this folder at a branch, tag or commit; the working copy stays as it is.

    Raises Unavailable without git or outside of a repository, Missing for a version that is not
    there, Exhausted for more than `most` texts or one larger than `size` bytes.
    """
    commit = _commit(root, ref)
    listed = _git(root, "ls-tree", "-r", "-z", "--long", commit, "--", ".")
    found = dict(_files(listed, wanted))
    if len(found) > most or any(length > size for _, length in found.values()):
        raise Exhausted(f"`{ref}` holds one text too many or too large", code="E434")
    names = list(found)
    asked = "".join(f"{found[name][0]}\n" for name in names).encode()
    return dict(zip(names, _contents(_git(root, "cat-file", "--batch", given=asked)), strict=True))


def _commit(root: Path, ref: str) -> str:
    inside = _git(root, "rev-parse", "--is-inside-work-tree", missing=True)
    if inside.strip() != b"true":
        raise Unavailable(
            f"`{root}` is in no Git repository that can be read",
            code="E518",
            hint="without `--against` the last release is compared",
        )
    name = _git(
        root,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{ref}^{{commit}}",
        missing=True,
    )
    if not name:
        raise Missing(
            f"there is no version `{ref}` in Git",
            code="E519",
            hint="name a branch, a tag or a commit, such as `main` or `origin/main`",
        )
    return name.decode().strip()


def _files(
    listed: bytes, wanted: Callable[[PurePath], bool]
) -> Iterator[tuple[str, tuple[str, int]]]:
    """Path, object and length of every wanted file; links and submodules are left out."""
    for line in listed.split(b"\0"):
        facts, _, path = line.partition(b"\t")
        parts = facts.split()
        if len(parts) > _OBJECT and parts[0].startswith(b"100"):
            name = path.decode("utf-8", "surrogateescape")
            hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
            if not hidden and wanted(PurePosixPath(name)):
                if not parts[3].isdigit():
                    raise _partly()
                yield name, (parts[2].decode(), int(parts[3]))


def _contents(answer: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        told = answer[at:end].split()
        if len(told) != _OBJECT:
            raise _partly()
        length = int(told[2])
        yield answer[end + 1 : end + 1 + length]
        at = end + 1 + length + 1


def _partly() -> Unavailable:
    words = "git cannot read all of this version"
    return Unavailable(words, code="E524", hint="is the clone whole?")


def _git(root: Path, *words: str, given: bytes = b"", missing: bool = False) -> bytes:
    """What git answers; empty with `missing` where it finds nothing."""
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", *words]
    try:
        done = subprocess.run(  # noqa: S603 (a list of words, no shell; the ref stands behind --end-of-options)
            command, input=given, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Unavailable(
            "git is not there or does not answer",
            code="E524",
            hint="install git; without `--against` the last release is compared",
        ) from problem
    if done.returncode and not missing:
        raise _partly()
    return b"" if done.returncode else done.stdout
