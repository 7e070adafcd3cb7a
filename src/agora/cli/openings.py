"""Openings: the ways this face was given to open what it needs; it chooses nothing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agora.needs.folder import Folder
    from agora.needs.house import House
    from agora.needs.progress import Progress
    from agora.needs.source import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a mesh is to be served; port 0 is the usual one or the next free."""

    root: Path
    host: str = "127.0.0.1"
    port: int = 0
    workers: int = 1
    url: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """Handed in by the app: how to open a mesh, a folder, the sources and the demo, and to serve."""

    environment: Mapping[str, str]
    house: "Callable[[Path, Progress | None], House]"
    folder: "Callable[[Path], Folder]"
    sources: "Callable[[], Sources]"
    find: Callable[[Path], Path]
    demo: Callable[[Path, int], int]
    serve: Callable[[Serving], int]
    stop: Callable[[Path], int]
    present: Callable[[Path, int], int]
