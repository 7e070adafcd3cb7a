"""What every index must do: find exactly what one finds who looks at every product."""

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.backends.index import database, matches
from agora.backends.index.fts import FtsIndex
from agora.model.errors import Unavailable
from agora.model.names import ProductName
from agora.model.search import FIELDS, Listing, Question, Sight, Sort, fresh
from agora.model.words import terms
from agora.needs.index import Standing
from tests.trials.index.market import (
    NOW,
    askings,
    counts,
    day,
    fitting,
    markets,
    news,
)

ONE_BY_ONE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def indexes(tmp_path):
    """Makes indexes on one file, as several processes would."""
    made = []

    def make(name="index.db"):
        made.append(FtsIndex(tmp_path / "deep" / name))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def index(indexes):
    return indexes()


def put(index, listings, released, **fields):
    return index.keep(index.standing(), news(listings, released, **fields))


def listing(name, title="", *, listed=True, **fields):
    domain, _, product = name.partition(".")
    texts = tuple(title if field == "title" else "" for field in FIELDS)
    return Listing(
        name=ProductName(domain, product), listed=listed, texts=texts, kind="", state="", **fields
    )


def found(index, text, sight=Sight(), mesh="m1", **fields):
    return index.find(mesh, Question(terms=terms(text), **fields), sight, NOW)


def names(answer):
    return [each.name for each in answer.listed]


def agrees(answer, listings, released, question, sight):
    expected = fitting(listings, released, question, sight)
    assert answer.total == len(expected)
    plain = replace(question, where=())
    assert answer.unfiltered == len(fitting(listings, released, plain, sight))
    assert set(names(answer)) <= {str(each.name) for each in expected}
    assert len(names(answer)) == min(len(expected), question.limit)
    if question.sort is Sort.NAME:
        assert names(answer) == sorted(str(each.name) for each in expected)[: question.limit]
    for facet in answer.facets:
        true = counts(listings, released, question, sight, facet.name)
        assert {v.value: v.count for v in facet.values if v.count} == true
        chosen = dict(question.where).get(facet.name, ())
        assert {v.value for v in facet.values if v.chosen} == set(chosen)


@given(st.data())
@ONE_BY_ONE
def test_it_finds_and_counts_as_one_who_looks_at_every_product(indexes, data):
    index = indexes(f"{data.draw(st.uuids())}.db")
    listings, released = data.draw(markets())
    assert put(index, listings, released)
    for _ in range(3):
        question, sight = data.draw(askings(listings))
        answer = index.find("m1", question, sight, NOW)
        agrees(answer, listings, released, question, sight)
        assert index.find("m1", question, sight, NOW) == answer
        for name, other in answer.instead:
            assert name != other
    index.close()


@given(st.data())
@ONE_BY_ONE
def test_what_changed_bit_by_bit_is_what_is_written_at_once(indexes, data):
    index = indexes(f"{data.draw(st.uuids())}.db")
    for place in range(1, 4):
        listings, released = data.draw(markets())
        assert put(index, listings, released, mesh=f"m{place}", place=place, anew=place == 3)
        question, sight = data.draw(askings(listings))
        answer = index.find(f"m{place}", question, sight, NOW)
        if place != 2:
            agrees(answer, listings, released, question, sight)
    index.close()


HOUR = datetime(2018, 1, 2, 8, tzinfo=UTC)
DAY, AGE = timedelta(days=1), timedelta(minutes=2)
SOON = st.integers(0, 4).map(lambda minutes: HOUR + timedelta(minutes=minutes))
LATER = st.sampled_from([0, 1, 7, 30]).flatmap(lambda days: SOON.map(lambda at: at + days * DAY))


