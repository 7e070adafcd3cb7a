"""Streaming: bytes leave while they are made; whoever goes away stops the work."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol
from urllib.parse import quote

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from agora.model.policy import MaskKind
from agora.model.result import ResultColumn
from agora.needs.outlet import Export, Piece

PART = 4 << 20
"""A socket takes so much at once: of more the rest would be copied over and over while it waits."""


ROOM = 3000
"""Whoever stands in between may take a head of four kilobytes and no more."""


class Closing(Protocol):
    """Pieces that are made when they are taken; closing them ends the work behind them."""

    def __next__(self) -> Piece:
        """The next piece."""
        ...

    def close(self) -> None:
        """The work behind it has ended."""
        ...


def streamed(export: Export) -> StreamingResponse:
    """An export as a response: its pieces are made only as fast as they are taken.

    `Agora-Masked` tells which columns are masked, and why.

    An error after the first piece breaks the connection, so that half a file never looks whole.
    """
    named = f"attachment; filename*=UTF-8''{quote(export.name, safe='')}"
    return Poured(
        export.pieces,
        media_type=export.form.media,
        headers={"content-disposition": named, "agora-masked": masked(export.columns)},
    )


def masked(columns: Sequence[ResultColumn]) -> str:
    """The masked columns and the rules that mask them as JSON, as far as a header has room for them."""
    told = {
        each.name: list(dict.fromkeys(reason.sentence for reason in each.reasons))
        for each in columns
        if each.mask is not MaskKind.CLEAR
    }
    shorter: dict[str, list[str]] = {name: [] for name in told}
    while len(text := json.dumps(told)) > ROOM:
        told = shorter
        shorter = dict(list(shorter.items())[: len(shorter) // 2])
    return text


class Poured(StreamingResponse):
    """Pieces as a response, whose end closes them, also where somebody left before the first."""

    def __init__(
        self, pieces: Closing, *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Nothing is taken yet."""
        super().__init__(poured(pieces), media_type=media_type, headers=headers)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._pieces.close)


async def poured(pieces: Closing) -> AsyncIterator[memoryview]:
    """The pieces in order and in parts, each made while the one before it leaves.

    The work ends with the last one, or when nobody takes more.
    """
    coming = _making(pieces)
    try:
        while (piece := await coming) is not None:
            coming = _making(pieces)
            for start in range(0, len(piece), PART):
                yield memoryview(piece)[start : start + PART]
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(pieces.close)


def _making(pieces: Closing) -> asyncio.Future[Piece | None]:
    """The next piece, in the making; nothing is said of a failure that nobody waits for any more."""
    coming = asyncio.ensure_future(run_in_threadpool(next, pieces, None))
    coming.add_done_callback(lambda made: made.cancelled() or made.exception())
    return coming
