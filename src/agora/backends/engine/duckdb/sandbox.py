"""The walls around a worker that hold even if the engine inside them does not.

Landlock (Linux 5.13 and later) lets a process give up the file system except for named paths, for
ever. Resource limits bound memory and forbid core dumps; a worker dies with its parent. Source:
the kernel's `landlock(7)`, `prctl(2)` and `setrlimit(2)`.
"""

import ctypes
import os
import resource
import sys
import sysconfig
import threading
import time
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_PATH_BENEATH = 1
_VERSION = 1
_PR_SET_NO_NEW_PRIVS = 38
_WATCH_SECONDS = 0.5
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_V1 = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_READ = _READ_FILE | _READ_DIR | _EXECUTE
_NETWORK, _SCOPE = 3, 3
"""Binding and connecting TCP; sockets without a name in the file system, and signals."""
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
HEADROOM = 2 << 30
"""Address space beyond the engine's own limit: measured, less than 1 GB more ends in crashes."""


def die_with_parent() -> None:
    """The worker ends when the process that started it is gone, also in the middle of a statement.

    The kernel's parent-death signal is no help: it comes when the *thread* that started the worker
    ends, and a reader's next statement may come from another thread.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def limit(memory: int, *, writes: bool) -> None:
    """Bound address space, forbid core dumps, and let a reader's worker write no file at all."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory + HEADROOM, memory + HEADROOM))
    if not writes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def confine(readable: Iterable[str], writable: Iterable[str], *, alone: bool = False) -> bool:
    """Give up every path but these and the interpreter's own; False where the kernel cannot.

    `alone` also gives up the network and signals to others, as far as this kernel's Landlock can.
    It holds for the thread that asks and those it starts.
    """
    libc = _libc()
    version = libc.syscall(_CREATE, None, 0, _VERSION)
    if version < 1:
        return False
    handled = _handled(version)
    net = _NETWORK if alone and version >= 4 else 0  # noqa: PLR2004 (the version that brought it)
    scope = _SCOPE if alone and version >= 6 else 0  # noqa: PLR2004
    attributes = (ctypes.c_uint64 * 3)(handled, net, scope)
    size = ctypes.sizeof(attributes) if scope else 16 if net else 8
    rules = libc.syscall(_CREATE, ctypes.byref(attributes), size, 0)
    if rules < 0:
        return False
    for path in {*readable, *_own_paths()}:
        _allow(libc, rules, path, _READ & handled)
    for path in writable:
        _allow(libc, rules, path, handled)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = libc.syscall(_RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(done)


def _handled(version: int) -> int:
    rights = _ALL_V1
    rights |= _REFER if version >= 2 else 0  # noqa: PLR2004 (the ABI version that brought it)
    rights |= _TRUNCATE if version >= 3 else 0  # noqa: PLR2004
    rights |= _IOCTL if version >= 5 else 0  # noqa: PLR2004
    return rights


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not Path(path).is_dir():
        rights &= _FILE_RIGHTS
    rule = _Beneath(rights, handle)
    libc.syscall(_ADD, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(handle)


def _own_paths() -> set[str]:
    """What an interpreter with DuckDB and Arrow still loads after it has started."""
    places = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    system = {"/lib", "/lib64", "/usr/lib", "/usr/share/zoneinfo", "/etc/localtime"}
    return (
        places
        | system
        | {"/proc/meminfo", "/proc/self", "/sys/fs/cgroup", "/dev/null", "/dev/urandom"}
    )


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
