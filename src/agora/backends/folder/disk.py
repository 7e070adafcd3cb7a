"""A mesh's folder on disk: its texts read whole, new files written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from types import MappingProxyType

from agora.backends.folder.history import texts_at
from agora.backends.folder.keeping import keep
from agora.model.errors import Conflict, Exhausted, Missing, Unavailable
from agora.needs.folder import Author

MESH_FILE = "agora.yaml"
TEXTS = frozenset({".yaml", ".yml", ".sql", ".md"})
SCRIPTS = "steps"
ASIDE = ".agora/drafts"
MAX_FILES = 20_000
MAX_SIZE = 5 << 20


def find_root(start: Path) -> Path | None:
    """The nearest folder from here upward that holds a mesh."""
    return next((f for f in (start, *start.parents) if (f / MESH_FILE).is_file()), None)


class DiskFolder:
    """The Folder need on a local file system."""

    def __init__(self, root: Path) -> None:
        """Look at this folder; it need not hold a mesh yet."""
        self._root = root.absolute()

    @property
    def root(self) -> str:
        return str(self._root)

    @property
    def aside_root(self) -> str:
        return str(self._root / ASIDE)

    def texts(self) -> Mapping[str, bytes]:
        if not (self._root / MESH_FILE).is_file():
            raise Unavailable(
                f"there is no mesh in `{self._root}`",
                code="E506",
                hint="`agora init` makes one, `agora demo` makes one with data",
            )
        try:
            found = dict(self._files())
        except OSError as problem:
            raise Unavailable(f"`{problem.filename}` cannot be read", code="E507") from problem
        return found

    def text(self, path: str) -> bytes:
        hidden = any(part.startswith(".") for part in PurePath(path).parts)
        found = self._root / path
        try:
            if _text(found) and not hidden and found.resolve().is_relative_to(self._root.resolve()):
                return found.read_bytes()
        except OSError:
            pass  # told below: it is not there, or not for us
        raise Unavailable(f"`{path}` cannot be read", code="E507")

    def texts_at(self, ref: str) -> Mapping[str, bytes]:
        found = texts_at(self._root, ref, _text, most=MAX_FILES, size=MAX_SIZE)
        if MESH_FILE not in found:
            raise Missing(
                f"there is no mesh in this folder at `{ref}`",
                code="E519",
                hint="name a version in which the folder holds `agora.yaml`",
            )
        return found

    def exists(self, path: str) -> bool:
        return (self._root / path).exists()

    def write(self, files: Mapping[str, bytes]) -> None:
        standing = sorted(path for path in files if self.exists(path))
        if standing:
            raise Conflict(
                f"`{standing[0]}` exists already", code="E508", hint="nothing was written"
            )
        try:
            for path, content in files.items():
                self._write(self._root / path, content)
        except OSError as problem:
            raise Unavailable(f"`{self._root}` cannot be written", code="E509") from problem

    def keep(
        self,
        files: Mapping[str, bytes],
        *,
        author: Author,
        words: str,
        replacing: Mapping[str, bytes | None] = MappingProxyType({}),
    ) -> str:
        return keep(self._root, files, MESH_FILE, author=author, words=words, replacing=replacing)

    def aside(self, path: str, content: bytes) -> str:
        self.replace(f"{ASIDE}/{path}", content)
        return str(self._root / ASIDE / path)

    def from_aside(self, path: str) -> bytes:
        try:
            return (self._root / ASIDE / path).read_bytes()
        except OSError as problem:
            raise Unavailable(
                "the file of this draft is not kept any more", code="E752", hint="choose it again"
            ) from problem

    def drop_aside(self, path: str) -> None:
        try:
            (self._root / ASIDE / path).unlink(missing_ok=True)
        except OSError as problem:
            raise Unavailable(f"`{self._root}` cannot be written", code="E509") from problem

    def replace(self, path: str, content: bytes) -> None:
        try:
            self._write(self._root / path, content)
        except OSError as problem:
            raise Unavailable(f"`{self._root}` cannot be written", code="E509") from problem

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)

    def stamp(self) -> int:
        """A number that is another one as soon as a text is written, added or removed."""
        found = ((str(path), path.stat()) for path in self._paths())
        return hash(tuple((path, at.st_mtime_ns, at.st_size, at.st_ino) for path, at in found))

    def _files(self) -> Iterator[tuple[str, bytes]]:
        for count, path in enumerate(self._paths(), start=1):
            if count > MAX_FILES or path.stat().st_size > MAX_SIZE:
                raise Exhausted(f"`{path.name}` is one text too many or too large", code="E434")
            yield path.relative_to(self._root).as_posix(), path.read_bytes()

    def _paths(self) -> Iterator[Path]:
        """Every text that is part of the mesh, folder by folder."""
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(names):
                path = Path(folder) / name
                if _text(path) and self._inside(path):
                    yield path

    def _inside(self, path: Path) -> bool:
        """A link may lead out; folders that are links are not walked into at all."""
        return not path.is_symlink() or path.resolve().is_relative_to(self._root.resolve())


def _text(path: PurePath) -> bool:
    """Whether people write such a file for us; Python only among steps, for a mesh may hold more."""
    wanted = path.suffix in TEXTS or (path.suffix == ".py" and path.parent.name == SCRIPTS)
    return wanted and not path.name.startswith(".")
