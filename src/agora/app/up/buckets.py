"""Buckets: how much each caller may ask at this moment, counted by all workers of a server together."""

import fcntl
import hashlib
import os
import shutil
import struct
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_BUCKET: Final = struct.Struct("<8sdd")
"""Whose it is, how many requests are left in it, and since when."""
_SHELF: Final = 8
"""A caller's bucket stands on one shelf, beside those of so many less one others."""


class Buckets:
    """A bucket for each caller: it holds `burst` requests and gets `rate` back every second.

    They stand in a small file that every worker reads and writes, and callers are hashes there.
    """

    def __init__(self, file: Path, *, rate: float, burst: int, most: int = 10_000) -> None:
        """Remember about so many callers; who has not come for longest is forgotten."""
        self._rate, self._burst = rate, burst
        self._shelves = max(1, most // _SHELF)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._file)
        with self._alone():
            missing = self._shelves * _SHELF * _BUCKET.size - os.fstat(self._file).st_size
            if missing > 0:  # written, not only promised: a full disk is met here and not later
                os.pwrite(self._file, bytes(missing), os.fstat(self._file).st_size)

    def take(self, caller: str, now: float) -> bool:
        """True when the caller may; one request less is left in their bucket.

        `now` is a clock that all processes of the machine share, in seconds.
        """
        name = hashlib.blake2b(caller.encode(), digest_size=16).digest()
        shelf = int.from_bytes(name[:8]) % self._shelves * _SHELF * _BUCKET.size
        whose = name[8:]
        with self._alone():
            found = os.pread(self._file, _SHELF * _BUCKET.size, shelf)
            buckets = list(_BUCKET.iter_unpack(found))
            place = min(range(_SHELF), key=lambda n: (buckets[n][0] != whose, buckets[n][2]))
            known, left, then = buckets[place]
            if known != whose:
                left, then = self._burst, now
            left = min(self._burst, left + max(now - then, 0) * self._rate)
            may = bool(left >= 1)
            kept = _BUCKET.pack(whose, left - may, now)
            os.pwrite(self._file, kept, shelf + place * _BUCKET.size)
        return may

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process counts meanwhile; one that is killed lets go."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def folder(root: Path, *, anew: bool = False) -> Path:
    """Where the buckets of this mesh's server stand; `anew` forgets those of the one before."""
    found = root / ".agora" / "pace"
    if anew:
        shutil.rmtree(found, ignore_errors=True)
    return found
