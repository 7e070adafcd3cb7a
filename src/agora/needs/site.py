"""The need for a site: what the pages and the API of a running server ask of it."""

from datetime import datetime
from threading import Event
from typing import Protocol

from agora.needs.house import House


class Site(Protocol):
    """A mesh that is being served; `demo` is true where anybody may be anybody."""

    @property
    def demo(self) -> bool:
        """True in a demo mesh: visitors pick who they are and need no password."""
        ...

    @property
    def url(self) -> str:
        """Where people reach the server, without a slash at its end: `http://127.0.0.1:8080`."""
        ...

    @property
    def closing(self) -> Event:
        """Set when the server is told to end: whatever would go on for ever ends then."""
        ...

    def house(self) -> House:
        """The mesh as its files say now; the last good one while somebody's edit is in doubt."""
        ...

    def reread(self) -> None:
        """The next `house()` sees what was just written to the mesh's folder."""
        ...

    def now(self) -> datetime:
        """The machine's own time, for sessions and tokens: a demo's mesh has another."""
        ...
