"""Runs: which failures stand, what to do about them, and what a log says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.model.checks import CheckResult, Outcome, Severity
from agora.model.ledger import Entry, Event, Record
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.operating import Journal
from agora.model.release import InputPin, Quarantine, Run, RunState, Snapshot, SourcePin
from agora.quality import runs
from agora.quality.runs import BAD, heard, lines, log, remedy

AT = datetime(2018, 1, 2, 8, tzinfo=UTC)
SALES = ProductName("sales", "orders")
PORT = PortVersion(PortName("sales", "orders", "orders"), 1)


def record(place, event, run, product="sales.orders", **facts):
    entry = Entry(
        event=event, at=AT, who="emil", subject=product, facts=(("run", run), *facts.items())
    )
    at = AT + timedelta(seconds=place)
    return Record(place=place, recorded_at=at, entry=entry, body="", hash="")


def ran(place, run, state, product="sales.orders"):
    return (
        record(place, Event.RUN_STARTED, run, product),
        record(place + 3, Event.RUN_ENDED, run, product, state=state, error="no", quarantined=2),
    )


def listed(*records):
    return [(each.id, each.standing) for each in lines(told(*records))]


def told(*records):
    return heard(Journal(), sorted(records, key=lambda record: record.place))


def test_a_failure_stands_until_something_is_released():
    first, second = ran(1, "one", "failed"), ran(5, "two", "blocked")
    other = ran(20, "other", "released", "sales.other")
    assert listed(*first, *second, *other) == [("two", True), ("other", False), ("one", False)]
    assert listed(*first, *ran(9, "three", "released")) == [("three", False), ("one", False)]


def test_a_run_that_goes_on_excuses_nothing():
    running = record(30, Event.RUN_STARTED, "now")
    assert listed(*ran(1, "one", "failed"), running) == [("one", True), ("now", False)]


def test_a_line_says_what_the_record_says():
    (line,) = lines(told(*ran(1, "one", "failed")))
    assert (line.product, line.state, line.who, line.place) == (SALES, RunState.FAILED, "emil", 4)
    assert (line.seconds, line.error, line.quarantined) == (3, "no", 2)
    (ended,) = lines(told(ran(1, "one", "failed")[1]))
    assert ended.seconds is None
    assert lines(told(record(1, Event.APPROVED, "one"))) == ()


def test_a_failure_stands_however_much_is_run_elsewhere(monkeypatch):
    monkeypatch.setattr(runs, "NEWEST", 2)
    monkeypatch.setattr(runs, "NEWEST_OF_EACH", 1)
    many = [each for n in range(9) for each in ran(10 + 4 * n, f"n{n}", "released", "sales.other")]
    now = record(90, Event.RUN_STARTED, "now")
    found = told(*ran(1, "old", "released"), *ran(5, "one", "failed"), *many, now)
    assert [(each.id, each.standing) for each in lines(found)] == [
        ("one", True), ("now", False), ("n8", False),
    ]  # fmt: skip
    assert dict(found.begun) == {"now": AT + timedelta(seconds=90)}


@given(st.integers(0, 24))
def test_hearing_on_is_hearing_at_once(cut):
    states = ["failed", "released", "blocked", "abandoned"]
    records = [
        each for n in range(8) for each in ran(1 + 4 * n, f"n{n}", states[n % 4], f"sales.p{n % 3}")
    ]
    records.append(record(40, Event.MAINTAINED, ""))
    whole = heard(Journal(), records)
    assert heard(heard(Journal(), records[:cut]), records[cut:]) == whole
    assert (whole.place, whole.maintained) == (40, records[-1])


@pytest.mark.parametrize("state", list(RunState))
def test_what_went_wrong_has_a_remedy_and_nothing_else(state):
    assert bool(remedy(state)) is (state in BAD)


def check(outcome):
    return CheckResult(
        check="c", port=PORT, outcome=outcome, severity=Severity.WARN, sentence="store is known"
    )


def test_a_log_tells_what_was_read_checked_and_released():
    begun = Run(id="r", product=SALES, state=RunState.RUNNING, started_by="emil", started_at=AT)
    assert [line.text for line in log(begun)] == ["begun by emil"]
    ended = Run(
        id="r",
        product=SALES,
        state=RunState.RELEASED,
        started_by="emil",
        started_at=AT,
        ended_at=AT + timedelta(seconds=2),
        sources=(SourcePin(name="till", hash="h", path="p", size=1200),),
        inputs=(InputPin(alias="a", port=PORT, release=4, snapshot_id=1),),
        snapshots=(
            Snapshot(
                port=PORT,
                table="t",
                table_uuid="u",
                snapshot_id=1,
                metadata="m",
                columns=(),
                files=(),
            ),
        ),
        results=(check(Outcome.PASS), check(Outcome.WARN), check(Outcome.FAIL)),
        quarantines=(Quarantine(port=PORT, files=(), columns=(), rows=3),),
        error="odd",
        release=5,
    )
    told = [(line.level, line.text) for line in log(ended)]
    assert told == [
        ("info", "begun by emil"),
        ("info", "read source till, 1,200 bytes"),
        ("info", "read sales.orders@1, edition 4"),
        ("info", "wrote sales.orders@1, 0 rows"),
        ("info", "pass: store is known"),
        ("warn", "warn: store is known"),
        ("error", "fail: store is known"),
        ("warn", "put aside 3 rows of sales.orders@1"),
        ("error", "odd"),
        ("info", "released edition 5"),
    ]
