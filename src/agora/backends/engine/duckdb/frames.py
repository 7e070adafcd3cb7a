"""Frames between a worker and its parent: a kind, a length, and bytes.

What a worker says is never unpickled: JSON for words, Arrow's own message format for rows.
"""

import struct
from typing import IO

WORDS, SCHEMA, BATCH = b"J", b"S", b"R"
_HEAD = struct.Struct(">cQ")
MAX_FRAME = 1 << 31


class Closed(Exception):
    """The other side has closed the pipe."""


def send(stream: IO[bytes], kind: bytes, payload: bytes | memoryview) -> None:
    """Write one frame; the bytes are gone from here when this returns."""
    stream.write(_HEAD.pack(kind, len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """Read one frame; raises Closed at the end of the stream."""
    kind, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if length > MAX_FRAME:
        raise Closed("a frame beyond every bound")
    return kind, _exactly(stream, length)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if data is None or len(data) < size:
        raise Closed("the stream ended")
    return data
