"""Rows kept for paging: counted, bounded, stoppable from any process, and gone when they should be."""

import itertools
import os
import stat
import threading
import time
from datetime import timedelta

import pyarrow as pa
import pytest

from agora.backends.results.disk import DiskResults
from agora.backends.results.parts import ROWS
from agora.model.errors import Exhausted, Missing, Unavailable

BATCH = 10_000


class Numbers:
    """An answer of ascending numbers; without an end it goes on for ever."""

    schema = pa.schema([("n", pa.int64()), ("word", pa.string())])

    def __init__(self, rows=None, noisy=False):
        self._rows, self._noisy = rows, noisy

    def __iter__(self):
        for start in itertools.count(0, BATCH):
            last = start + BATCH if self._rows is None else min(start + BATCH, self._rows)
            if last <= start:
                return
            words = [os.urandom(16).hex() if self._noisy else "w"] * (last - start)
            if self._noisy:
                words = [os.urandom(16).hex() for _ in words]
            yield pa.record_batch([pa.array(range(start, last)), words], schema=self.schema)

    def close(self):
        """Nothing is held."""


def results_of(folder, **bounds):
    return DiskResults(folder / "results", **({"each": 1 << 30, "together": 2 << 30} | bounds))


@pytest.fixture
def kept(tmp_path):
    made = results_of(tmp_path)
    yield made
    made.close()


def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def over(results, name):
    until(lambda: not results.running(name))


def hold(results, name, answer, group="ana"):
    """The answer is kept; what became of it stands in the list that is given back."""
    told = []

    def work(job):
        try:
            told.append(job.keep(answer, lambda schema: told.append(schema.names)))
        except Exception as problem:
            told.append(problem)

    results.start(name, group, work)
    return told


@pytest.mark.parametrize("rows", [0, 1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 17])
def test_every_row_has_its_place(kept, rows):
    told = hold(kept, "res-1", Numbers(rows))
    over(kept, "res-1")
    assert told == [["n", "word"], rows]
    assert kept.rows("res-1") == rows
    for offset in sorted({0, 5, ROWS - 3, ROWS, 2 * ROWS + 10}):
        found = kept.page("res-1", offset, 10).column("n").to_pylist()
        assert found == list(range(offset, min(offset + 10, rows)))
    assert sum(batch.num_rows for batch in kept.answer("res-1")) == rows
    assert kept.answer("res-1").schema.names == ["n", "word"]


def test_a_page_over_a_border_is_whole(kept):
    hold(kept, "res-1", Numbers(3 * ROWS))
    over(kept, "res-1")
    found = kept.page("res-1", ROWS - 8_192 - 2, ROWS + 8_192 + 4).column("n").to_pylist()
    assert found == list(range(ROWS - 8_194, 2 * ROWS + 2))


def test_rows_are_read_while_more_are_coming_and_work_ends_when_asked(kept):
    told = hold(kept, "res-1", Numbers())
    until(lambda: (kept.rows("res-1") or 0) >= 2 * ROWS)
    assert kept.running("res-1")
    assert kept.page("res-1", ROWS, 2).column("n").to_pylist() == [ROWS, ROWS + 1]
    kept.stop("res-1")
    over(kept, "res-1")
    assert told[1] >= 2 * ROWS


def test_another_process_sees_the_rows_and_can_stop_the_work(kept, tmp_path):
    hold(kept, "res-1", Numbers())
    other = results_of(tmp_path)
    until(lambda: (other.rows("res-1") or 0) >= ROWS)
    assert other.running("res-1")
    assert list(other.kept()) == ["res-1"]
    other.stop("res-1")
    over(other, "res-1")


def test_work_that_was_stopped_before_it_began_hears_it_at_once(kept):
    gate, heard = threading.Event(), []

    def work(job):
        gate.wait()
        job.ends_with(lambda why: heard.append(why.code_shown))
        assert job.stopped

    kept.start("res-1", "ana", work)
    kept.stop("res-1")
    gate.set()
    over(kept, "res-1")
    assert heard == ["E805"]


def test_work_hears_whether_its_reader_or_its_server_ends_it(tmp_path):
    kept, heard = results_of(tmp_path), {}

    def work(name):
        def working(job):
            while not job.stopped:
                time.sleep(0.01)
            heard[name] = job.stopped.code_shown

        return working

    for name in ("res-1", "res-2"):
        kept.start(name, "ana", work(name))
    kept.stop("res-1")
    over(kept, "res-1")
    kept.close()
    assert heard == {"res-1": "E805", "res-2": "E687"}


