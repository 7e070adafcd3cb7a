"""What every store must do, whatever it is made of: each trial runs on SQLite and on PostgreSQL."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.backends.store.sql import SqlStore
from agora.governance.proof import verify
from agora.model.errors import Conflict
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


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path}/deep/agora.db"
    return request.getfixturevalue("postgres")


@pytest.fixture
def stores(url):
    """Makes stores on the same database, as several processes would."""
    made = []

    def make():
        made.append(SqlStore(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def store(stores):
    return stores()


def behind(url, statement):
    """Somebody changes the database without asking the store."""
    engine = sa.create_engine(url.replace("sqlite:", "sqlite:///"))
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def at_once(*deeds):
    """Every deed runs in a thread of its own, all of them at the same moment; what they raised."""
    ready, raised = threading.Barrier(len(deeds)), []

    def act(deed):
        ready.wait()
        try:
            deed()
        except Exception as problem:
            raised.append(problem)

    threads = [threading.Thread(target=act, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


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
        with pytest.raises(Conflict) as told:
            store.commit(
                [Put(key="b", noun=current(9)), Put(key="a", noun=current(3), revision=revision)],
                [ENTRY],
            )
        assert told.value.code_shown == "E409"
    assert store.get(Current, "a").noun.number == 2
    assert store.get(Current, "b") is None
    assert list(store.records()) == []


def test_what_is_forgotten_leaves_nothing_but_what_changed_since_stays(store, stores, url):
    store.commit([Put(key="a", noun=current(1)), Put(key="b", noun=current(1))], [ENTRY])
    store.commit([Put(key="a", noun=current(2), revision=1)], [])
    old, new = store.get(Current, "a"), store.get(Current, "b")
    stores().commit([Put(key="b", noun=current(2), revision=1)], [])
    assert store.forget([old, new]) == 1
    assert (store.get(Current, "a"), list(store.history(Current, "a"))) == (None, [])
    assert [kept.noun.number for kept in store.history(Current, "b")] == [1, 2]
    assert store.forget([old]) == 0
    store.commit([Put(key="a", noun=current(3))], [])
    assert store.get(Current, "a").revision == 1
    assert len(list(store.records())) == 1


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
def test_every_tampering_is_found(store, url, statement):
    for _ in range(2):
        store.commit([], [ENTRY] * 3)
        store.seal()
    behind(url, statement)
    verdict = verify(store.records(), store.batches())
    assert not verdict.holds
    assert verdict.problems


def test_two_processes_see_one_another(stores):
    one, other = stores(), stores()
    one.commit([Put(key="a", noun=current(1))], [])
    with pytest.raises(Conflict):
        other.commit([Put(key="a", noun=current(2))], [])
    other.commit([Put(key="a", noun=current(2), revision=1)], [])
    assert one.get(Current, "a").noun.number == 2


def test_processes_that_open_an_empty_database_at_once(stores):
    made = [stores() for _ in range(6)]
    raised = at_once(*(lambda s=each: s.commit([], [ENTRY]) for each in made))
    assert raised == []
    assert [record.place for record in made[0].records()] == list(range(1, 7))


def test_of_processes_that_change_one_key_each_revision_has_one_winner(stores):
    made = [stores() for _ in range(4)]
    made[0].commit([Put(key="a", noun=current(0))], [])

    put = Put(key="a", noun=current(0))

    def bump(store):
        for _ in range(10):
            while True:
                kept = store.get(Current, "a")
                try:
                    store.commit(
                        [replace(put, noun=current(kept.noun.number + 1), revision=kept.revision)],
                        [ENTRY],
                    )
                except Conflict:
                    continue
                break

    assert at_once(*(lambda s=each: bump(s) for each in made)) == []
    assert made[1].get(Current, "a").noun.number == 40
    assert [record.place for record in made[2].records()] == list(range(1, 41))


def test_a_conflict_in_a_group_undoes_only_its_own_wish(store):
    store.commit([Put(key="a", noun=current(1))], [])
    stale = Put(key="a", noun=current(9))
    raised = at_once(
        *(lambda n=n: store.commit([Put(key=f"k{n}", noun=current(n))], [ENTRY]) for n in range(8)),
        *(lambda: store.commit([stale], [ENTRY]) for _ in range(4)),
    )
    assert [type(each) for each in raised] == [Conflict] * 4
    assert len(list(store.find(Current, "k"))) == 8
    assert [record.place for record in store.records()] == list(range(1, 9))


def test_processes_that_seal_while_others_write_leave_one_chain(stores):
    made = [stores() for _ in range(4)]

    def write(store):
        for _ in range(15):
            store.commit([], [ENTRY])

    def seal(store):
        for _ in range(15):
            store.seal()

    deeds = [lambda s=each: write(s) for each in made[:2]]
    assert at_once(*deeds, *(lambda s=each: seal(s) for each in made[2:])) == []
    made[0].seal()
    verdict = verify(made[1].records(), made[1].batches())
    assert (verdict.holds, verdict.records) == (True, 30)


def test_texts_come_back_as_they_were(store):
    odd = "nul \x00, quote ', percent %s :name, ümlaut, \N{PILE OF POO}, \u2028"
    store.commit([Put(key="k'%s:x", noun=current(1))], [replace(ENTRY, who=odd)])
    assert next(iter(store.records())).entry.who == odd
    assert store.get(Current, "k'%s:x").noun == current(1)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def fresh(request, tmp_path_factory):
    """Gives the address of another empty database with every call."""
    if request.param == "sqlite":
        return lambda: f"sqlite:{tmp_path_factory.mktemp('s')}/agora.db"
    return request.getfixturevalue("postgres_session").database


@settings(max_examples=20, deadline=None)
@given(counts=st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=6))
def test_any_sequence_of_commits_and_seals_verifies(fresh, counts):
    store = SqlStore(fresh())
    for batch in counts:
        for count in batch:
            store.commit([], [ENTRY] * count)
        store.seal()
    verdict = verify(store.records(), store.batches())
    assert verdict.holds
    assert verdict.records == sum(sum(batch) for batch in counts)
    store.close()