@given(
    st.lists(
        st.tuples(st.none() | SOON, st.none() | SOON, st.none() | SOON, st.none() | st.just(AGE)),
        min_size=4,
        max_size=8,
    ),
    st.lists(LATER, min_size=20, max_size=40),
    st.uuids(),
)
@settings(ONE_BY_ONE, max_examples=15)
def test_as_time_passes_products_are_judged_by_the_minute(indexes, offered, moments, name):
    index = indexes(f"{name}.db")
    listings = [
        listing(f"a.p-{number}", begins=begins, ends=ends, age=age)
        for number, (_, begins, ends, age) in enumerate(offered)
    ]
    released = {f"a.p-{number}": at for number, (at, *_) in enumerate(offered)}
    put(index, tuple(listings), released)
    for then in (*sorted(moments), *moments[:5]):
        answer = index.find("m1", Question(sort=Sort.NAME), Sight(), then + timedelta(seconds=9))
        for each, told in zip(listings, answer.listed, strict=True):
            at = released[str(each.name)]
            assert (told.quality, told.fresh) == (each.quality(at, then), fresh(at, then))
    index.close()


def test_a_facet_counts_what_is_found_when_it_is_chosen(index):
    put(index, (listing("a.x", tags=("t",)), listing("a.y"), listing("b.z", tags=("t",))), {})
    for facet in found(index, "").facets:
        for value in facet.values:
            chosen = found(index, "", where=((facet.name, (value.value,)),))
            assert chosen.total == value.count


def test_better_matches_more_use_and_kept_promises_come_first(index):
    summary = tuple("weekly" if field == "summary" else "" for field in FIELDS)
    listings = (
        listing("a.title", "weekly"),
        listing("a.used", "weekly"),
        listing("a.asleep", "weekly"),
        replace(listing("a.text"), texts=summary),
    )
    released = {f"a.{name}": NOW for name in ("title", "used", "text")}
    put(index, listings, released, uses={("a.used", day(3)): 40, ("a.asleep", day(3)): 0})
    assert names(found(index, "weekly")) == ["a.used", "a.title", "a.text", "a.asleep"]
    assert names(found(index, "")) == ["a.used", "a.text", "a.title", "a.asleep"]
    assert names(found(index, "weekly", offset=1, limit=2)) == ["a.title", "a.text"]


def test_the_newest_come_first_when_asked_so(index):
    put(index, (listing("a.x"), listing("a.y"), listing("a.z")), {"a.y": NOW})
    assert names(found(index, "", sort=Sort.NEWEST)) == ["a.y", "a.x", "a.z"]


def test_who_asks_again_finds_what_is_there_by_then(index, monkeypatch):
    monkeypatch.setattr(matches, "MOST", 2)
    offered = tuple(listing(f"a.p-{n}", "weekly") for n in range(3))
    put(index, offered, {}, mesh="m1")
    for text in ("week", "weekly", "week", "nothing", "week"):
        assert found(index, text).total == (0 if text == "nothing" else 3)
    put(index, (replace(offered[0], listed=False), *offered[1:]), {}, mesh="m2", place=2)
    assert names(found(index, "week", mesh="m2")) == ["a.p-1", "a.p-2"]
    seen = Sight(unlisted=frozenset({"a.p-0"}))
    for reader, total in ((seen, 3), (Sight(), 2), (seen, 3)):
        assert found(index, "week", reader, mesh="m2").total == total
    put(index, offered, {}, mesh="m1", place=3)
    assert found(index, "week").total == 3


def test_use_long_ago_does_not_count(index):
    put(index, (listing("a.x"), listing("a.y")), {}, uses={("a.y", day(80)): 9})
    assert names(found(index, "")) == ["a.y", "a.x"]
    put(index, None, {}, place=2, today=day(-20))
    assert names(found(index, "")) == ["a.x", "a.y"]


def test_use_adds_up(index):
    put(index, (listing("a.x"), listing("a.y")), {}, uses={("a.x", day(1)): 2, ("a.y", day(1)): 1})
    assert names(found(index, "")) == ["a.x", "a.y"]
    put(index, None, {}, place=2, uses={("a.y", day(1)): 2})
    assert names(found(index, "")) == ["a.y", "a.x"]


