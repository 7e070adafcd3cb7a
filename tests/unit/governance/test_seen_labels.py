"""Labels as one reader may see them: counts of listed products are public, everything else is not."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance import labels
from agora.governance.decisions import decide
from agora.governance.labels import FILTERED, MASKED, NOBODY, Viewer
from agora.model.checks import CheckResult, Outcome
from agora.model.contract import Severity
from agora.model.expressions import ColumnRef
from agora.model.label import (
    ColumnFacts,
    Grain,
    GroupFacts,
    KeyFacts,
    Label,
    PeriodFacts,
    ReferenceFacts,
    TrackRecord,
)
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.policy import Effect, MaskKind, Target
from agora.model.release import DataFile, Quarantine, Release, Run, RunState, Snapshot, SourcePin
from tests.unit.governance.deciding import COLUMNS, MESH, ORDERS, ask, guardrail, masked, under

NOW = datetime(2018, 1, 2, 8, tzinfo=UTC)
STORES = PortVersion(PortName("sales", "stores", "stores"), 1)
SECRET = PortVersion(PortName("hidden", "plan", "plan"), 1)
ALL = decide(MESH, ask())
NONE = decide(under(guardrail(Effect(deny=True))), ask())
SOME_ROWS = decide(under(guardrail(Effect(rows=ColumnRef(name="late")))), ask())
NO_AGE = decide(
    under(guardrail(masked(MaskKind.NULL), applies_to=Target(columns=("age", "day")))), ask()
)
JOIN = ReferenceFacts(
    columns=("store",), to="stores", to_columns=("store",), port=STORES, rows=9, missing=1,
    values=4, found=3, targets=5, most=2, mean=Decimal("1.50"), met=3, met_mean=Decimal("2.67"),
)  # fmt: skip
PUBLIC_JOIN = ReferenceFacts(
    columns=("store",), to="stores", to_columns=("store",), port=STORES, rows=9, missing=1
)
LABEL = Label(
    port=ORDERS,
    counted_at=NOW,
    rows=9,
    columns=tuple(
        ColumnFacts(name=c.name, nulls=1, distinct=3, least="1", most="7", unit="USD", zone="UTC")
        for c in COLUMNS
    ),
    keys=(
        KeyFacts(columns=("store",), declared=True, rows=9, repeats=2),
        KeyFacts(columns=("age",), declared=False, rows=9, repeats=0),
    ),
    references=(JOIN, replace(JOIN, to="plan", port=SECRET), replace(JOIN, to="abroad", port=None)),
    periods=(
        PeriodFacts(
            column="day", grain=Grain.DAY, first="2017-01-01", last="2017-02-01", covered=32
        ),
    ),
    group=GroupFacts(columns=("age",), groups=3, smallest=1, alone=1),
    problems=("days day: it broke",),
)
STORE_SEEN = replace(decide(MESH, ask()), port=STORES)


def viewer(decision, *, listed=True, others=(STORE_SEEN,)):
    return Viewer(decisions=(decision,), others=others, listed=listed)


def test_who_sees_everything_sees_the_label_but_no_unlisted_product():
    seen = labels.label(LABEL, viewer(ALL))
    assert seen == replace(LABEL, references=(JOIN, replace(JOIN, to="abroad", port=None)))


@pytest.mark.parametrize(("decision", "why"), [(NONE, NOBODY), (SOME_ROWS, FILTERED)])
def test_without_every_row_only_public_counts_are_left(decision, why):
    seen = labels.label(LABEL, viewer(decision))
    assert seen == Label(
        port=ORDERS,
        counted_at=NOW,
        rows=9,
        columns=tuple(
            ColumnFacts(name=c.name, unit="USD", zone="UTC", withheld=why) for c in COLUMNS
        ),
        keys=LABEL.keys[:1],
        references=(PUBLIC_JOIN, replace(PUBLIC_JOIN, to="abroad", port=None)),
        withheld=(f"values, periods and keys that were found: {why}",),
    )


def test_of_a_masked_column_nothing_is_told():
    seen = labels.label(LABEL, viewer(NO_AGE))
    told = {c.name: c for c in seen.columns}
    assert told["age"] == ColumnFacts(name="age", unit="USD", zone="UTC", withheld=MASKED)
    assert told["store"].most == "7"
    assert [key.columns for key in seen.keys] == [("store",)]
    assert (seen.periods, seen.group, seen.problems) == ((), None, LABEL.problems)
    assert seen.withheld == (
        f"the time `day` covers: {MASKED}",
        f"the smallest group: {MASKED}",
    )


@pytest.mark.parametrize(
    "there", [replace(NONE, port=STORES), replace(SOME_ROWS, port=STORES)], ids=["none", "some"]
)
def test_coverage_needs_every_row_of_the_other_table_too(there):
    seen = labels.label(LABEL, viewer(ALL, others=(there,)))
    assert seen.references[0] == PUBLIC_JOIN
    assert seen.withheld[0].startswith("how `stores` is covered: ")


def test_an_unlisted_product_tells_only_those_who_see_every_row():
    assert labels.label(LABEL, viewer(ALL, listed=False)).rows == 9
    for decision in (NONE, SOME_ROWS):
        seen = labels.label(LABEL, viewer(decision, listed=False))
        assert seen == Label(port=ORDERS, counted_at=NOW, rows=None, withheld=seen.withheld)
        assert len(seen.withheld) == 1


def test_without_a_decision_nothing_but_public_counts():
    nobody = Viewer(decisions=(), listed=True)
    assert labels.label(LABEL, nobody).columns[0].withheld == NOBODY
    assert labels.label(LABEL, Viewer(decisions=())).rows is None


def test_a_join_that_was_not_counted_stays_as_it_is():
    skipped = ReferenceFacts(columns=("store",), to="s", to_columns=("id",), skipped="not an input")
    seen = labels.label(replace(LABEL, references=(skipped,)), viewer(NO_AGE))
    assert seen.references == (skipped,)


FILES = (DataFile(path="/lake/a.parquet", rows=4, size=77), DataFile(path="b", rows=5, size=78))
SNAPSHOT = Snapshot(
    port=ORDERS, table="t", table_uuid="u", snapshot_id=1, metadata="m.json", columns=(), files=FILES
)  # fmt: skip
PIN = SourcePin(name="raw", hash="abc", path="p", size=5)
ASIDE = Quarantine(port=ORDERS, files=FILES, columns=(), rows=9)
COUNT = CheckResult(
    check="key", port=ORDERS, outcome=Outcome.PASS, severity=Severity.BLOCK, sentence="x",
    value=Decimal(0), failing=0, rows=9, detail="2 rows were put aside",
)  # fmt: skip
VALUE = replace(COUNT, check="sum", value=Decimal(777), failing=None, detail="")
RELEASE = Release(
    product=ProductName("sales", "orders"), number=1, parent=0, run="r", released_at=NOW,
    fingerprint="abc", code_hash="def", contracts=(), snapshots=(SNAPSHOT,), sources=(PIN,),
    results=(COUNT, VALUE), quarantines=(ASIDE,), labels=(LABEL,),
)  # fmt: skip
RUN = Run(
    id="r", product=RELEASE.product, state=RunState.BLOCKED, started_by="x", started_at=NOW,
    fingerprint="abc", sources=(PIN,), snapshots=(SNAPSHOT,), results=(COUNT, VALUE),
    quarantines=(ASIDE,), failures=(ASIDE,), labels=(LABEL,),
)  # fmt: skip


def test_who_sees_everything_sees_the_release_as_it_is():
    seen = labels.release(RELEASE, viewer(ALL))
    assert replace(seen, labels=RELEASE.labels) == RELEASE
    assert labels.run(RUN, viewer(ALL)) == replace(RUN, labels=())


@pytest.mark.parametrize("decision", [NONE, SOME_ROWS, NO_AGE])
def test_files_and_hashes_which_tell_of_hidden_values_are_left_out(decision):
    for seen in (labels.release(RELEASE, viewer(decision)), labels.run(RUN, viewer(decision))):
        assert (seen.fingerprint, seen.sources) == ("", ())
        assert seen.snapshots[0].files == (DataFile(path="", rows=9, size=0),)
        assert seen.snapshots[0].metadata == ""
        assert seen.quarantines == (replace(ASIDE, files=()),)
        assert seen.results[0] == COUNT
        assert seen.results[1].value == (VALUE.value if decision is NO_AGE else None)
    assert labels.run(RUN, viewer(decision)).failures == (replace(ASIDE, files=()),)


def test_of_an_unlisted_product_not_even_counts_are_left():
    seen = labels.release(RELEASE, viewer(NONE, listed=False))
    assert seen.snapshots[0].files == ()
    assert seen.quarantines[0].rows == 0
    bare = replace(COUNT, value=None, failing=None, rows=None, detail="")
    assert seen.results == (bare, replace(bare, check="sum"))


def test_whether_a_promise_was_kept_is_public_its_words_only_with_the_counts():
    record = TrackRecord(
        port=ORDERS, level="completeness", sentence="kept on 1 of 2 days; 5 rows", days="kb"
    )
    assert labels.record(record, viewer(NONE)) == record
    hidden = labels.record(record, viewer(NONE, listed=False))
    assert hidden == replace(record, sentence="broken on 1 day")
    kept = replace(record, days="kk")
    assert labels.record(kept, viewer(NONE, listed=False)).sentence == "kept"


DECISIONS = st.sampled_from([NONE, SOME_ROWS, NO_AGE])


@given(DECISIONS, st.integers(0, 99), st.text(max_size=5), st.booleans())
def test_hidden_facts_change_nothing_of_what_is_seen(decision, number, text, listed):
    """Two worlds that differ only in facts not declared public have one label."""
    other = replace(
        LABEL,
        columns=tuple(
            replace(c, nulls=number, distinct=number, least=text, most=text)
            if decision is not NO_AGE or c.name in ("age", "day")
            else c
            for c in LABEL.columns
        ),
        keys=(LABEL.keys[0], replace(LABEL.keys[1], repeats=number)),
        periods=(replace(LABEL.periods[0], first=text, last=text, covered=number, gaps=number),),
        group=replace(LABEL.group, groups=number, smallest=number, alone=number),
    )
    sees = viewer(decision, listed=listed)
    assert labels.label(other, sees) == labels.label(LABEL, sees)


def test_every_fact_of_a_label_is_spoken_of_here():
    """A field somebody adds must be ruled on before it is shown."""
    ruled = {
        Label: "port counted_at rows columns keys references periods group problems withheld",
        ColumnFacts: "name nulls distinct exact least most unit zone withheld",
        KeyFacts: "columns declared rows repeats empty",
        ReferenceFacts: "columns to to_columns port rows missing values found targets most mean"
        " met met_mean skipped",
    }
    for noun, names in ruled.items():
        assert [field.name for field in fields(noun)] == names.split()
