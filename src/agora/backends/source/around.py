"""What a kind of source may use beside its own file: other kinds, secrets, the network."""

from collections.abc import Callable
from dataclasses import dataclass, field

from agora.model.errors import Unavailable
from agora.needs.source import Hidden, Source


class Plain:
    """A text without secrets in it; it still does not print."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Plain(…)"


def no_secrets(text: str) -> Hidden:
    """Where no mesh is open there are no secrets; raises Unavailable for a text that needs one."""
    if "${" in text:
        raise Unavailable(f"the secret `{text}` has no value", code="E020")
    return Plain(text)


def no_kinds(kind: str) -> Source:
    """Where nothing is installed no other kind can be picked."""
    raise Unavailable(f"source type `{kind}` is not installed", code="E304")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`secret` fills in `${env:X}`, `pick` finds another kind, `private` are hosts that may be reached."""

    secret: Callable[[str], Hidden] = field(default=no_secrets, repr=False)
    pick: Callable[[str], Source] = field(default=no_kinds, repr=False)
    private: tuple[str, ...] = ()
