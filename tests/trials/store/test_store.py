"""What every store must do, whatever it is made of."""

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.backends.store.sql import SqlStore
from agora.governance.proof import verify
from agora.model.errors import Conflict, Unavailable
from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.model.release import Current
from agora.needs.store import Put

NAME = ProductName("sales", "visits")
ENTRY = Entry(
    event=Event.CHECKED,
    at=datetime(2018, 1, 1, tzinfo=UTC),
    who="ana",
    facts=(("n", 1), ("t", ("a", "b"))),
)


def current(number):
    return Current(product=NAME, number=number)


@pytest.fixture
def store(tmp_path):
    made = SqlStore(f"sqlite:{tmp_path}/deep/agora.db")
    yield made
    made.close()


def test_what_was_kept_is_found_again(store):
    store.commit([Put(key="a", noun=current(1))], [])
    kept = store.get(Current, "a")
    assert kept.noun == current(1)
    assert kept.revision == 1
    assert store.get(Current, "b") is None


def test_every_revision_stays(store):
    store.commit([Put(key="a", noun=current(1))], [])
    store.commit([Put(key="a", noun=current(2), revision=1)], [])
    assert [kept.noun.number for kept in store.history(Current, "a")] == [1, 2]
    assert store.get(Current, "a").revision == 2


def test_a_stale_revision_conflicts_and_changes_nothing(store):
    store.commit([Put(key="a", noun=current(1))], [])
    store.commit([Put(key="a", noun=current(2), revision=1)], [])
    for revision in (0, 1, 3):
        with pytest.raises(Conflict):
            store.commit(
                [Put(key="b", noun=current(9)), Put(key="a", noun=current(3), revision=revision)],
                [ENTRY],
            )
    assert store.get(Current, "a").noun.number == 2
    assert store.get(Current, "b") is None
    assert list(store.records()) == []


def test_keys_are_found_by_prefix_in_order(store):
    store.commit([Put(key=key, noun=current(1)) for key in ("x/2", "x/1", "y/1", "x%")], [])
    assert [kept.key for kept in store.find(Current, "x/")] == ["x/1", "x/2"]
    assert [kept.key for kept in store.find(Current)] == ["x%", "x/1", "x/2", "y/1"]
    assert [kept.key for kept in store.find(Current, "x%")] == ["x%"]


def test_more_than_a_page_is_found(store):
    store.commit([Put(key=f"k{n:05}", noun=current(n)) for n in range(2_345)], [ENTRY] * 2_345)
    assert len(list(store.find(Current, "k"))) == 2_345
    assert len(list(store.records())) == 2_345
    assert [record.place for record in store.records(after=2_000, limit=3)] == [2_001, 2_002, 2_003]


def test_records_come_back_whole_and_in_order(store):
    assert store.commit([], [ENTRY, ENTRY]) == (1, 2)
    assert store.commit([], [replace(ENTRY, who="tom")]) == (3,)
    assert [(r.place, r.entry) for r in store.records()] == [
        (1, ENTRY),
        (2, ENTRY),
        (3, replace(ENTRY, who="tom")),
    ]


def test_threads_lose_nothing_and_double_nothing(store):
    def write(who):
        for _ in range(25):
            store.commit([], [replace(ENTRY, who=who)])

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = list(store.records())
    assert [record.place for record in records] == list(range(1, 201))
    assert {f"w{n}" for n in range(8)} == {record.entry.who for record in records}


def test_of_threads_that_change_one_key_each_revision_has_one_winner(store):
    store.commit([Put(key="a", noun=current(0))], [])
    won = []

    def write(number):
        try:
            store.commit([Put(key="a", noun=current(number), revision=1)], [])
            won.append(number)
        except Conflict:
            pass

    threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.get(Current, "a").noun.number == won[0]


def test_sealing_covers_everything_once(store):
    assert store.seal() is None
    store.commit([], [ENTRY] * 3)
    first = store.seal()
    store.commit([], [ENTRY] * 2)
    second = store.seal()
    assert (first.first, first.last, second.first, second.last) == (1, 3, 4, 5)
    assert second.previous == first.hash
    assert verify(store.records(), store.batches()).holds


TAMPERINGS = {
    "changed": "update ledger set body = replace(body, 'ana', 'eve') where place = 4",
    "changed with its hash": "update ledger set body = 'x', hash = 'y' where place = 4",
    "removed": "delete from ledger where place = 4",
    "last removed": "delete from ledger where place = 6",
    "reordered": "update ledger set place = 100 - place",
    "batch changed": "update batches set root = 'ff' where number = 1",
    "batch removed": "delete from batches where number = 1",
    "batch relabelled": "update batches set last = 2 where number = 1",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS)
def test_every_tampering_is_found(store, tmp_path, statement):
    for _ in range(2):
        store.commit([], [ENTRY] * 3)
        store.seal()
    with sqlite3.connect(tmp_path / "deep" / "agora.db") as raw:
        raw.execute(statement)
    verdict = verify(store.records(), store.batches())
    assert not verdict.holds
    assert verdict.problems


def test_two_processes_see_one_another(tmp_path):
    one, other = (SqlStore(f"sqlite:{tmp_path}/agora.db") for _ in range(2))
    one.commit([Put(key="a", noun=current(1))], [])
    with pytest.raises(Conflict):
        other.commit([Put(key="a", noun=current(2))], [])
    other.commit([Put(key="a", noun=current(2), revision=1)], [])
    assert one.get(Current, "a").noun.number == 2
    one.close()
    other.close()


def test_a_broken_file_is_told_calmly(tmp_path):
    path = tmp_path / "agora.db"
    path.write_bytes(b"this is no database" * 100)
    store = SqlStore(f"sqlite:{path}")
    with pytest.raises(Unavailable):
        store.get(Current, "a")
    store.close()


def test_an_unreachable_folder_is_told_calmly():
    store = SqlStore(f"sqlite:{Path('/proc/nowhere/agora.db')}")
    with pytest.raises(Unavailable):
        store.get(Current, "a")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=6))
def test_any_sequence_of_commits_and_seals_verifies(tmp_path_factory, counts):
    store = SqlStore(f"sqlite:{tmp_path_factory.mktemp('s')}/agora.db")
    for batch in counts:
        for count in batch:
            store.commit([], [ENTRY] * count)
        store.seal()
    verdict = verify(store.records(), store.batches())
    assert verdict.holds
    assert verdict.records == sum(sum(batch) for batch in counts)
    store.close()
