"""Service levels over ninety days: every case under tests/cases/labels/levels.yaml, and laws."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agora.model.contract import ServiceLevel
from agora.model.label import Grain, Label, PeriodFacts
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.release import DataFile, Quarantine, Release, Snapshot
from agora.quality.labels.keeping import DAYS, Edition, editions, records
from tests.unit.quality.counting import PORT

CASES = YAML(typ="safe", pure=True).load(
    Path(__file__).parents[3] / "cases" / "labels" / "levels.yaml"
)
NOW = datetime(2018, 1, 2, 8, tzinfo=UTC)


def edition(told):
    told = {"at": told} if isinstance(told, str) else told
    covers = tuple(
        (column, date.fromisoformat(first), date.fromisoformat(last))
        for column, (first, last) in told.get("covers", {}).items()
    )
    at = datetime.fromisoformat(told["at"]).replace(tzinfo=UTC)
    return Edition(at=at, rows=told.get("rows", 0), aside=told.get("aside", 0), covers=covers)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_case(case):
    told = {key: str(value) for key, value in case["level"].items()}
    came = [edition(each) for each in case["editions"]]
    (record,) = records([ServiceLevel(**told)], PORT, came, NOW)
    assert record.sentence == case["say"]
    assert record.days[-len(case.get("days", "")) :] == case.get("days", record.days)
    assert record.port == PORT
    assert record.level == told["property"]


@given(st.sets(st.integers(0, 100), max_size=8), st.integers(1, 40))
def test_every_day_is_kept_or_broken_by_the_longest_wait_on_it(ages, allowed):
    came = sorted((Edition(at=NOW - timedelta(days=age)) for age in ages), key=lambda e: e.at)
    level = ServiceLevel(property="frequency", value=str(allowed), unit="d")
    (record,) = records([level], PORT, came, NOW)
    assert len(record.days) == DAYS
    assert record.kept + record.broken + record.days.count("-") == DAYS
    for back, sign in enumerate(reversed(record.days)):
        day = (NOW - timedelta(days=back)).date()
        end = min(NOW, datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1))
        before = [e.at for e in came if e.at < end or e.at == NOW == end]
        waits = [b - a for a, b in pairwise(before) if b.date() == day]
        waits += [end - before[-1]] if before else []
        worst = max(waits, default=None)
        expected = "-" if worst is None else "b" if worst > timedelta(days=allowed) else "k"
        if back == 0 or worst != timedelta(days=allowed):  # midnight itself belongs to the next day
            assert sign == expected


def test_releases_become_editions_of_one_port():
    other = PortVersion(PortName("sales", "weekly", "other"), 1)
    period = PeriodFacts(
        column="day", grain=Grain.DAY, first="2017-01-01", last="2017-02-01", covered=32
    )
    week = PeriodFacts(column="week", grain=Grain.PERIOD, first="1", last="5", covered=5)
    snapshot = Snapshot(
        port=PORT, table="t", table_uuid="u", snapshot_id=1, metadata="m", columns=(),
        files=(DataFile(path="f", rows=7, size=1),),
    )  # fmt: skip
    made = Release(
        product=ProductName("sales", "weekly"), number=1, parent=0, run="r", released_at=NOW,
        fingerprint="", code_hash="", contracts=(), snapshots=(snapshot,),
        quarantines=(Quarantine(port=PORT, files=(), columns=(), rows=3),),
        labels=(Label(port=PORT, counted_at=NOW, rows=7, periods=(week, period)),),
    )  # fmt: skip
    (told,) = editions([made], PORT)
    assert told == Edition(
        at=NOW, rows=7, aside=3, covers=(("day", date(2017, 1, 1), date(2017, 2, 1)),)
    )
    assert editions([made], other) == ()


def test_nothing_came_with_an_edition_whose_files_were_only_written_together():
    def made(number, restores=0):
        snapshot = Snapshot(
            port=PORT, table="t", table_uuid="u", snapshot_id=1, metadata="m", columns=(), files=(),
        )  # fmt: skip
        return Release(
            product=ProductName("sales", "weekly"), number=number, parent=number - 1, run="r",
            released_at=NOW + timedelta(days=number), fingerprint="", code_hash="", contracts=(),
            snapshots=(snapshot,), restores=restores,
        )  # fmt: skip

    came = editions([made(1), made(2), made(3, 2), made(4, 2), made(5, 1)], PORT)
    assert [(each.at - NOW).days for each in came] == [1, 2, 5]