def test_a_result_that_takes_too_much_is_refused(tmp_path):
    kept = results_of(tmp_path, each=3 << 20)
    told = hold(kept, "res-1", Numbers(noisy=True))
    over(kept, "res-1")
    assert isinstance(told[1], Exhausted)
    assert told[1].code_shown == "E685"
    kept.drop("res-1")
    assert list((tmp_path / "results").iterdir()) == []


def test_results_together_have_an_end_too(tmp_path):
    kept = results_of(tmp_path, together=4 << 20)
    hold(kept, "res-1", Numbers(ROWS, noisy=True))
    over(kept, "res-1")
    told = hold(kept, "res-2", Numbers(noisy=True))
    over(kept, "res-2")
    assert told[1].code_shown == "E686"
    assert kept.rows("res-1") == ROWS


def test_one_reader_has_only_so_many_at_once_and_so_have_all(tmp_path):
    kept, gate = results_of(tmp_path, of_one=2, at_once=3), threading.Event()
    for name, group in (("a", "ana"), ("b", "ana"), ("c", "carl")):
        kept.start(name, group, lambda _job: gate.wait())
    for group in ("ana", "mia"):
        with pytest.raises(Exhausted) as told:
            kept.start("d", group, lambda _job: None)
        assert told.value.code_shown == "E681"
    gate.set()
    over(kept, "a")
    kept.close()
    hold(kept, "d", Numbers(1))
    over(kept, "d")
    assert kept.rows("d") == 1


def test_what_is_dropped_is_gone(kept):
    hold(kept, "res-1", Numbers(10))
    over(kept, "res-1")
    kept.drop("res-1")
    kept.drop("res-1")
    assert kept.rows("res-1") is None
    with pytest.raises(Missing) as told:
        kept.page("res-1", 0, 10)
    assert told.value.code_shown == "E683"
    with pytest.raises(Missing):
        kept.answer("res-1")


def test_rows_that_go_while_they_are_read_are_missed(kept):
    hold(kept, "res-1", Numbers(2 * ROWS))
    over(kept, "res-1")
    reading = iter(kept.answer("res-1"))
    next(reading)
    kept.drop("res-1")
    with pytest.raises(Missing):
        list(reading)


def test_a_sweep_removes_what_is_old_and_what_a_killed_process_left(kept, tmp_path):
    for name in ("old", "new"):
        hold(kept, name, Numbers(10))
        over(kept, name)
    hold(kept, "busy", Numbers())
    until(lambda: kept.rows("busy"))
    folder = tmp_path / "results"
    long_ago = time.time() - 3600
    (folder / "killed").mkdir()
    (folder / "killed" / ".lock").touch()
    (folder / "somebody-elses").mkdir()
    for path in (folder / "old" / ".done", folder / "killed", folder / "somebody-elses"):
        os.utime(path, (long_ago, long_ago))
    assert kept.sweep(timedelta(minutes=30)) == ("killed", "old")
    assert sorted(kept.kept()) == ["busy", "new"]
    assert (folder / "somebody-elses").exists()
    assert kept.sweep(timedelta(0)) == ("new",)


def test_nobody_else_enters_the_folder(kept, tmp_path):
    hold(kept, "res-1", Numbers(1))
    over(kept, "res-1")
    for path in (tmp_path / "results", tmp_path / "results" / "res-1"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_disk_that_takes_nothing_is_told(tmp_path):
    (tmp_path / "results").write_text("a file stands here")
    with pytest.raises(Unavailable) as told:
        hold(results_of(tmp_path), "res-1", Numbers(1))
    assert told.value.code_shown == "E689"


def test_a_folder_that_goes_while_rows_come_is_told(kept, tmp_path):
    told = hold(kept, "res-1", Numbers())
    until(lambda: kept.rows("res-1"))
    kept.drop("res-1")
    until(lambda: len(told) == 2)
    assert told[1].code_shown == "E689"


def test_closing_waits_for_the_work(tmp_path):
    kept = results_of(tmp_path)
    told = hold(kept, "res-1", Numbers())
    until(lambda: kept.rows("res-1"))
    kept.close()
    assert len(told) == 2
    assert not kept.running("res-1")
