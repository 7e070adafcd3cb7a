"""The kinds of source that are installed, found by entry point and loaded when they are used."""

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from agora.model.errors import Missing, Unavailable
from agora.needs.source import Source

GROUP = "agora.sources"


class InstalledSources:
    """The Sources need over entry points."""

    def pick(self, kind: str) -> Source:
        entry = self._found.get(kind)
        if entry is None:
            names = ", ".join(f"`{name}`" for name in self.kinds())
            raise Missing(
                f"there is no source type `{kind}`", code="E301", hint=f"use one of {names}"
            )
        try:
            source: Source = entry.load()()
        except ImportError as problem:
            raise Unavailable(
                f"source type `{kind}` needs the package `{problem.name}`",
                code="E304",
                hint=f"pip install {problem.name}",
            ) from problem
        return source

    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(self._found))

    @cached_property
    def _found(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=GROUP)}
