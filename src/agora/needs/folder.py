"""The need for a folder: the texts of a mesh, read whole and written whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """In whose name files are changed, as version control keeps it."""

    name: str
    email: str


class Folder(Protocol):
    """The mesh's files, by path relative to the mesh folder with forward slashes."""

    @property
    def root(self) -> str:
        """Where the mesh lies."""
        ...

    @property
    def aside_root(self) -> str:
        """Where what is no part of the mesh yet lies."""
        ...

    def texts(self) -> Mapping[str, bytes]:
        """Every text that can matter (YAML, SQL, Markdown), as bytes; lake and hidden folders left out.

        Raises Unavailable when the folder is no mesh (no `agora.yaml`) with the way to make one.
        """
        ...

    def text(self, path: str) -> bytes:
        """One of these texts, without a look at the others. Raises Unavailable when it is not there."""
        ...

    def texts_at(self, ref: str) -> Mapping[str, bytes]:
        """The same texts as they were at a branch, tag or commit; nothing in the folder changes.

        Raises Unavailable where there is no version control, Missing for a version that is not there.
        """
        ...

    def exists(self, path: str) -> bool:
        """True when a file or folder of that name is there."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """All files are written, each whole; raises Conflict and writes none when one exists."""
        ...

    def keep(
        self,
        files: Mapping[str, bytes],
        *,
        author: Author,
        words: str,
        replacing: Mapping[str, bytes | None] = ...,
    ) -> str:
        """All files are written and, where the mesh is under version control, committed; or none is.

        The commit is in the author's name; the answer names it, or is empty without version control.
        `replacing` names the files that may be there, with what each must still hold (None: whatever
        it holds). Raises Conflict when another one is there or it was changed, Unavailable.
        """
        ...

    def aside(self, path: str, content: bytes) -> str:
        """A file that is no part of the mesh yet lies aside, whole; the answer is where.

        Raises Unavailable.
        """
        ...

    def from_aside(self, path: str) -> bytes:
        """What lies aside there; raises Unavailable when it does not any more."""
        ...

    def drop_aside(self, path: str) -> None:
        """Nothing lies aside there any more; harmless when nothing did. Raises Unavailable."""
        ...

    def replace(self, path: str, content: bytes) -> None:
        """One file has this content instead, whole, from one moment to the next."""
        ...
