"""Results: a statement runs beside its reader, who pages through its rows as long as they may."""

import contextlib
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from agora.backends.engine.duckdb.forked import nursery
from agora.backends.engine.duckdb.process import WorkerProcess
from agora.model.errors import AgoraError, Exhausted, Missing
from agora.model.ledger import Event
from agora.model.policy import MaskKind
from agora.model.release import Release
from agora.model.result import ResultState
from agora.needs.store import Put
from agora.passage import keys
from agora.usecases import results
from agora.usecases.agreements import end
from agora.usecases.download import download
from agora.usecases.run import run
from tests.journeys.changing import PORT, actor, agree, edit, opened

ROOT = Path(__file__).parents[2]
SQL = "select basket_id, store_id, amount from sales.transactions order by basket_id"
SLOW = "select count(*) from " + ", ".join(f"sales.transactions t{n}" for n in range(9))
MASK = """agora: 1
kind: guardrail
id: mask-amounts
title: Amounts are nobody's business
applies_to: {columns: [amount]}
effect: {mask: null-value}
"""


def ended(house, who, made, within=30.0):
    """The result once nothing runs for it any more."""
    until = time.monotonic() + within
    while (found := results.look(house, who, made.id)).state is ResultState.RUNNING:
        assert time.monotonic() < until, found
        time.sleep(0.01)
    while house.results.running(made.id):
        assert time.monotonic() < until, found
        time.sleep(0.01)
    return found


def ran(house, who, sql=SQL):
    return ended(house, who, results.start(house, who, sql))


def told(action):
    with pytest.raises(AgoraError) as problem:
        action()
    return problem.value


def events(house, event):
    return [r.entry for r in house.store.records() if r.entry.event is event]


def facts(entry):
    return dict(entry.facts)


