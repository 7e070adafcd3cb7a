"""Streaming: bytes leave while they are made; whoever goes away stops the work."""

from collections.abc import AsyncIterator
from typing import Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from agora.needs.outlet import Export


class Closing(Protocol):
    """Pieces that are made when they are taken; closing them ends the work behind them."""

    def __next__(self) -> bytes:
        """The next piece."""
        ...

    def close(self) -> None:
        """The work behind it has ended."""
        ...


def streamed(export: Export) -> StreamingResponse:
    """An export as a response: its pieces are made only as fast as they are taken.

    An error after the first piece breaks the connection, so that half a file never looks whole.
    """
    named = f"attachment; filename*=UTF-8''{quote(export.name, safe='')}"
    return StreamingResponse(
        poured(export.pieces), media_type=export.form.media, headers={"content-disposition": named}
    )


async def poured(pieces: Closing) -> AsyncIterator[bytes]:
    """The pieces one after the other; the work ends with the last one, or when nobody takes more."""
    try:
        while (piece := await run_in_threadpool(next, pieces, None)) is not None:
            yield piece
    finally:
        pieces.close()
