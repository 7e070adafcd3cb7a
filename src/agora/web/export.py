"""Export: all rows of a result leave in the form of somebody's own tool, and that is recorded."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import anyio
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import StreamingResponse

from agora.needs.outlet import Export, Piece, Pieces
from agora.usecases import results
from agora.web.answers import Answer
from agora.web.paths import post
from agora.web.visit import Visit


def export(visit: Visit) -> Answer:
    """The rows leave piece by piece; whoever goes away ends the work, and the ledger says so."""
    made = results.export(visit.house, visit.who, visit.path["result"], form=visit.text("form"))
    return leaving(made)


def leaving(made: Export) -> Answer:
    """The response that carries them, whose end closes them."""
    named = f"attachment; filename*=UTF-8''{quote(made.name, safe='')}"
    headers = {"content-disposition": named, "cache-control": "no-store"}
    return StreamingResponse(_flowing(made.pieces), media_type=made.form.media, headers=headers)


async def _flowing(pieces: Pieces) -> AsyncIterator[Piece]:
    try:
        async for piece in iterate_in_threadpool(pieces):
            yield piece
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(pieces.close)


ROUTES = (post("/query/results/{result}/export", export),)
