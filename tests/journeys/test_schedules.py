"""Products run by themselves: by the clock or by their inputs, once for each time, whatever falls."""

import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from agora.app.running import outcome
from agora.model.errors import AgoraError, Denied, Invalid, Unavailable
from agora.model.lease import Lease
from agora.model.names import ProductName
from agora.needs.store import Put
from agora.usecases import schedule
from agora.usecases.follow import follow
from agora.usecases.notify import notify
from agora.usecases.run import run
from tests.journeys.changing import actor, opened
from tests.journeys.test_sending import Clock, posted
from tests.trials.post.offices import Box, mail_server

SEGMENTS = "customers.segments"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ticked(house, started=None, *, holder="here/1", now=NOW, **how):
    how_run = started or (lambda name: outcome(house, name))
    turns = schedule.tick(house, how_run, holder=holder, now=now, **how)
    return [(str(name), turn.outcome) for name, turn in turns]


def scheduled(root, text, who="carl", product=SEGMENTS):
    with opened(root) as house:
        schedule.put(house, actor(house, who), product, text)


def test_a_new_edition_of_an_input_runs_what_reads_it_once(used):
    scheduled(used, "inputs")
    data = used / "sales/transactions/data/transactions.csv"
    with opened(used) as house:
        assert ticked(house) == []
        rows = data.read_text().splitlines()
        data.write_text("\n".join(rows[:-1]) + "\n")
        run(house, actor(house, "emil"), "sales.transactions")
        assert ticked(house, moments=False) == [(SEGMENTS, "released")]
        assert ticked(house) == []
        (found,) = schedule.listed(house, actor(house, "carl"))
        assert (found.product, found.last.outcome) == (
            ProductName("customers", "segments"),
            "released",
        )
        assert schedule.listed(house, actor(house, "mia")) == (found,)
        assert schedule.of(house, actor(house, "carl"), "sales.transactions") is None


def test_a_cron_line_counts_once_for_everything_that_was_missed(used):
    scheduled(used, "0 6 * * *")
    with opened(used) as house:
        assert ticked(house) == []
        late = replace(house, now=lambda: house.mesh.at + timedelta(days=9))
        assert ticked(late, moments=False) == []
        assert ticked(late) == [(SEGMENTS, "nothing new")]
        assert ticked(late) == []
        found = schedule.of(late, actor(house, "carl"), SEGMENTS)
        assert found.due == datetime(2018, 1, 12, 6, tzinfo=UTC)


def test_of_several_processes_one_runs_and_what_a_fallen_one_began_is_begun_again(used):
    scheduled(used, "0 6 * * *")
    with opened(used) as house:
        late = replace(house, now=lambda: house.mesh.at + timedelta(days=9))
        begun, go = threading.Event(), threading.Event()

        def slowly(_):
            begun.set()
            assert go.wait(20)
            return "released", ""

        found = []
        first = threading.Thread(target=lambda: found.extend(ticked(late, slowly)))
        first.start()
        assert begun.wait(20)
        assert ticked(late, lambda _: pytest.fail("it ran twice"), holder="there/2") == []
        go.set()
        first.join()
        assert found == [(SEGMENTS, "released")]
        later = replace(house, now=lambda: house.mesh.at + timedelta(days=19))
        kept = house.store.get(Lease, f"schedule {SEGMENTS}")
        fallen = Lease(holder="here/9", until=NOW + timedelta(hours=1))
        house.store.commit((Put(key=kept.key, noun=fallen, revision=kept.revision),), ())
        assert ticked(later) == []
        assert ticked(later, gone=lambda name: name == "here/9") == [(SEGMENTS, "nothing new")]


def test_a_run_that_fails_waits_for_the_next_time_and_is_told(used):
    scheduled(used, "0 6 * * *")
    with opened(used) as house:
        late = replace(house, now=lambda: house.mesh.at + timedelta(days=9))

        def fails(_):
            raise Unavailable("the disk is full", code="E509")

        assert ticked(late, fails) == [(SEGMENTS, "failed")]
        assert schedule.of(late, actor(house, "carl"), SEGMENTS).last.said == "the disk is full"
        assert ticked(late) == []


def test_only_publishers_schedule_and_only_what_means_a_time(used):
    build = used / "customers/segments/build.yaml"
    before = build.read_text()
    with opened(used) as house:
        with pytest.raises(Denied, match="may not run"):
            schedule.put(house, actor(house, "mia"), SEGMENTS, "inputs")
        with pytest.raises(Invalid, match="a schedule is") as caught:
            schedule.put(house, actor(house, "carl"), SEGMENTS, "now and then")
        assert caught.value.code_shown == "E757"
        with pytest.raises(Invalid, match="no day fits"):
            schedule.put(house, actor(house, "carl"), SEGMENTS, "0 6 31 2 * UTC")
        nobody = replace(house, mesh=replace(house.mesh, operator=""))
        with pytest.raises(AgoraError) as caught:
            outcome(nobody, SEGMENTS)
        assert caught.value.code_shown == "E758"
    assert build.read_text() == before
    build.write_text(before + "schedule: now and then\n")
    with pytest.raises(AgoraError), opened(used) as house:
        schedule.of(house, actor(house, "carl"), SEGMENTS)


def test_the_file_says_it_and_git_says_who(used):
    subprocess.run(["git", "-C", used, "init", "-q"], check=True)
    subprocess.run(["git", "-C", used, "add", "*.yaml"], check=True)
    scheduled(used, "0  6 * * mon  Europe/Berlin")
    log = ["git", "-C", used, "log", "-1", "--format=%an: %s", "--name-only"]
    told = subprocess.run(log, capture_output=True, text=True, check=True).stdout.split("\n")
    assert told[0].startswith("Carl Weiss: Schedule")
    assert [line for line in told[1:] if line] == ["customers/segments/build.yaml"]
    text = (used / "customers/segments/build.yaml").read_text()
    assert text.endswith('schedule: "0 6 * * mon Europe/Berlin"\n')
    scheduled(used, "by-hand")
    with opened(used) as house:
        assert schedule.listed(house, actor(house, "carl")) == ()


def test_who_follows_a_product_is_mailed_the_edition_that_its_schedule_made(used):
    scheduled(used, "inputs")
    data, box = used / "sales/transactions/data/transactions.csv", Box()
    with opened(used) as house, mail_server(box) as port:
        there = posted(house, port)
        clock = Clock()
        follow(there, actor(there, "mia"), SEGMENTS)
        notify(there, clock)
        box.letters.clear()
        data.write_text("\n".join(data.read_text().splitlines()[:-1]) + "\n")
        run(there, actor(there, "emil"), "sales.transactions")
        assert ticked(there, moments=False) == [(SEGMENTS, "released")]
        notify(there, clock)
        notify(there, clock)
    mine = [content for to, content in box.letters if to == ["mia@example.org"]]
    (subject,) = [message_from_bytes(each, policy=policy.default)["Subject"] for each in mine]
    assert subject == "[The Market] Edition 2 of customers.segments is there"