def test_own_unlisted_products_are_ranked_among_the_others(index):
    text = tuple("weekly" if field == "readme" else "" for field in FIELDS)
    mine = (listing("a.mine", "weekly", listed=False), listing("a.other", "weekly", listed=False))
    put(index, (replace(listing("a.listed"), texts=text), *mine), {})
    seen = Sight(unlisted=frozenset({"a.mine"}))
    assert names(found(index, "weekly", seen)) == ["a.mine", "a.listed"]
    assert names(found(index, "weekly")) == ["a.listed"]


def test_ranks_do_not_tell_what_is_unlisted(indexes):
    """Any number of unlisted products that bear the words changes nothing for anybody else."""
    seen = (
        listing("a.x", "weekly sales"),
        listing("a.y", "weekly"),
        listing("b.z", "sales by week"),
    )
    secret = tuple(listing(f"c.s-{n}", "sales", listed=False) for n in range(30))
    answers = []
    for name, listings in (("plain", seen), ("more", (*seen, *secret))):
        index = indexes(f"{name}.db")
        put(index, listings, {})
        answers.append(
            [found(index, text) for text in ("sales", "week", "sales week", "salas", "")]
        )
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wekly", (("wekly", "weekly"),)),
        ("weeklyy sales", (("weeklyy", "weekly"),)),
        ("eekly", (("eekly", "weekly"),)),
        ("temperatuer", (("temperatuer", "temperature"),)),
        ("temporary", ()),
        ("sa xx", ()),
        ("xyzzy", ()),
        ("secrt", ()),
        ("weekly temperature", ()),
    ],
)
def test_near_words_are_offered_when_they_find_something(index, typed, meant):
    put(
        index,
        (
            listing("a.x", "weekly sales"),
            listing("a.y", "temperature"),
            listing("b.s", "secret", listed=False),
        ),
        {},
    )
    answer = found(index, typed)
    assert (answer.total, answer.instead) == (0, meant)


def test_near_words_of_own_unlisted_products_are_offered(index):
    put(index, (listing("b.s", "secret drafting", listed=False), listing("a.x", "sales")), {})
    seen = Sight(unlisted=frozenset({"b.s"}))
    assert found(index, "secrt", seen).instead == (("secrt", "secret"),)
    assert found(index, "draughting", seen).instead == (("draughting", "drafting"),)


def test_several_processes_see_one_state(indexes):
    one, other = indexes(), indexes()
    before = one.standing()
    assert before == other.standing() == Standing()
    assert one.keep(before, news((listing("a.x"),), {}))
    assert names(found(other, "")) == ["a.x"]
    assert not other.keep(before, news((), {}))
    assert names(found(other, "")) == ["a.x"]
    assert found(other, "", mesh="another") is None
    assert put(other, (listing("a.y"),), {}, mesh="m2", place=2)
    assert names(found(one, "", mesh="m2")) == ["a.y"]
    assert put(one, (listing("a.x"), listing("a.y")), {}, mesh="m3", place=3)
    assert names(found(other, "", mesh="m3")) == ["a.x", "a.y"]


def test_threads_use_one_index(index):
    put(index, tuple(listing(f"a.p-{n}", "weekly") for n in range(9)), {})
    totals = []
    threads = [
        threading.Thread(target=lambda: totals.append(found(index, "weekly").total))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [9] * 8


@pytest.mark.parametrize("content", [b"this is no database at all " * 9, None])
def test_a_file_that_is_none_of_ours_is_made_anew(indexes, tmp_path, content):
    path = tmp_path / "deep" / "index.db"
    path.parent.mkdir()
    if content is None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
    else:
        path.write_bytes(content)
    index = indexes()
    assert put(index, (listing("a.x"),), {})
    assert found(index, "").total == 1


def test_an_index_in_use_says_so(index, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    put(index, (), {})
    other = sqlite3.connect(tmp_path / "deep" / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable) as told:
        put(FtsIndex(tmp_path / "deep" / "index.db"), (), {}, place=2)
    other.close()
    assert told.value.code_shown == "E670"


def test_an_index_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as told:
        FtsIndex(tmp_path / "file" / "index.db").standing()
    assert told.value.code_shown == "E671"
