"""What goes on beside the answers: in one process at a time, and on when that one falls."""

import os
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest

from agora.app.up.chores import CHORES, NAME, Chore, Keeper, fallen
from agora.app.up.site import LiveSite
from agora.model.errors import Unavailable
from agora.model.lease import Lease
from agora.passage.leasing import held, released

AT = datetime(2026, 1, 1, tzinfo=UTC)
TERM = timedelta(minutes=4)


@pytest.fixture
def site(market):
    made = LiveSite(market, {}, url="http://127.0.0.1:1")
    yield made
    made.closing.set()
    made.close()


@pytest.mark.parametrize(
    ("who", "after", "gone", "has"),
    [
        ("one", 0, (), True),
        ("one", 3, (), True),
        ("two", 1, (), False),
        ("two", 3, (), False),
        ("two", 5, (), True),
        ("two", 1, ("one",), True),
    ],
)
def test_a_lease_has_one_holder_until_its_term_ends_or_it_fell(house, who, after, gone, has):
    assert held(house, "x", holder="one", now=AT, term=TERM)
    now = AT + timedelta(minutes=after)
    assert held(house, "x", holder=who, now=now, term=TERM, gone=gone.__contains__) is has


def test_a_lease_is_written_only_when_half_of_its_term_is_over(house):
    for minute in (0, 1, 1.9, 2, 3.9, 4):
        assert held(house, "x", holder="one", now=AT + timedelta(minutes=minute), term=TERM)
    assert house.store.get(Lease, "x").revision == 3


def test_a_lease_given_back_is_free_at_once_and_only_its_holder_gives_it_back(house):
    held(house, "x", holder="one", now=AT, term=TERM)
    released(house, "x", holder="two", now=AT)
    assert not held(house, "x", holder="two", now=AT, term=TERM)
    released(house, "x", holder="one", now=AT)
    assert held(house, "x", holder="two", now=AT, term=TERM)


def test_of_two_who_reach_for_a_free_lease_one_gets_it(house):
    rivals = [threading.Thread(target=reach, args=(house, name)) for name in "abcdefgh"]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert house.store.get(Lease, "x").revision == 1


def reach(house, name):
    held(house, "x", holder=name, now=AT, term=TERM)


def test_one_keeper_does_the_chores_and_another_goes_on_after_it(site):
    done = []
    came = threading.Event()

    def chore(name):
        def do(*_):
            done.append(name)
            came.set()

        return [Chore(name="x", every=0, do=do)]

    first = Keeper(site, chore("first"), holder="elsewhere/1", look=0.01)
    second = Keeper(site, chore("second"), holder="elsewhere/2", look=0.01)
    first.start()
    assert came.wait(20)
    second.start()
    site.closing.wait(0.1)
    assert set(done) == {"first"}
    now = datetime.now(UTC)
    released(site.house(), NAME, holder="elsewhere/1", now=now)
    site.closing.set()
    first.join()
    second.join()
    assert held(site.house(), NAME, holder="elsewhere/3", now=site.now(), term=TERM)


def test_a_chore_that_fails_is_tried_again_and_the_others_are_done(site, caplog):
    tried, done = [], threading.Event()

    def fails(*_):
        tried.append(1)
        raise ValueError if len(tried) == 1 else Unavailable("not now", code="E502")

    def works(*_):
        if len(tried) > 1:
            done.set()

    keeper = Keeper(
        site,
        [Chore(name="bad", every=0, do=fails), Chore(name="good", every=0, do=works)],
        look=0.01,
    )
    keeper.start()
    assert done.wait(20)
    site.closing.set()
    keeper.join()
    assert "bad failed" in caplog.text


def test_every_chore_can_be_done_in_a_mesh_that_is_used(site):
    for chore in CHORES:
        chore.do(site.house(), site)


def test_a_lease_that_cannot_be_read_is_nobodys_and_ends_no_server(site, monkeypatch, caplog):
    store = site.house().store
    done = []

    def busy(*_):
        raise Unavailable("the store is busy", code="E502")

    monkeypatch.setattr(type(store), "get", busy, raising=False)
    keeper = Keeper(site, [Chore(name="x", every=0, do=lambda *_: done.append(1))], look=0.001)
    keeper.start()
    site.closing.wait(0.1)
    site.closing.set()
    keeper.join()
    assert not done
    assert "whose turn" in caplog.text


def test_a_process_of_this_machine_that_is_no_more_is_known_to_have_fallen():
    here = socket.gethostname()
    assert fallen(f"{here}/{2**22 + 1}")
    assert not fallen(f"{here}/{os.getpid()}")
    assert not fallen(f"{here}/1")
    assert not fallen("elsewhere/4194305")
    assert not fallen(f"{here}/x")


class Slow:
    """A folder that takes its time to say how it stands."""

    def __init__(self, folder):
        self.folder, self.asked, self.go_on = folder, threading.Event(), threading.Event()

    def stamp(self):
        self.asked.set()
        assert self.go_on.wait(20)
        return self.folder.stamp()


def test_who_wrote_something_sees_it_though_somebody_else_is_looking(site):
    slow = site._folder = Slow(site._folder)
    domain = site.root / "sales/domain.yaml"
    domain.write_text(domain.read_text().replace("title: Sales", "title: Shops"))
    site.reread()
    titles = []
    readers = [
        threading.Thread(target=lambda: titles.append(site.house().mesh.domain("sales").title))
        for _ in range(2)
    ]
    readers[0].start()
    assert slow.asked.wait(20)
    readers[1].start()
    readers[1].join(0.2)
    slow.go_on.set()
    for each in readers:
        each.join(20)
    assert titles == ["Shops", "Shops"]
