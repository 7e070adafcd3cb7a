"""The need to tell: where long work stands, for a person who watches (and for crash tests)."""

from typing import Protocol

from agora.model.names import ProductName
from agora.model.progress import Phase


class Progress(Protocol):
    """Told about each phase as it begins and each durable write as it is about to happen or has happened."""

    def phase(self, product: ProductName, phase: Phase, detail: str = "") -> None:
        """The run has entered the phase; `detail` is a few words such as a port or a step."""
        ...

    def point(self, name: str) -> None:
        """A durable write is next (`before-…`) or done (`after-…`)."""
        ...
