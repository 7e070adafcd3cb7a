"""Forked workers: they start in moments, obey like any other, and end when they should."""

import subprocess
import sys
import time

import psutil
import pytest

from agora.backends.engine.duckdb.forked import POSSIBLE, Nursery
from agora.backends.engine.duckdb.process import WorkerProcess
from agora.model.errors import Exhausted, Unavailable
from agora.model.result import cancelled

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="this system has no handles for processes")
LONG = {"do": "facts", "sql": "select 1"}


@pytest.fixture
def nursery():
    made = Nursery()
    WorkerProcess(made.start).close()
    yield made
    made.close()


def test_one_question_needs_no_nursery():
    made = Nursery()
    worker = WorkerProcess(made.start)
    assert psutil.Process(worker._process.pid).ppid() == psutil.Process().pid
    worker.close()
    made.close()


def test_from_the_second_on_workers_come_from_one_program_that_is_loaded(nursery):
    first, second = WorkerProcess(nursery.start), WorkerProcess(nursery.start)
    parents = {psutil.Process(each._process.pid).ppid() for each in (first, second)}
    assert parents == {nursery._program.pid}
    assert first.ask(LONG, 30)["ok"]
    assert (first.alive, second.alive) == (True, True)
    first.close()
    first.kill(cancelled())
    assert (first.alive, second.alive) == (False, True)
    assert second.ask(LONG, 30)["ok"]
    second.close()


def test_a_forked_worker_that_dies_is_noticed_and_leaves_nothing_over(nursery):
    worker = WorkerProcess(nursery.start)
    assert worker.ask(LONG, 30)["ok"]
    psutil.Process(worker._process.pid).kill()
    with pytest.raises(Exhausted):
        worker.ask(LONG, 30)
    assert not worker.alive
    program = psutil.Process(nursery._program.pid)
    until = time.monotonic() + 20
    while program.children():
        assert time.monotonic() < until, "somebody was left over"
        time.sleep(0.01)
    spent = program.cpu_times()
    assert spent.children_user + spent.children_system > 0


def test_a_nursery_that_was_killed_is_replaced(nursery):
    WorkerProcess(nursery.start).close()
    before = nursery._program.pid
    psutil.Process(before).kill()
    worker = WorkerProcess(nursery.start)
    assert worker.ask(LONG, 30)["ok"]
    assert nursery._program.pid != before
    worker.close()


def test_a_machine_that_can_start_nothing_says_so(nursery, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(Unavailable) as told:
        WorkerProcess(nursery.start)
    assert told.value.code_shown == "E510"


def test_a_forked_worker_ends_with_whoever_asked_for_it_even_while_it_works():
    script = (
        "import os, time\n"
        "from agora.backends.engine.duckdb.forked import Nursery\n"
        "from agora.backends.engine.duckdb.process import WorkerProcess\n"
        "nursery = Nursery()\n"
        "workers = [WorkerProcess(nursery.start) for _ in range(2)]\n"
        "bind = {'do': 'bind', 'statements': [], 'paths': [], 'folders': [], 'tables': [], 'scans': True,\n"
        "        'settings': {'memory': 268435456, 'threads': 1, 'scratch': ''}}\n"
        "workers[1].ask(bind, 30)\n"
        "print(workers[1]._process.pid, nursery._program.pid, flush=True)\n"
        "workers[1].send({'do': 'rows', 'sql': 'select count(*) from range(1000000) a, range(10000000) b'})\n"
        "os.kill(os.getpid(), 9)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    pids = [int(pid) for pid in found.stdout.split()]
    until = time.monotonic() + 20
    while any(map(psutil.pid_exists, pids)):
        assert time.monotonic() < until, "somebody was left over"
        time.sleep(0.1)
