"""How one release after another was doing, and what stays unsaid."""

from dataclasses import replace
from datetime import UTC, datetime

from agora.model.checks import CheckResult, Outcome
from agora.model.contract import Severity
from agora.model.label import KeyFacts, Label, ReferenceFacts
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.release import DataFile, Quarantine, Release, Snapshot
from agora.quality.labels.editions import EditionHealth, health
from tests.unit.quality.counting import PORT

NOW = datetime(2018, 1, 2, 8, tzinfo=UTC)
OTHER = PortVersion(PortName("sales", "weekly", "other"), 1)


def result(outcome, port=PORT):
    return CheckResult(
        check=outcome.value, port=port, outcome=outcome, severity=Severity.BLOCK, sentence="x"
    )


def key(*, declared, repeats):
    return KeyFacts(columns=("id",), declared=declared, rows=7, repeats=repeats)


LABEL = Label(
    port=PORT,
    counted_at=NOW,
    rows=7,
    keys=(
        key(declared=True, repeats=0),
        key(declared=True, repeats=2),
        key(declared=False, repeats=0),
    ),
    references=(
        ReferenceFacts(columns=("a",), to="t", to_columns=("x",), rows=6, missing=2),
        ReferenceFacts(columns=("b",), to="t", to_columns=("x",), rows=5, missing=0),
        ReferenceFacts(columns=("c",), to="u", to_columns=("x",), skipped="not an input"),
    ),
)
SNAPSHOT = Snapshot(
    port=PORT, table="t", table_uuid="u", snapshot_id=1, metadata="m", columns=(),
    files=(DataFile(path="f", rows=7, size=1),),
)  # fmt: skip
MADE = Release(
    product=ProductName("sales", "weekly"), number=4, parent=3, run="r", released_at=NOW,
    fingerprint="", code_hash="", contracts=(), snapshots=(SNAPSHOT,),
    results=(*map(result, Outcome), result(Outcome.PASS, OTHER)),
    quarantines=(
        Quarantine(port=PORT, files=(), columns=(), rows=3),
        Quarantine(port=OTHER, files=(), columns=(), rows=9),
    ),
    labels=(LABEL,),
)  # fmt: skip
BARE = EditionHealth(number=4, at=NOW, port=PORT, held=1, checks=4)


def test_an_edition_is_told_with_what_its_label_counted():
    counted = replace(
        BARE, rows=7, aside=3, keys_held=1, keys=2, missing=2, referring=11
    )  # the key nobody declared and the table nobody looked at do not count
    assert health(MADE) == (counted,)


def test_before_labels_were_kept_only_rows_are_told():
    assert health(replace(MADE, labels=())) == (replace(BARE, rows=7, aside=3),)


def test_rows_that_are_not_for_this_reader_stay_unsaid():
    hidden = replace(
        MADE, snapshots=(replace(SNAPSHOT, files=()),), labels=(replace(LABEL, rows=None),)
    )
    assert health(hidden) == (BARE,)


def test_an_empty_table_has_no_rows_which_is_told():
    empty = replace(
        MADE,
        snapshots=(replace(SNAPSHOT, files=()),),
        labels=(Label(port=PORT, counted_at=NOW, rows=0),),
        quarantines=(),
    )
    assert health(empty)[0].rows == 0
