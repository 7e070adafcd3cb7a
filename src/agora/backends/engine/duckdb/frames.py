"""Frames between a worker and its parent: a kind, a length, and bytes.

What a worker says is never unpickled: JSON for words, Arrow's own message format for rows.
"""

import struct
from typing import Protocol

WORDS, SCHEMA, BATCH = b"J", b"S", b"R"
_HEAD = struct.Struct(">cQ")
_TOGETHER = 1 << 12
MAX_FRAME = 1 << 31
Bytes = bytes | bytearray | memoryview


class Closed(Exception):
    """The other side has closed the pipe."""


class Sink(Protocol):
    """Where frames are written."""

    def write(self, data: bytes | memoryview, /) -> object: ...
    def flush(self) -> None: ...


class Spring(Protocol):
    """Where frames come from."""

    def read(self, size: int, /) -> Bytes: ...


def send(stream: Sink, kind: bytes, payload: bytes | memoryview, *, flush: bool = True) -> None:
    """Write one frame; unless it is kept for the next one, the bytes are gone from here."""
    head = _HEAD.pack(kind, len(payload))
    if len(payload) <= _TOGETHER:
        stream.write(head + bytes(payload))
    else:
        stream.write(head)
        stream.write(payload)
    if flush:
        stream.flush()


def receive(stream: Spring) -> tuple[bytes, Bytes]:
    """Read one frame; raises Closed at the end of the stream."""
    kind, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if length > MAX_FRAME:
        raise Closed("a frame beyond every bound")
    return kind, _exactly(stream, length)


def _exactly(stream: Spring, size: int) -> Bytes:
    data = stream.read(size)
    if data is None or len(data) < size:
        raise Closed("the stream ended")
    return data
