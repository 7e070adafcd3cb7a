"""Openings: the ways this face was given to open what it needs; it chooses nothing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agora.needs.elsewhere import Elsewhere
    from agora.needs.folder import Folder
    from agora.needs.house import House
    from agora.needs.progress import Progress
    from agora.needs.source import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a mesh is to be served; port 0 is the usual one or the next free.

    `proxies` are the addresses (or networks) that may say on whose behalf they call.
    """

    root: Path
    host: str = "127.0.0.1"
    port: int = 0
    workers: int = 1
    url: str = ""
    demo: bool = False
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A server this terminal is signed in at; `file` is where that is kept, empty for the environment."""

    url: str
    token: str
    file: str = ""

    def __repr__(self) -> str:
        return f"SignedIn({self.url})"


class Servers(Protocol):
    """The server a terminal works against instead of a mesh that lies here."""

    def current(self) -> SignedIn | None:
        """The one signed in at, if any. Raises Unavailable where what is kept cannot be read."""
        ...

    def keep(self, url: str, token: str) -> SignedIn:
        """Commands work against this one from now on; nobody else can read the token."""
        ...

    def forget(self) -> SignedIn | None:
        """Commands work here again; the answer is what was kept."""
        ...

    def open(self, found: SignedIn) -> "Elsewhere":
        """The mesh there. Raises Unusable for what is no address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """Handed in by the app: how to open a mesh, a folder, the sources and the demo, and to serve."""

    environment: Mapping[str, str]
    house: "Callable[[Path, Progress | None], House]"
    folder: "Callable[[Path], Folder]"
    sources: "Callable[[], Sources]"
    find: Callable[[Path], Path]
    servers: Servers
    demo: Callable[[Path, int], int]
    serve: Callable[[Serving], int]
    stop: Callable[[Path], int]
    present: Callable[[Path, int], int]
