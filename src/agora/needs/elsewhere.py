"""The need for a mesh elsewhere: one on a server, whose verbs are called as if it stood here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from agora.model.people import Actor
from agora.needs.outlet import Outlets


class Elsewhere(Protocol):
    """A server, and somebody it knows by their token."""

    @property
    def url(self) -> str:
        """Where it is."""
        ...

    @property
    def outlets(self) -> Outlets:
        """The forms rows can be written in; they are written here."""
        ...

    def actor(self, purpose: str = "") -> Actor:
        """Whose token it is, asking for this purpose. Raises Denied and Unavailable."""
        ...

    def call(
        self,
        verb: Callable[..., Any],
        who: Actor,
        said: Sequence[object],
        named: Mapping[str, object],
    ) -> Any:
        """What the verb answers there; raises what it raises there, and Unavailable."""
        ...

    def close(self) -> None:
        """No connection is kept any more."""
        ...
