"""Export: all rows of a result leave in the form of somebody's own tool, and that is recorded."""

from collections.abc import Mapping
from urllib.parse import quote

import anyio
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from agora.needs.outlet import Export, Pieces
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
    return _Flowing(made.pieces, made.form.media, headers)


class _Flowing(StreamingResponse):
    """Pieces as a response, whose end closes them, also where somebody left before the first."""

    def __init__(self, pieces: Pieces, media: str, headers: Mapping[str, str]) -> None:
        super().__init__(iterate_in_threadpool(pieces), media_type=media, headers=headers)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._pieces.close)


ROUTES = (post("/query/results/{result}/export", export),)
