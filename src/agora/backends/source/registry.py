"""The kinds of source that are installed, found by entry point and loaded when they are used."""

from collections.abc import Callable
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from agora.backends.source.around import Around, no_secrets
from agora.model.errors import Missing, Unavailable
from agora.needs.source import Hidden, Source

GROUP = "agora.sources"


class InstalledSources:
    """The Sources need over entry points."""

    def __init__(
        self, *, secret: Callable[[str], Hidden] = no_secrets, private: tuple[str, ...] = ()
    ) -> None:
        """`secret` fills in `${env:X}`; `private` are hosts and networks of ours that may be reached."""
        self._around = Around(secret=secret, pick=self.pick, private=private)

    def pick(self, kind: str) -> Source:
        entry = self._found.get(kind)
        if entry is None:
            names = ", ".join(f"`{name}`" for name in self.kinds())
            raise Missing(
                f"there is no source type `{kind}`", code="E301", hint=f"use one of {names}"
            )
        try:
            source: Source = entry.load()(self._around)
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
