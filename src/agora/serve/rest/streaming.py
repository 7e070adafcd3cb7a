"""Streaming: bytes leave while they are made; whoever goes away stops the work."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from agora.passage.leaving import Export, Pieces


def streamed(export: Export) -> StreamingResponse:
    """An export as a response: its pieces are made only as fast as they are taken.

    An error after the first piece breaks the connection, so that half a file never looks whole.
    """
    named = f"attachment; filename*=UTF-8''{quote(export.name, safe='')}"
    return StreamingResponse(
        _pieces(export.pieces), media_type=export.form.media, headers={"content-disposition": named}
    )


async def _pieces(pieces: Pieces) -> AsyncIterator[bytes]:
    try:
        while (piece := await run_in_threadpool(next, pieces, None)) is not None:
            yield piece
    finally:
        pieces.close()
