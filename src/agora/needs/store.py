"""The need for a memory: nouns kept with revisions, changed together or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from agora.model.ledger import Batch, Entry, Record

N = TypeVar("N")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[N]):
    """A noun as kept: its key and the revision (from 1) to name when changing it."""

    key: str
    revision: int
    noun: N


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A wish to keep `noun` under `key`; `revision` is the one it replaces, 0 for a new key."""

    key: str
    noun: object
    revision: int = 0


class Store(Protocol):
    """Keeps nouns by kind (their class) and key, every revision of them, and the ledger beside."""

    def get(self, kind: type[N], key: str) -> Kept[N] | None:
        """The newest revision, or None."""
        ...

    def find(self, kind: type[N], prefix: str = "") -> Iterator[Kept[N]]:
        """The newest revision of every key with that prefix, in key order."""
        ...

    def history(self, kind: type[N], key: str) -> Iterator[Kept[N]]:
        """Every revision of one key, oldest first."""
        ...

    def commit(self, puts: Sequence[Put], entries: Sequence[Entry]) -> tuple[int, ...]:
        """Keep all puts and append all entries durably, or nothing; give the entries' places.

        Raises Conflict when a revision is no longer the newest, Unavailable when the disk is full
        or the database does not answer.
        """
        ...

    def forget(self, kept: Sequence[Kept[N]]) -> int:
        """Every revision of these is gone, but of what was changed since; give how many are gone.

        For what opens nothing any more and nobody answers for: the ledger has what is to be told.
        """
        ...

    def records(self, *, after: int = 0, limit: int | None = None) -> Iterator[Record]:
        """The ledger in order, from the place behind `after`; streams."""
        ...

    def batches(self) -> Iterator[Batch]:
        """The sealed batches in order."""
        ...

    def seal(self) -> Batch | None:
        """Seal every record that is not sealed yet into one batch; None when there is none."""
        ...

    def close(self) -> None:
        """Give back every handle; nothing is lost."""
        ...
