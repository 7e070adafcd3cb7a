"""Statements have turns: so many at once, in fair order, and nobody waits for ever."""

import threading
import time
from dataclasses import replace

import psutil
import pytest

from agora.backends.engine.duckdb.readers import DuckReaders
from agora.backends.engine.duckdb.turns import Turns
from agora.model.errors import AgoraError, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import Session


def turns(most=2, each=2, waiting=9, patience=20.0):
    return Turns(most=most, each=each, waiting=waiting, patience=patience)


def waiting(made, *readers):
    """These readers wait, one after the other; their names in the order in which they had a turn."""
    had, threads = [], []

    def wait(reader):
        give = made.take(reader)
        had.append(reader)
        give()

    for number, reader in enumerate(readers, 1):
        threads.append(threading.Thread(target=wait, args=(reader,)))
        threads[-1].start()
        while len(made._queue) < number:
            pass
    return had, threads


def test_the_next_place_goes_to_who_has_the_fewest_then_to_who_came_first():
    made = turns(most=2)
    first, _second = made.take("ana"), made.take("ana")
    had, threads = waiting(made, "ana", "ben", "carl")
    first()
    for thread in threads:
        thread.join(20)
    assert had[:2] == ["ben", "carl"], had


def test_one_reader_leaves_places_for_others():
    made = turns(most=4, each=1, patience=0.01)
    made.take("ana")
    with pytest.raises(Unavailable) as told:
        made.take("ana")
    assert told.value.code_shown == "E726"
    assert told.value.status == 503
    made.take("ben")
    assert made.running == 2


def test_beyond_the_queue_nobody_waits_at_all():
    made = turns(most=1, waiting=1)
    give = made.take("ana")
    _, threads = waiting(made, "ben")
    with pytest.raises(Unavailable, match="too many"):
        made.take("carl")
    give()
    threads[0].join(20)


def test_a_place_is_given_back_once():
    made = turns(most=1, patience=0.01)
    give = made.take("ana")
    give()
    give()
    made.take("ben")
    with pytest.raises(Unavailable):
        made.take("carl")


@pytest.fixture
def readers():
    made = DuckReaders(turns=turns(most=1, each=1, patience=0.01))
    yield made
    made.close()


SESSION = Session(reader="ana", purpose="", fingerprint="f")
BOUNDS = Bounds(memory=256 << 20, seconds=20, rows=1_000)


def test_however_a_statement_ends_its_place_is_free(readers):
    answer = readers.answer(SESSION, [], "select 1 as n", BOUNDS)
    with pytest.raises(Unavailable, match="too many"):
        readers.answer(SESSION, [], "select 1 as n", BOUNDS)
    answer.close()
    with pytest.raises(Exception, match="do not fit"):
        readers.answer(SESSION, [], "select nonsense", BOUNDS)
    forgotten = readers.answer(SESSION, [], "select 1 as n", BOUNDS)
    assert readers.running == 1
    del forgotten
    assert readers.running == 0
    list(readers.answer(SESSION, [], "select 1 as n", BOUNDS))


def test_who_ends_with_an_answer_after_everybody_has_left_leaves_no_worker(readers):
    answer = readers.answer(SESSION, [], "select 1 as n", BOUNDS)
    assert sum(batch.num_rows for batch in answer) == 1
    readers.close()
    answer.close()
    assert not answer._process.alive


def test_a_worker_that_died_while_it_was_idle_is_replaced_and_leaves_nothing_over(readers):
    answer = readers.answer(SESSION, [], "select 1 as n", BOUNDS)
    assert sum(batch.num_rows for batch in answer) == 1
    answer.close()
    psutil.Process(answer._process._process.pid).kill()
    while answer._process.alive:
        time.sleep(0.01)
    assert list(readers.answer(SESSION, [], "select 1 as n", BOUNDS))
    assert answer._process._pipes._back.closed


def test_a_statement_whose_worker_cannot_be_bound_leaves_its_place(readers, monkeypatch):
    def fails(*_):
        raise Unavailable("no worker process can be started", code="E510")

    monkeypatch.setattr(readers, "_bound", fails)
    with pytest.raises(Unavailable):
        readers.answer(SESSION, [], "select 1", BOUNDS)
    assert readers.running == 0


def test_closing_ends_what_runs(readers):
    bounds = replace(BOUNDS, rows=1 << 40)
    answer = readers.answer(SESSION, [], "select * from range(100000000)", bounds)
    readers.close()
    with pytest.raises(AgoraError) as told:
        list(answer)
    assert told.value.code_shown == "E687"
    answer.close()
    assert readers.running == 0


def test_a_place_given_back_while_somebody_holds_the_lock_is_free_soon():
    made = turns(most=1)
    give = made.take("ana")
    with made._lock:  # as when the collector of garbage comes in the middle of a turn
        give()
    assert made.running == 0
    made.take("ben")()
