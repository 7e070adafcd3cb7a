"""Locks that end with their process, so that what a killed one left is told from living work."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Held:
    """A lock this process holds."""

    def __init__(self, handle: int) -> None:
        """Keep the open file; the kernel frees the lock when it closes, however that happens."""
        self._handle = handle

    def release(self) -> None:
        """The lock is free."""
        os.close(self._handle)


def hold(path: Path) -> Held:
    """Take the lock of work of our own; nobody else knows its name yet."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return Held(handle)


def free(path: Path) -> bool:
    """True when no living process holds the lock, or nobody has made it yet."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for the lock, hold it for the block; a killed holder frees it."""
    with _waited(path, fcntl.LOCK_EX):
        yield


@contextlib.contextmanager
def shared(path: Path) -> Iterator[None]:
    """Wait until nobody holds the lock exclusively, and keep it so for the block."""
    with _waited(path, fcntl.LOCK_SH):
        yield


@contextlib.contextmanager
def _waited(path: Path, how: int) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
