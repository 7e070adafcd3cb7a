"""Pieces leave in order, one is made ahead, and whoever goes away leaves nothing at work."""

import asyncio
import gc
import threading
import time

import pytest

from agora.needs.outlet import Export, Form
from agora.serve.rest.streaming import PART, poured, streamed
from agora.web.export import leaving


class Made:
    """Pieces that say how many were made, and whether their work has ended."""

    def __init__(self, *pieces):
        self._pieces = iter(pieces)
        self.made, self.closed = 0, threading.Event()

    def __next__(self):
        piece = next(self._pieces)
        self.made += 1
        if callable(piece):
            return piece()
        return piece

    def close(self):
        self.closed.set()


def broken():
    raise OSError("the disk is gone")


def slow():
    time.sleep(0.2)
    return b"late"


async def until(true):
    while not true():  # noqa: ASYNC110 (it comes true in a thread)
        await asyncio.sleep(0.005)


def heard(coroutine):
    """What came of it, in time, and what the loop was told that nobody had waited for."""
    complaints = []

    async def run():
        asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
        found = await asyncio.wait_for(coroutine, 20)
        gc.collect()
        await asyncio.sleep(0)
        return found

    return asyncio.run(run()), complaints


def test_pieces_come_in_order_and_the_work_ends():
    pieces = Made(b"a", memoryview(b"b"), b"c")

    async def taken():
        return [bytes(each) async for each in poured(pieces)]

    assert heard(taken()) == ([b"a", b"b", b"c"], [])
    assert pieces.closed.is_set()


def test_a_long_piece_leaves_in_parts():
    long = bytes(range(256)) * (PART // 100)
    pieces = Made(b"a", long, b"", b"c")

    async def taken():
        return [bytes(each) async for each in poured(pieces)]

    found, complaints = heard(taken())
    assert b"".join(found) == b"a" + long + b"c"
    assert (max(map(len, found)), complaints) == (PART, [])


def test_one_piece_is_made_while_another_leaves_and_no_more():
    pieces = Made(b"a", b"b", b"c", b"d")

    async def taken():
        flowing = poured(pieces)
        await anext(flowing)
        await until(lambda: pieces.made == 2)
        await asyncio.sleep(0.05)
        assert pieces.made == 2
        await flowing.aclose()

    assert heard(taken()) == (None, [])
    assert pieces.closed.is_set()


def test_a_failure_comes_after_what_was_made_before_it():
    pieces, found = Made(b"a", broken, b"c"), []

    async def all_of_it():
        async for piece in poured(pieces):
            found.append(piece)

    async def taken():
        with pytest.raises(OSError, match="disk"):
            await all_of_it()

    assert heard(taken()) == (None, [])
    assert (found, pieces.made, pieces.closed.is_set()) == ([b"a"], 2, True)


@pytest.mark.parametrize("coming", [broken, slow])
def test_who_goes_away_leaves_nothing_at_work_and_nothing_to_complain_of(coming):
    pieces = Made(b"a", coming, b"c")

    async def taken():
        flowing = poured(pieces)
        await anext(flowing)
        await until(lambda: pieces.made == 2)
        await flowing.aclose()

    assert heard(taken()) == (None, [])
    assert (pieces.made, pieces.closed.is_set()) == (2, True)


def test_who_is_cut_off_while_waiting_ends_the_work():
    pieces = Made(b"a", slow, b"c")

    async def taken():
        async def all_of_it():
            async for _ in poured(pieces):
                await asyncio.sleep(0)

        reading = asyncio.ensure_future(all_of_it())
        await until(lambda: pieces.made == 2)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await until(pieces.closed.is_set)

    assert heard(taken()) == (None, [])
    assert pieces.made == 2


@pytest.mark.parametrize("face", ["api", "pages"])
def test_who_left_before_the_first_piece_ends_the_work_all_the_same(face):
    pieces, sent = Made(b"a"), []
    export = Export(
        form=Form(kind="x", title="X", media="x/y", suffix=".x"), name="x", pieces=pieces
    )
    response = streamed(export) if face == "api" else leaving(export)

    async def gone():
        return {"type": "http.disconnect"}

    async def send(message):
        await asyncio.sleep(0)
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}}
    assert heard(response(scope, gone, send)) == (None, [])
    assert pieces.closed.is_set()
    assert not any(message.get("body") for message in sent)
