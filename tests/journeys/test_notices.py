"""Who is told what of what happens: once each, however many read on at once, and only what they may know."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agora.app.house import close_house, open_house
from agora.model.access import Agreement
from agora.model.errors import AgoraError, Missing
from agora.model.names import ProductName
from agora.model.notice import Heard, Inbox, Matter, Notice
from agora.usecases.access import answer, ask
from agora.usecases.agreements import end
from agora.usecases.discuss import accept, question, reply
from agora.usecases.follow import follow, following, follows, unfollow
from agora.usecases.notices import mark, notices, unread
from agora.usecases.notify import notify, notify_now
from agora.usecases.run import run
from tests.journeys.changing import (
    CONTRACT,
    DEPRECATED,
    PORT,
    WEEK,
    actor,
    edit,
    last_day,
    opened,
    second_version,
    without,
)
from tests.racing import at_once

NAME = ProductName("sales", "transactions")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DATA = "sales/transactions/data/transactions.csv"


def clock():
    return NOON


@pytest.fixture
def there(used):
    with opened(used) as house:
        notify(house, clock)  # what happened while the market came into use
        yield house


def told(house, name):
    """What somebody is told that they have not read, oldest first; afterwards they have."""
    notify(house, clock)
    found = notices(house, actor(house, name))
    mark(house, actor(house, name))
    return [each.notice.matter for each in reversed(found.told) if not each.notice.read_at]


def everybody_reads(house):
    notify(house, clock)
    for each in house.mesh.principals:
        mark(house, actor(house, each.id))


def another_delivery(root):
    path = root / DATA
    lines = path.read_text().splitlines()
    number, *more = lines[-1].split(",")
    path.write_text("\n".join([*lines, ",".join([str(int(number) + 1), *more])]) + "\n")


def test_a_request_reaches_its_owners_and_the_answer_whoever_asked(there):
    everybody_reads(there)
    asked = ask(
        there, actor(there, "mia"), "customers.segments", purpose="segmentation", reason="mail"
    )
    assert told(there, "carl") == [Matter.REQUESTED]
    assert told(there, "mia") == []
    made = answer(there, actor(there, "carl"), asked.request.id, approve=True).agreement
    assert told(there, "mia") == [Matter.APPROVED]
    assert told(there, "carl") == []
    end(there, actor(there, "carl"), made.id, "over")
    assert told(there, "mia") == [Matter.ENDED]
    again = ask(
        there, actor(there, "mia"), "customers.segments", purpose="segmentation", reason="mail"
    )
    told(there, "carl")
    answer(there, actor(there, "carl"), again.request.id, approve=False, words="not now")
    assert told(there, "mia") == [Matter.REFUSED]
    newest = notices(there, actor(there, "mia"), limit=1)
    assert newest.told[0].sentence == (
        "Carl Weiss refused the request for customers.segments@1 for Segmentation"
    )
    assert newest.told[0].page == f"/requests/{again.request.id}"
    assert newest.more


def test_what_was_settled_before_anybody_looked_waits_for_nobody(there):
    everybody_reads(there)
    mia, carl = actor(there, "mia"), actor(there, "carl")
    asked = ask(there, mia, "customers.segments", purpose="segmentation", reason="mail")
    ends = there.now() + timedelta(days=9)
    answer(there, carl, asked.request.id, approve=True, until=ends)
    assert told(there, "carl") == []
    assert told(there, "mia") == [Matter.APPROVED]
    sentence = notices(there, mia, limit=1).told[0].sentence
    assert f"until {ends:%Y-%m-%d}" in sentence, "they hear what was given, not what was asked"


def test_a_service_and_the_people_of_its_team_hear_of_its_agreement(there):
    (kept,) = [k for k in there.store.find(Agreement) if k.noun.consumer == "service:bi"]
    everybody_reads(there)
    end(there, actor(there, "sofia"), kept.noun.id, "over")
    assert told(there, "mia") == [Matter.ENDED]
    assert told(there, "service:bi") == [Matter.ENDED]
    assert told(there, "sofia") == []


def test_talk_reaches_whom_it_is_for(there):
    everybody_reads(there)
    asked = question(there, actor(there, "mia"), PORT, "returns?")
    made = reply(there, actor(there, "sofia"), PORT, asked.id, "no")
    accept(there, actor(there, "mia"), PORT, made.id)
    assert told(there, "sofia") == [Matter.QUESTION, Matter.ACCEPTED]
    assert told(there, "mia") == [Matter.ANSWER]
    assert told(there, "carl") == []


def test_followers_hear_of_editions_from_then_on(used):
    with opened(used) as house:
        follow(house, actor(house, "carl"), PORT)
        assert told(house, "carl") != []  # what is theirs, but no edition of before
        numbers = [t.notice.matter for t in notices(house, actor(house, "carl")).told]
        assert Matter.EDITION not in numbers
        another_delivery(used)
        run(house, actor(house, "emil"), PORT)
        assert told(house, "carl") == [Matter.EDITION]
        assert told(house, "mia").count(Matter.EDITION) == 0
        assert following(house, actor(house, "carl")) == (NAME,)
        unfollow(house, actor(house, "carl"), PORT)
        assert not follows(house, actor(house, "carl"), PORT).follows
        another_delivery(used)
        run(house, actor(house, "emil"), PORT)
        assert told(house, "carl") == []


def test_a_run_that_releases_nothing_is_told_to_those_who_mend_it_and_a_promise_to_followers(used):
    with opened(used) as house:
        follow(house, actor(house, "carl"), PORT)
        follow(house, actor(house, "ana"), PORT)
        everybody_reads(house)
        path = used / DATA
        text = path.read_text().splitlines()
        cells = text[1].split(",")
        path.write_text(
            "\n".join([text[0], ",".join(cells), ",".join(cells)]) + "\n"
        )  # one key twice
        assert run(house, actor(house, "emil"), PORT).run.state.value == "blocked"
        assert told(house, "carl") == [Matter.PROMISE]
        assert told(house, "ana") == [Matter.PROMISE]
        assert told(house, "sofia") == [Matter.RUN_FAILED]
        assert told(house, "emil") == [Matter.RUN_FAILED]
        assert told(house, "mia") == []


def dark(house):
    """The same house, with transactions out of the shelves."""
    products = tuple(replace(p, listed=str(p.name) != PORT) for p in house.mesh.products)
    return replace(house, mesh=replace(house.mesh, products=products))


def test_who_may_not_know_a_product_learns_nothing_by_following_it(used):
    with opened(used) as house:
        hidden, olga = dark(house), actor(house, "olga")
        for deed in (follow, follows, unfollow):
            with pytest.raises(Missing) as problem:
                deed(hidden, olga, PORT)
            with pytest.raises(Missing) as none:
                deed(hidden, olga, "sales.transactionz")
            assert problem.value.code_shown == none.value.code_shown == "E404"
            assert problem.value.hint == none.value.hint


def test_followers_hear_no_more_of_what_they_may_not_know_any_more(used):
    with opened(used) as house:
        olga = actor(house, "olga")
        follow(house, olga, PORT)
        everybody_reads(house)
        another_delivery(used)
        run(house, actor(house, "emil"), PORT)
        notify(house, clock)
        hidden = dark(house)
        (seen,) = notices(hidden, olga, limit=1).told
        assert seen.sentence == "Something you may not know of any more"
        assert (seen.notice.product, seen.notice.edition, seen.page) == (
            None,
            0,
            "/me/notifications",
        )
        assert following(hidden, olga) == ()
        mark(house, olga)
        another_delivery(used)
        run(house, actor(house, "emil"), PORT)
        assert notify(hidden, clock).made == 0
        assert unread(hidden, olga) == 0
        assert not unfollow(hidden, olga, PORT).follows  # they knew of it: no way to be stuck


def test_an_answer_about_what_one_may_not_know_any_more_is_not_told(there):
    everybody_reads(there)
    carl, sofia = actor(there, "carl"), actor(there, "sofia")
    asked = question(there, carl, PORT, "returns?")
    reply(there, sofia, PORT, asked.id, "no")
    notify(dark(there), clock)
    assert unread(there, carl) == 0
    assert unread(there, sofia) == 1


def test_many_who_read_on_at_once_tell_each_thing_once(used):
    with opened(used) as house:
        for name in ("mia", "ana", "carl", "olga"):
            follow(house, actor(house, name), PORT)
        everybody_reads(house)
        before = {n: len(list(house.store.find(Notice, f"{n}/"))) for n in ("mia", "carl")}
        for number in range(5):
            question(house, actor(house, "mia"), PORT, f"question {number}")
        another_delivery(used)
        run(house, actor(house, "emil"), PORT)
    houses = [open_house(used, {}) for _ in range(4)]
    made = at_once(*(lambda h=house: notify(h, clock).made for house in houses))
    assert sum(made) == 5 + 4  # a question each for the owner, and one edition for each follower
    house = houses[0]
    assert len(list(house.store.find(Notice, "mia/"))) == before["mia"] + 1
    assert len(list(house.store.find(Notice, "carl/"))) == before["carl"] + 1
    numbers = [k.noun.number for k in house.store.find(Notice)]
    assert len(numbers) == len(set(numbers)) == house.store.get(Heard, "ledger").noun.notices
    for kept in house.store.find(Inbox):
        own = [k.noun for k in house.store.find(Notice, f"{kept.key}/")]
        assert kept.noun.notices == len(own)
        assert kept.noun.unread == sum(n.read_at is None for n in own)
    for each in houses:
        close_house(each)


def test_marking_while_more_is_told_keeps_the_count_right(used):
    with opened(used) as house:
        sofia = actor(house, "sofia")
        everybody_reads(house)
        for number in range(8):
            question(house, actor(house, "mia"), PORT, f"before {number}")
        notify(house, clock)
        for number in range(8):
            question(house, actor(house, "mia"), PORT, f"after {number}")
        threads = [
            threading.Thread(target=notify, args=(house, clock)),
            *(threading.Thread(target=mark, args=(house, sofia)) for _ in range(2)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        own = [k.noun for k in house.store.find(Notice, "sofia/")]
        assert unread(house, sofia) == sum(n.read_at is None for n in own) >= 0
        newest = notices(house, sofia, limit=3)
        assert [t.notice.number for t in newest.told] == sorted(
            (n.number for n in own), reverse=True
        )[:3]
        older = notices(house, sofia, limit=2, before=newest.told[-1].notice.number)
        assert older.told[0].notice.number < newest.told[-1].notice.number
        one = newest.told[0].notice.number
        mark(house, sofia)
        assert unread(house, sofia) == 0
        assert mark(house, sofia, [one, one, 10**6]).unread == 0


def test_an_end_that_comes_near_is_told_in_time_and_once(there):
    ends = there.now() + timedelta(days=20)
    asked = ask(
        there,
        actor(there, "mia"),
        "customers.segments",
        purpose="segmentation",
        reason="mail",
        until=ends,
    )
    answer(there, actor(there, "carl"), asked.request.id, approve=True)
    everybody_reads(there)

    def at(days, name):
        return told(replace(there, now=lambda: ends - timedelta(days=days)), name)

    assert at(15, "mia") == []
    assert at(13, "mia") == [Matter.EXPIRING]
    assert at(13, "carl") == [Matter.EXPIRING]
    sentence = notices(there, actor(there, "carl"), limit=1).told[0].sentence
    assert sentence.startswith("The agreement of Mia Chen on customers.segments@1"), sentence
    assert at(12, "mia") == []
    assert at(0.5, "mia") == [Matter.EXPIRING]
    assert at(-0.5, "mia") == [Matter.EXPIRED]
    assert at(-1, "mia") == []


def test_a_request_nobody_answers_is_recalled_once(there):
    everybody_reads(there)
    ask(there, actor(there, "mia"), "customers.segments", purpose="segmentation", reason="mail")
    assert told(there, "carl") == [Matter.REQUESTED]
    start = there.now()

    def after(days):
        return told(replace(there, now=lambda: start + timedelta(days=days)), "carl")

    assert after(2) == []
    assert after(3) == [Matter.WAITING]
    assert after(4) == []


def test_a_new_version_and_a_last_day_reach_those_who_use_the_table(used):
    with opened(used) as house:
        notify(house, clock)
        follow(house, actor(house, "olga"), PORT)
        everybody_reads(house)
    second_version(used)
    edit(used / CONTRACT, DEPRECATED)
    edit(used / CONTRACT, last_day("2018-12-31"))
    with opened(used) as house:
        assert sorted(told(house, "olga")) == [Matter.DEPRECATED, Matter.VERSION]
        assert sorted(told(house, "mia")) == [Matter.DEPRECATED, Matter.VERSION]
        assert told(house, "emil") == []
        text = "\n".join(t.sentence for t in notices(house, actor(house, "mia")).told)
        assert "There is a new version: sales.transactions@2" in text
        assert "sales.transactions@1 is on its way out until 2018-12-31" in text


def test_a_change_that_would_break_somebody_reaches_who_may_consent(used):
    with opened(used) as house:
        notify(house, clock)
        everybody_reads(house)
    without(used, "week", WEEK)
    with opened(used) as house:
        assert told(house, "mia") == [Matter.BREAKING]
        assert told(house, "sofia") == []
        assert told(house, "mia") == []


def test_a_mesh_at_rest_is_not_written_to(there):
    notify(there, clock)
    kept = there.store.get(Heard, "ledger")
    for _ in range(3):
        assert notify(there, clock).made == 0
    assert there.store.get(Heard, "ledger") == kept


def test_only_an_operator_sends(there):
    with pytest.raises(AgoraError) as problem:
        notify_now(there, actor(there, "mia"), clock)
    assert problem.value.code_shown == "E669"
    assert notify_now(there, actor(there, "olga"), clock).made == 0


def test_nobody_follows_without_end(there, monkeypatch):
    monkeypatch.setattr("agora.usecases.follow.AT_MOST", 1)
    mia = actor(there, "mia")
    follow(there, mia, PORT)
    follow(there, mia, PORT)
    with pytest.raises(AgoraError) as problem:
        follow(there, mia, "customers.segments")
    assert problem.value.code_shown == "E665"


def test_the_commands_do_it(used, monkeypatch, capfd):
    from agora.app.start import start

    monkeypatch.chdir(used)
    monkeypatch.setenv("NO_COLOR", "1")

    def shell(*words):
        code = start(list(words))
        return (code, *capfd.readouterr())

    assert shell("follow", "--as", "mia")[1].startswith("you follow nothing")
    assert shell("follow", PORT, "--as", "mia")[1] == f"you are told what becomes of {PORT}\n"
    assert shell("follow", "--as", "mia")[1] == f"{PORT}\n"
    assert '"follows": false' in shell("follow", PORT, "--stop", "--json", "--as", "mia")[1]
    assert "no more of" in shell("follow", PORT, "--stop", "--as", "mia")[1]
    assert '"kind": "following"' in shell("follow", "--json", "--as", "mia")[1]
    assert shell("discuss", PORT, "--ask", "returns?", "--as", "mia")[0] == 0
    assert "made, 0 sent" in shell("notices", "--send")[1]
    code, _, err = shell("notices", "--send", "--as", "mia")
    assert (code, "E669" in err) == (3, True)
    out = shell("notices", "--as", "sofia", "--read")[1]
    assert "Mia Chen asks a question about sales.transactions" in out
    assert "unread" in out
    assert "unread" not in shell("notices", "--as", "sofia")[1]
    assert '"kind": "notices"' in shell("notices", "--as", "sofia", "--json")[1]
    assert shell("notices", "--as", "agent:aria")[1] == "nobody has told you anything\n"
    assert shell("notices", "--mail", "daily", "--as", "mia")[1] == "you are mailed once a day\n"
    assert '"mailing": "never"' in shell("notices", "--mail", "never", "--json", "--as", "mia")[1]
