"""Standing: which server answers for a mesh's folder, known to whoever looks into it.

The server holds a lock on `.agora/server.json` for as long as it lives, so a file that a killed one
left behind misleads nobody.
"""

import fcntl
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from agora.cli.answers.terminal import say
from agora.model.errors import Conflict, Missing, Unavailable

FILE = Path(".agora", "server.json")
USUAL, TRIED = 8080, 100
PATIENCE = 40.0
LOOK = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A server that runs: its process and where it answers."""

    pid: int
    url: str


@contextmanager
def held(root: Path, url: str) -> Iterator[None]:
    """Nobody else serves the mesh as long as the block runs; raises Conflict beside another."""
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _mine(descriptor):
            found = standing(root)
            raise Conflict(
                f"this mesh is served already{f' at {found.url}' if found else ''}",
                code="E717",
                hint="`agora up --stop` ends that server",
            )
        _write(descriptor, json.dumps(asdict(Standing(pid=os.getpid(), url=url))))
        try:
            yield
        finally:
            _write(descriptor, "")
    finally:
        os.close(descriptor)


def standing(root: Path) -> Standing | None:
    """The server of this mesh, or None when none runs."""
    try:
        descriptor = os.open(root / FILE, os.O_RDWR)
    except OSError:
        return None
    try:
        if _locked(descriptor, fcntl.LOCK_SH):
            return None
        return Standing(**json.loads(os.read(descriptor, 4096)))
    except (ValueError, TypeError):
        return None  # it is just beginning, or about to end
    finally:
        os.close(descriptor)


def answers(found: Standing) -> bool:
    """True when the server is ready for its first visitor."""
    try:
        with urlopen(f"{found.url}/readyz", timeout=5) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False


def stop(root: Path) -> int:
    """The server of this mesh has ended, without cutting anybody off. Raises Missing."""
    found = standing(root)
    if found is None:
        raise Missing("no server runs for this mesh", code="E718", hint="`agora up` starts one")
    os.kill(found.pid, signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while standing(root) == found:
        if time.monotonic() > until:
            os.kill(found.pid, signal.SIGKILL)
            until += PATIENCE
        time.sleep(LOOK)
    say(f"the server at {found.url} has ended")
    return 0


def listening(host: str, port: int) -> socket.socket:
    """A bound socket on this port; for 0 on the usual one or the next free. Raises Unavailable."""
    for number in (port,) if port else range(USUAL, USUAL + TRIED):
        try:
            return _bound(host, number)
        except OSError:
            continue
    raise Unavailable(
        f"nothing can listen on `{host}` port {port or USUAL}",
        code="E716",
        hint="name another with `--port`, or look who has it",
    )


def _bound(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(1024)
    except OSError:
        made.close()
        raise
    return made


def _mine(descriptor: int) -> bool:
    """True once nobody else holds the file; who only looks holds it for no longer than a moment."""
    for _ in range(5):
        if _locked(descriptor, fcntl.LOCK_EX):
            return True
        time.sleep(LOOK)
    return False


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