def test_a_reader_runs_pages_and_takes_along(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        made = results.start(house, who, SQL)
        assert (made.state, made.sql, made.reader) == (ResultState.RUNNING, SQL, "sofia")
        found = ended(house, who, made)
        assert (found.state, found.rows) == (ResultState.DONE, 24)
        assert [c.name for c in found.columns] == ["basket_id", "store_id", "amount"]
        page = results.page(house, who, made.id, offset=20, limit=10)
        assert [row["basket_id"] for row in page.rows.to_pylist()] == [1020, 1021, 1022, 1023]
        assert results.page(house, who, made.id, offset=24).rows.num_rows == 0
        export = results.export(house, who, made.id, form="csv")
        assert export.name == f"{made.id}.csv"
        assert b"".join(export.pieces).count(b"\n") == 25
        export.pieces.close()
        (entry,) = events(house, Event.EXPORTED)
        assert entry.subject == "sales.transactions@1"
        assert facts(entry) == {
            "format": "csv",
            "rows": 24,
            "outcome": "complete",
            "statement": found.statement,
            "result": made.id,
        }


def test_columns_say_how_they_are_masked_and_why(used):
    with opened(used) as house:
        run(house, actor(house, "carl"), "customers.households")
        agree(house, "mia", "segmentation", by="mia", port="customers.households", owner="carl")
        who = actor(house, "mia", "segmentation")
        found = ran(
            house, who, "select household_id, upper(age) as how_old from customers.households"
        )
        assert [c.mask for c in found.columns] == [MaskKind.CLEAR, MaskKind.NULL]
        assert found.columns[1].reasons[0].rule == "guardrail/mask-personal"
        rows = results.page(house, who, found.id).rows.to_pylist()
        assert {row["how_old"] for row in rows} == {None}


def test_refusals_and_failures_are_the_results_own(used):
    with opened(used) as house:
        who = actor(house, "ana")
        for sql, code in (
            ("select nothing from sales.transactions", "E230"),
            ("select * from customers.households", "E403"),
            ("select * from sales.nowhere", "E404"),
            ("select 1; select 2", "E211"),
        ):
            found = ran(house, who, sql)
            assert (found.state, found.failure.code) == (ResultState.FAILED, code)
            assert found.failure.sentence
            assert told(lambda found=found: results.page(house, who, found.id)).code_shown == "E683"
        assert found.milliseconds >= 0
        assert [r.failure.code for r in results.mine(house, who)] == [
            "E211",
            "E404",
            "E403",
            "E230",
        ]
        assert len(results.mine(house, who, most=2)) == 2


def test_what_nobody_expected_is_told_without_a_traceback(used, caplog):
    with opened(used) as house:
        broken = replace(house, readers=None)
        found = ran(broken, actor(house, "sofia"))
        assert (found.state, found.failure.code) == (ResultState.FAILED, "E001")
        assert "NoneType" not in found.failure.sentence
    assert "a statement ended as nobody expected" in caplog.text


def test_results_of_others_and_guesses_answer_alike(used):
    with opened(used) as house:
        found = ran(house, actor(house, "sofia"))
        other = actor(house, "emil")
        own = ran(house, other)
        for name in (found.id, "res-1", "", f"../sofia/{found.id}", f"sofia/{found.id}"):
            for action in (
                lambda name=name: results.look(house, other, name),
                lambda name=name: results.page(house, other, name),
                lambda name=name: results.export(house, other, name, form="csv"),
                lambda name=name: results.cancel(house, other, name),
                lambda name=name: results.forget(house, other, name),
            ):
                problem = told(action)
                assert (problem.code_shown, str(problem)) == (
                    "E682",
                    f"there is no result `{name}`",
                )
        assert [r.id for r in results.mine(house, other)] == [own.id]
        assert results.look(house, actor(house, "sofia"), found.id).state is ResultState.DONE


def granted(house):
    agreement = agree(house, "mia", "sales-planning", by="mia")
    who = actor(house, "mia", "sales-planning")
    return agreement, who, ran(house, who)


def demand_gone(house, who, found, root):
    """Neither the grid nor an export gives a row any more, and nothing of them lies on the disk."""
    problem = told(lambda: results.page(house, who, found.id))
    assert problem.code_shown == "E684"
    assert "transactions" not in str(problem)
    assert not (root / ".agora/results" / found.id).exists()
    assert told(lambda: results.export(house, who, found.id, form="csv")).code_shown == "E683"
    assert results.look(house, who, found.id).state is ResultState.EXPIRED
    (*_, refusal) = events(house, Event.QUERY_REFUSED)
    assert facts(refusal)["code"] == "E684"


def test_rows_are_gone_with_the_agreement(used):
    with opened(used) as house:
        agreement, who, found = granted(house)
        end(house, actor(house, "sofia"), agreement.id, "over")
        demand_gone(house, who, found, used)


def test_rows_are_gone_when_a_mask_comes(used):
    with opened(used) as house:
        _, who, found = granted(house)
    (used / "guardrails/mask-amounts.yaml").write_text(MASK)
    with opened(used) as house:
        demand_gone(house, who, found, used)


def test_rows_are_gone_when_other_rows_are_seen(used):
    with opened(used) as house:
        who = actor(house, "ana")
        found = ran(house, who)
        assert found.rows < 24
    edit(used / "people.yaml", ('stores: ["330", "367"]', 'stores: ["330"]'))
    with opened(used) as house:
        demand_gone(house, actor(house, "ana"), found, used)


def test_rows_are_gone_with_their_reader(used):
    with opened(used) as house:
        found = ran(house, actor(house, "emil"))
    text = (used / "people.yaml").read_text().splitlines()
    (used / "people.yaml").write_text("\n".join(row for row in text if "id: emil" not in row))
    with opened(used) as house:
        assert house.mesh.principal("emil") is None
        emil = replace(
            actor(house, "sofia"), principal=replace(actor(house, "ana").principal, id="emil")
        )
        demand_gone(house, emil, found, used)


def test_rows_are_gone_with_their_edition(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        found = ran(house, who)
        key = keys.release(found.sources[0].port.port.of, found.sources[0].release)
        kept = house.store.get(Release, key)
        gone = replace(kept.noun, expired_at=house.now())
        house.store.commit((Put(key=key, noun=gone, revision=kept.revision),), ())
        assert results.look(house, who, found.id).failure.code == "E684"
        assert house.results.rows(found.id) is None


def test_what_changes_nothing_keeps_the_rows(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        found = ran(house, who)
        agree(house, "mia", "sales-planning", by="mia")
    (used / "guardrails/mask-ages.yaml").write_text(MASK.replace("amount", "age"))
    with opened(used) as house:
        assert results.page(house, actor(house, "sofia"), found.id).rows.num_rows == 24


@pytest.fixture
def workers():
    """Looks for workers this very test has started: other tests' servers keep theirs warm."""
    for _ in range(2):
        WorkerProcess(nursery().start).close()
    there = {child.pid for child in psutil.Process().children(recursive=True)}

    def found():
        children = psutil.Process().children(recursive=True)
        return [p for p in children if p.pid not in there and alive(p)]

    def alive(process):
        with contextlib.suppress(psutil.NoSuchProcess):
            return process.status() != psutil.STATUS_ZOMBIE
        return False

    return found


def test_cancelling_frees_the_worker_at_once(used, workers):
    with opened(used) as house:
        who = actor(house, "sofia")
        made = results.start(house, who, SLOW)
        until = time.monotonic() + 20
        while events(house, Event.QUERY_OPENED)[-1].who != "sofia" or not workers():
            assert time.monotonic() < until
            time.sleep(0.01)
        assert told(lambda: results.export(house, who, made.id, form="csv")).code_shown == "E688"
        before = time.monotonic()
        results.cancel(house, who, made.id)
        found = ended(house, who, made)
        assert time.monotonic() - before < 5
        assert (found.state, found.failure) == (ResultState.CANCELLED, None)
        begun, closed = (
            facts(events(house, event)[-1]) for event in (Event.QUERY_OPENED, Event.QUERY_CLOSED)
        )
        assert closed == {"statement": begun["statement"], "rows": 0, "outcome": "stopped"}
        assert begun["statement"] not in {
            each.subject for each in events(house, Event.QUERY_REFUSED)
        }
        assert workers() == []
        assert not (used / ".agora/results" / made.id).exists()
        assert "was cancelled" in str(told(lambda: results.page(house, who, made.id)))


def test_a_server_that_ends_says_so_and_cancels_nothing(used):
    with opened(used) as house:
        made = results.start(house, actor(house, "sofia"), SLOW)
        until = time.monotonic() + 20
        while events(house, Event.QUERY_OPENED)[-1].who != "sofia":
            assert time.monotonic() < until
            time.sleep(0.01)
    with opened(used) as house:
        found = results.look(house, actor(house, "sofia"), made.id)
        assert (found.state, found.failure.code) == (ResultState.FAILED, "E687")


def test_a_right_that_ends_stops_what_runs(used):
    with opened(used) as house:
        agreement, who, _ = granted(house)
        made = results.start(house, who, f"{SLOW}, range(1000)")
        made = results.start(
            house, who, "select a.* from " + SLOW.partition("from ")[2].replace(" t0", " a")
        )
        until = time.monotonic() + 20
        while not results.look(house, who, made.id).rows:
            assert time.monotonic() < until
            time.sleep(0.01)
        end(house, actor(house, "sofia"), agreement.id, "over")
        found = ended(house, who, made)
        assert (found.state, found.failure.code) == (ResultState.EXPIRED, "E684")
        assert house.results.rows(made.id) is None


def test_a_result_too_large_leaves_nothing(used):
    edit(used / "agora.yaml", ("threads: 2}", "threads: 2, kept: 1kB}"))
    with opened(used) as house:
        who = actor(house, "sofia")
        found = ran(house, who)
        assert (found.state, found.failure.code) == (ResultState.FAILED, "E685")
        assert not (used / ".agora/results" / found.id).exists()


def test_too_many_at_once_are_refused_and_leave_no_trace(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        for _ in range(4):
            results.start(house, who, SLOW)
        with pytest.raises(Exhausted, match="4 of your statements") as problem:
            results.start(house, who, SQL)
        assert problem.value.code_shown == "E681"
        assert len(results.mine(house, who)) == 4


def test_rows_end_with_their_time_and_the_history_stays(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        first, second = ran(house, who), ran(house, who)
        assert results.forget(house, who, first.id).state is ResultState.EXPIRED
        assert results.sweep(house) == ()
        assert results.sweep(house, older=timedelta(0)) == (second.id,)
        assert [r.state for r in results.mine(house, who)] == [ResultState.EXPIRED] * 2
        assert told(lambda: results.page(house, who, second.id)).code_shown == "E683"


KILLED = """
import os, sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from agora.usecases import results
from tests.journeys.changing import actor, opened
with opened(Path({root!r})) as house:
    made = results.start(house, actor(house, "sofia"), {sql!r})
    while not house.results.rows(made.id):
        time.sleep(0.01)
    print(made.id, flush=True)
    os._exit(9)
"""


def test_a_killed_server_leaves_nothing_running(used):
    sql = SLOW.replace("count(*)", "t0.*")
    script = KILLED.format(tests=str(ROOT), root=str(used), sql=sql)
    child = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    name = child.stdout.strip()
    assert name, child.stderr
    with opened(used) as house:
        who = actor(house, "sofia")
        assert house.results.rows(name)
        results.sweep(house)
        found = results.look(house, who, name)
        assert (found.state, found.failure.code) == (ResultState.FAILED, "E687")
        assert house.results.rows(name) is None


def test_a_table_is_downloaded_and_the_ledger_knows(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        export = download(house, who, form="ndjson", table=PORT)
        assert (export.form.kind, export.name) == ("ndjson", "sales.transactions.ndjson")
        rows = [json.loads(line) for line in b"".join(export.pieces).splitlines()]
        assert len(rows) == export.pieces.rows == 24
        export.pieces.close()
        (entry,) = events(house, Event.EXPORTED)
        assert (facts(entry)["rows"], facts(entry)["outcome"]) == (24, "complete")


def test_who_goes_away_is_recorded_with_what_they_got(used, workers):
    with opened(used) as house:
        who = actor(house, "sofia")
        export = download(house, who, form="ndjson", sql=SLOW.replace("count(*)", "t0.*"))
        next(export.pieces)
        next(export.pieces)
        export.pieces.close()
        export.pieces.close()
        (entry,) = events(house, Event.EXPORTED)
        assert facts(entry)["outcome"] == "stopped"
        assert facts(entry)["rows"] == export.pieces.rows > 0
        closing = events(house, Event.QUERY_CLOSED)[-1]
        assert facts(closing)["outcome"] == "stopped"
        assert facts(closing)["statement"] == facts(entry)["statement"]
        assert workers() == []


def test_a_door_that_never_reads_leaves_nothing_open(used, workers):
    with opened(used) as house:
        export = download(
            house, actor(house, "sofia"), form="arrow", sql=SLOW.replace("count(*)", "t0.*")
        )
        export.pieces.close()
        assert facts(events(house, Event.EXPORTED)[-1])["outcome"] == "stopped"
        assert workers() == []


def test_what_fails_on_the_way_is_recorded_and_told(used):
    with opened(used) as house:
        who = actor(house, "sofia")
        sql = f"select repeat('x', 40000) as long, {SQL.removeprefix('select ')}"
        assert told(lambda: download(house, who, form="xlsx", sql=sql)).code_shown == "E680"
        assert facts(events(house, Event.EXPORTED)[-1])["outcome"] == "E680"
        assert told(lambda: download(house, who, form="csv", sql=" ")).code_shown == "E026"
        assert told(lambda: download(house, who, form="smoke", sql=SQL)).code_shown == "E022"
        with pytest.raises(Missing):
            download(house, actor(house, "ana"), form="csv", table="sales.nowhere")
