"""The forms that are installed, found by entry point and loaded when they are used."""

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from agora.model.errors import Unusable
from agora.needs.outlet import Outlet

GROUP = "agora.outlets"


class InstalledOutlets:
    """The Outlets need over entry points."""

    def pick(self, kind: str) -> Outlet:
        entry = self._found.get(kind)
        if entry is None:
            names = ", ".join(f"`{name}`" for name in self.kinds())
            raise Unusable(f"there is no format `{kind}`", code="E022", hint=f"use one of {names}")
        outlet: Outlet = entry.load()()
        return outlet

    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(self._found))

    @cached_property
    def _found(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=GROUP)}
