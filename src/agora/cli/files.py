"""Files a command leaves behind: whole, or not there."""

import os
import tempfile
from pathlib import Path

from agora.model.errors import Unavailable


def read(path: str) -> bytes:
    """The bytes of a file somebody named; raises Unavailable."""
    try:
        return Path(path).read_bytes()
    except OSError:
        raise Unavailable(f"`{path}` cannot be read", code="E303") from None


def leave(path: Path, text: str) -> None:
    """The file holds this text, and its folder is there; raises Unavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as problem:
        raise Unavailable(
            f"`{path}` cannot be written", code="E024", hint=problem.strerror or ""
        ) from None
