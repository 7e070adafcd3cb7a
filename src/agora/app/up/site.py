"""The site: one open mesh that follows its files, shared by every request of this process."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from agora.app.house import close_house, demand_in_place, open_house
from agora.backends.folder.disk import DiskFolder
from agora.model.errors import AgoraError
from agora.needs.house import House

LOOK_SECONDS = 1.0


class LiveSite:
    """The Site need on a folder; safe for several threads."""

    def __init__(
        self, root: Path, environment: Mapping[str, str], *, url: str, demo: bool = False
    ) -> None:
        """Open the mesh; raises Invalid when its files are in doubt, Unusable when it was moved."""
        self.root, self.url, self.demo = root, url, demo
        self.problem: AgoraError | None = None
        self.closing = threading.Event()
        self._environment = environment
        self._lock = threading.Lock()
        self._folder = DiskFolder(root)
        self._stamp = self._folder.stamp()
        self._looked = self._seen = time.monotonic()
        self._due = 0.0
        self._house = open_house(root, environment)
        demand_in_place(self._house)

    def house(self) -> House:
        if not self._fresh():
            self._follow()
        return self._house

    def furnish(self, change: Callable[[House], House]) -> None:
        """The house is changed for everybody who asks from now on."""
        self._house = change(self._house)

    def reread(self) -> None:
        self._due = time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def close(self) -> None:
        """Workers are gone and the store is closed."""
        close_house(self._house)

    def _follow(self) -> None:
        """Read the files again where they have changed; backends stay open."""
        with self._lock:
            if self._fresh():
                return  # somebody else looked while we waited
            began = self._looked = time.monotonic()
            self._look()
            self._seen = began

    def _fresh(self) -> bool:
        """Whether somebody looked lately, and has seen what was written before it was to be seen."""
        return self._seen > self._due and time.monotonic() - self._looked <= LOOK_SECONDS

    def _look(self) -> None:
        try:
            stamp = self._folder.stamp()
            if stamp == self._stamp:
                return
            self._stamp = stamp
            mesh = open_house(self.root, self._environment).mesh
        except FileNotFoundError:
            return  # a text went while we looked: the next look sees the folder without it
        except AgoraError as problem:
            self.problem = problem
            return
        self.problem = None
        self._house = replace(self._house, mesh=mesh)
