"""The kinds of table that can be governed in place: those in folders, and live ones in databases."""

from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from agora.backends.outside.places import place
from agora.model.errors import Missing, Unavailable
from agora.model.expressions import Expression
from agora.model.mesh import Bounds
from agora.model.product import External
from agora.needs.outside import Outside
from agora.needs.source import Hidden

GROUP, LIVE = "agora.externals", "agora.externals.live"


class Live(Protocol):
    """What a kind of live table is: a module that looks at it and fetches from it."""

    look: Callable[[External, str, Sequence[str]], Outside]
    fetch: Callable[[External, str, Sequence[str], Expression | None, str, Bounds], Outside]


def no_secrets(text: str) -> Hidden:
    """Where no mesh is open there are no secrets."""
    raise Unavailable(f"the secret `{text}` has no value", code="E020")


class InstalledExternals:
    """The Externals need over entry points; `allowed` are (domain, folder) the operator has opened.

    `secret` fills in what an address of a database leaves out.
    """

    def __init__(
        self,
        allowed: Sequence[tuple[str, str]] = (),
        secret: Callable[[str], Hidden] = no_secrets,
    ) -> None:
        """Remember what is open to whom."""
        self._allowed, self._secret = tuple(allowed), secret

    def look(self, external: External, folder: str, wanted: Sequence[str]) -> Outside:
        live = _entry(LIVE, external)
        if live is not None:
            kind = cast("Live", live.load())
            return kind.look(external, self._secret(external.location).reveal(), wanted)
        entry = _entry(GROUP, external)
        if entry is None:
            raise _unknown(external)
        return cast("Outside", entry.load()(place(external, folder, self._allowed), wanted))

    def fetch(
        self,
        external: External,
        wanted: Sequence[str],
        rows: Expression | None,
        into: str,
        bounds: Bounds,
    ) -> Outside:
        live = _entry(LIVE, external)
        if live is None:
            raise _unknown(external)
        kind = cast("Live", live.load())
        url = self._secret(external.location).reveal()
        return kind.fetch(external, url, wanted, rows, into, bounds)


def _entry(group: str, external: External) -> EntryPoint | None:
    return next(iter(entry_points(group=group, name=external.type)), None)


def _unknown(external: External) -> Missing:
    kinds = sorted({name for group in (GROUP, LIVE) for name in entry_points(group=group).names})
    return Missing(
        f"there is no external type `{external.type}`",
        code="E301",
        hint=f"use one of {', '.join(f'`{each}`' for each in kinds)}",
    )
