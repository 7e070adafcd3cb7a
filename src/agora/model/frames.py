"""Frames: pieces of any content one after the other on one stream, and a word at its end.

Each piece has its length before it (four bytes, the highest first); a piece of no length says that
the last one follows. A stream that ends without one was broken off.
"""

from collections.abc import Iterator

MEDIA = "application/vnd.agora.frames"
LENGTH = 4
END = bytes(LENGTH)


def framed(piece: bytes | memoryview) -> bytes:
    """The piece with its length before it."""
    return len(piece).to_bytes(LENGTH, "big") + piece


def unframed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a stream, the empty one too; raise EOFError where it was broken off."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= LENGTH:
            end = LENGTH + int.from_bytes(held[:LENGTH], "big")
            if len(held) < end:
                break
            yield bytes(held[LENGTH:end])
            del held[:end]
    if held:
        raise EOFError(len(held))
