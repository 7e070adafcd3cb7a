"""A sink: a file that libraries write to, and that is emptied piece by piece on the way out."""


class Sink:
    """A file that can only be written; what has been written is taken away and forgotten."""

    closed = False

    def __init__(self) -> None:
        """Begin empty."""
        self._parts: list[bytes] = []
        self._at = 0

    def write(self, data: object) -> int:
        """The bytes wait to be taken."""
        part = bytes(data)  # type: ignore[call-overload] # whatever has a buffer
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        """How much has been written so far."""
        return self._at

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Harmless: what waits can still be taken."""

    def taken(self) -> bytes:
        """What has been written since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found
