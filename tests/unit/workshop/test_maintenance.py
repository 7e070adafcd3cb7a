"""Which editions are due, who holds them, and why a file goes or stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agora.model.access import Agreement
from agora.model.derived import Derived, Why
from agora.model.maintenance import Area, Cause, Stored
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.release import (
    DataFile,
    InputPin,
    Quarantine,
    Release,
    Run,
    RunState,
    Snapshot,
    SourcePin,
)
from agora.workshop.maintenance import (
    SMALL,
    Retention,
    State,
    cause,
    compactable,
    expiring,
    references,
    small,
    tallied,
)

NOW = datetime(2018, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SALES, WEEKLY = ProductName("lab", "sales"), ProductName("lab", "weekly")
PORT = PortVersion(PortName("lab", "sales", "sales"), 1)
HOUR = timedelta(hours=1)


def file(name):
    return DataFile(path=f"/lake/{name}", rows=1, size=1)


def release(number, *names, product=SALES, age=0, inputs=(), expired=False):
    snapshot = Snapshot(
        port=PORT, table="t", table_uuid="u", snapshot_id=number, metadata="m", columns=(),
        files=tuple(file(name) for name in names),
    )  # fmt: skip
    return Release(
        product=product, number=number, parent=number - 1, run=f"run-{number}", fingerprint="", code_hash="",
        released_at=NOW - age * DAY, contracts=(), snapshots=(snapshot,), inputs=inputs,
        sources=(SourcePin(name="raw", hash="h", path=f"/lake/landing/{number}", size=1),),
        quarantines=(Quarantine(port=PORT, files=(file(f"aside{number}"),), columns=(), rows=1),),
        expired_at=NOW if expired else None,
    )  # fmt: skip


def run(id_, state=RunState.RELEASED, parent=0, product=SALES, inputs=()):
    return Run(
        id=id_, product=product, state=state, started_by="olga", started_at=NOW, parent=parent, inputs=inputs,
        sources=(SourcePin(name="raw", hash="h", path=f"/lake/landing/{id_}", size=1),),
        failures=(Quarantine(port=PORT, files=(file(f"fails-{id_}"),), columns=(), rows=1),),
    )  # fmt: skip


def agreed(edition, **fields):
    given = {
        "id": "agr-1",
        "port": PORT,
        "consumer": "sam",
        "purpose": "x",
        "starts": NOW,
        "approved_by": "o",
    }
    return Agreement(**(given | {"edition": edition} | fields))  # fmt: skip


def pin(number):
    return InputPin(alias="sales", port=PORT, release=number, snapshot_id=number)


def apart(number, name):
    return Derived(
        outcome=name, port=PORT, release=number, snapshot_id=number, files=(file(name),), columns=(), rows=1,
        made_at=NOW, why=Why.OFTEN,
    )  # fmt: skip


def state(*releases, current=None, agreements=(), runs=(), living=(), derived=()):
    by = {}
    for each in releases:
        by.setdefault(each.product, []).append(each)
    newest = {product: each[-1].number for product, each in by.items()}
    return State(
        releases=by, current=current or newest, agreements=agreements, runs=runs, living=living, now=NOW, derived=derived
    )  # fmt: skip


THREE = (release(1, "a", age=9), release(2, "a", "b", age=5), release(3, "b", "c", age=1))


def gone(given, **retention):
    found, held = expiring(given, {SALES: Retention(**retention)})
    return [made.number for made in found], {each.edition.number: each.by for each in held}


@pytest.mark.parametrize(
    ("retention", "numbers"),
    [
        ({}, []),
        ({"keep": 1}, [1, 2]),
        ({"keep": 2}, [1]),
        ({"keep": 9}, []),
        ({"age": 4 * DAY}, [1, 2]),
        ({"age": timedelta(0)}, [1, 2]),
        ({"promised": 7 * DAY}, [1]),
        ({"keep": 1, "promised": 30 * DAY}, []),
        ({"keep": 1, "age": 6 * DAY}, [1]),
        ({"age": timedelta(0), "promised": 7 * DAY}, [1]),
    ],
)
def test_what_is_due(retention, numbers):
    assert gone(state(*THREE), **retention)[0] == numbers


def test_what_is_gone_already_counts_for_nothing():
    given = state(release(1, "a", expired=True), *THREE[1:])
    assert gone(given, keep=1)[0] == [2]
    assert gone(given, keep=2)[0] == []


def test_an_earlier_one_that_is_current_is_held():
    assert gone(state(*THREE, current={SALES: 2}), keep=1) == ([1], {2: "it is current"})


@pytest.mark.parametrize(
    ("agreement", "numbers"),
    [
        (agreed(1), [2]),
        (agreed(0), [1, 2]),
        (agreed(1, ended_at=NOW), [1, 2]),
        (agreed(1, expires=NOW), [1, 2]),
        (agreed(1, expires=NOW + DAY), [2]),
    ],
)
def test_an_agreement_holds_its_edition_as_long_as_it_lasts(agreement, numbers):
    assert gone(state(*THREE, agreements=(agreement,)), keep=1)[0] == numbers


def test_a_run_that_lives_holds_what_it_builds_on_and_reads():
    going = run("r9", RunState.RUNNING, parent=1, inputs=(pin(2),))
    assert gone(state(*THREE, runs=(going,)), keep=1)[0] == []
    over = run("r9", RunState.FAILED, parent=1)
    assert gone(state(*THREE, runs=(over,)), keep=1)[0] == [1, 2]
    assert gone(state(*THREE, runs=(over,), living=("r9",)), keep=1)[0] == [2]


def test_kept_editions_hold_what_they_were_built_of_one_after_another():
    weekly = release(1, "w", product=WEEKLY, inputs=(pin(1),))
    number, held = gone(state(*THREE, weekly), keep=1)
    assert number == [2]
    assert held == {1: "edition 1 of `lab.weekly` is built of it"}
    later = release(2, "v", product=WEEKLY, inputs=(pin(3),))
    both, _ = expiring(
        state(*THREE, weekly, later), {SALES: Retention(keep=1), WEEKLY: Retention(keep=1)}
    )
    assert [(made.product.product, made.number) for made in both] == [
        ("sales", 1), ("sales", 2), ("weekly", 1),
    ]  # fmt: skip


def test_editions_with_the_same_rows_count_as_one_but_the_older_may_go():
    twins = (*THREE, replace(release(4, "d", age=0), restores=3))
    assert gone(state(*twins), keep=1)[0] == [1, 2, 3]
    assert gone(state(*twins), keep=2)[0] == [1]
    assert gone(state(*twins), keep=3)[0] == []


SIZES = [
    ((1, 1, 1, 1), 4, 4),
    ((1, 1, 1), 4, 0),
    ((1, 1, 1, 1, SMALL), 4, 4),
    ((SMALL - 1, SMALL, 1), 2, 2),
    ((SMALL,) * 9, 4, 0),
    ((), 1, 0),
]


@pytest.mark.parametrize(("sizes", "many", "taken"), SIZES)
def test_small_files_are_written_together_where_there_are_many(sizes, many, taken):
    files = [DataFile(path=f"/{n}", rows=1, size=size) for n, size in enumerate(sizes)]
    assert len(small(files, many)) == taken
    assert all(each.size < SMALL for each in small(files, many))


@pytest.mark.parametrize(
    ("elsewhere", "can"),
    [
        ({}, True),
        ({"external": "delta"}, False),
        ({"live": True}, False),
        ({"deletes": True}, False),
    ],
)
def test_only_whole_tables_of_our_own_are_written_together(elsewhere, can):
    snapshot = release(1, "a", "b", "c", "d").snapshots[0]
    assert compactable(replace(snapshot, **elsewhere), 4) is can
    assert not compactable(snapshot, 5)


def test_what_the_newest_run_put_aside_is_kept_over_a_compaction():
    runs = (run("run-4", RunState.BLOCKED), replace(run("run-5"), compacted=True))
    known = references(state(*THREE, runs=runs), (), [SALES])
    assert "/lake/fails-run-4" in known.stays
    assert "/lake/fails-run-5" not in known.stays


def stored(path, area=Area.DATA, *, run="", age=48, product="lab.sales", unfinished=False):
    product = "" if area in (Area.LANDING, Area.SCRATCH) else product
    return Stored(
        path=f"/lake/{path}", size=10, area=area, age=age * HOUR, run=run, product=product, unfinished=unfinished
    )  # fmt: skip


RUNS = (run("run-1"), run("run-3"), run("run-4", RunState.BLOCKED), run("run-5", RunState.RUNNING))


@pytest.mark.parametrize(
    ("each", "why"),
    [
        (stored("a", run="run-1"), Cause.EXPIRED),
        (stored("b", run="run-2"), None),
        (stored("c", run="run-3"), None),
        (stored("aside1", Area.QUARANTINE, run="run-1"), Cause.EXPIRED),
        (stored("aside3", Area.QUARANTINE, run="run-3"), None),
        (stored("fails-run-1", Area.SAMPLES, run="run-1"), Cause.ASIDE),
        (stored("fails-run-3", Area.SAMPLES, run="run-3"), None),
        (stored("fails-run-4", Area.SAMPLES, run="run-4"), Cause.ASIDE),
        (stored("fails-run-5", Area.SAMPLES, run="run-5"), None),
        (stored("odd", run="run-5"), None),
        (stored("odd", run="run-6"), None),
        (stored("odd", run="run-3", age=1), Cause.LEFTOVER),
        (stored("odd", run="run-0"), Cause.ORPHAN),
        (stored("odd", run="run-0", age=1), None),
        (stored("odd", run="run-0", product="lab.other"), None),
        (stored("landing/1", Area.LANDING), Cause.LANDED),
        (stored("landing/3", Area.LANDING), None),
        (stored("landing/run-5", Area.LANDING), None),
        (stored("landing/x", Area.LANDING), Cause.ORPHAN),
        (stored("landing/x", Area.LANDING, age=1), None),
        (stored("landing/.x", Area.LANDING, unfinished=True), Cause.LEFTOVER),
        (stored("scratch/s", Area.SCRATCH, run="run-0", age=0), Cause.LEFTOVER),
        (stored("scratch/s", Area.SCRATCH, run="run-6"), None),
        (stored("m", Area.METADATA), None),
        (stored("d1", Area.DERIVED, run="d1"), Cause.EXPIRED),
        (stored("d3", Area.DERIVED, run="d3"), None),
        (stored("d9", Area.DERIVED, run="d9"), Cause.ORPHAN),
    ],
)
def test_why_a_file_goes(each, why):
    given = state(*THREE, runs=RUNS, living=("run-6",), derived=(apart(1, "d1"), apart(3, "d3")))
    known = references(given, THREE[:2], [SALES])
    assert cause(each, known, 24 * HOUR, whole=True) is why
    if each.product or why is Cause.LANDED:
        assert cause(each, known, 24 * HOUR, whole=False) is why
    else:
        assert cause(each, known, 24 * HOUR, whole=False) is None


def test_files_and_bytes_are_told_per_cause():
    each = stored("a")
    found = tallied([(Cause.ORPHAN, each), (Cause.EXPIRED, each), (Cause.ORPHAN, each)])
    assert [(r.cause, r.files, r.size) for r in found] == [
        (Cause.EXPIRED, 1, 10), (Cause.ORPHAN, 2, 20),
    ]  # fmt: skip
