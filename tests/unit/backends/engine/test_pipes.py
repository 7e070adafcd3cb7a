"""Nobody waits on a worker's pipes beyond the moment, reading or writing."""

import os
import time

import pytest

from agora.backends.engine.duckdb.frames import Closed
from agora.backends.engine.duckdb.pipes import Pipes


@pytest.fixture
def ends():
    """Our pipes, the other side of both, and who was told that it is late."""
    read_out, write_out = os.pipe()
    read_back, write_back = os.pipe()
    late = []
    pipes = Pipes(
        os.fdopen(write_out, "wb", buffering=0),
        os.fdopen(read_back, "rb", buffering=0),
        lambda: late.append(1),
    )
    with open(read_out, "rb", buffering=0) as theirs, open(write_back, "wb", buffering=0) as given:
        yield pipes, theirs, given, late
    pipes.close()


def test_bytes_arrive_whole_even_when_they_come_in_pieces(ends):
    pipes, theirs, given, late = ends
    given.write(b"ab")
    given.write(b"cde")
    assert pipes.read(4) == b"abcd"
    assert pipes.write(b"answer") == 6
    pipes.flush()
    assert theirs.read(6) == b"answer"
    assert not late


def test_a_closed_end_says_so(ends):
    pipes, _, given, late = ends
    given.write(b"ab")
    given.close()
    with pytest.raises(Closed):
        pipes.read(3)
    assert not late


@pytest.mark.parametrize(
    "wait", [lambda p: p.read(1), lambda p: p.write(b"x" * (1 << 22))], ids=["read", "write"]
)
def test_a_silent_worker_is_late(ends, wait):
    pipes, _, _, late = ends
    pipes.until = time.monotonic() + 0.05
    with pytest.raises(Closed):
        wait(pipes)
    assert late
