"""The kinds of table that can be governed in place."""

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import cast

from agora.backends.outside.places import Place, place
from agora.model.errors import Missing
from agora.model.product import External
from agora.needs.outside import Outside

GROUP = "agora.externals"
Look = Callable[[Place, Sequence[str]], Outside]


class InstalledExternals:
    """The Externals need over entry points; `allowed` are (domain, folder) the operator has opened."""

    def __init__(self, allowed: Sequence[tuple[str, str]] = ()) -> None:
        """Remember what is open to whom."""
        self._allowed = tuple(allowed)

    def look(self, external: External, folder: str, wanted: Sequence[str]) -> Outside:
        entry = next(iter(entry_points(group=GROUP, name=external.type)), None)
        if entry is None:
            kinds = ", ".join(f"`{each}`" for each in sorted(entry_points(group=GROUP).names))
            raise Missing(
                f"there is no external type `{external.type}`",
                code="E301",
                hint=f"use one of {kinds}",
            )
        look = cast("Look", entry.load())
        return look(place(external, folder, self._allowed), wanted)
