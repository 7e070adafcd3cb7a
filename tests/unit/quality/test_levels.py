"""Service levels against a release and a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from agora.model.contract import ServiceLevel
from agora.quality.levels import judge

NOW = datetime(2018, 1, 10, 12, tzinfo=UTC)
RELEASED = datetime(2018, 1, 8, 12, tzinfo=UTC)  # two days before


@pytest.mark.parametrize(
    ("name", "value", "unit", "kept"),
    [
        ("latency", "2", "d", True),
        ("latency", "1", "day", False),
        ("latency", "3", "", True),
        ("Freshness", "48", "Hours", True),
        ("freshness", "47.9", "hrs", False),
        ("freshness", "2880", "min", True),
        ("frequency", "1", "weeks", True),
        ("frequency", "172799", "s", False),
        ("latency", "1", "mo", True),
        ("latency", "0.001", "years", False),
        ("latency", "1", "moons", None),
        ("latency", "soon", "d", None),
        ("latency", "nan", "d", None),
        ("latency", "1e300", "y", None),
        ("endOfSupport", "2018-01-11", "", True),
        ("endOfLife", "2018-01-10T12:00:00+00:00", "", False),
        ("endOfLife", "2018-01-10T13:30:00+02:00", "", False),
        ("endOfLife", "some day", "", None),
        ("generalAvailability", "2018-01-10", "", True),
        ("generalAvailability", "2018-01-11", "", False),
        ("generalAvailability", "later", "", None),
        ("availability", "99.9", "percent", None),
        ("retention", "3", "y", None),
    ],
)
def test_a_level_is_kept_broken_or_only_recorded(name, value, unit, kept):
    level = ServiceLevel(property=name, value=value, unit=unit)
    (promise,) = judge([level], released_at=RELEASED, now=NOW)
    assert promise.kept is kept
    assert promise.property == name
    assert value in promise.sentence


def test_nothing_released_yet_is_neither_fresh_nor_late():
    level = ServiceLevel(property="latency", value="1", unit="d")
    assert judge([level], released_at=None, now=NOW)[0].kept is None


def test_a_recorded_level_speaks_in_its_own_words():
    level = ServiceLevel(
        property="retention", value="3", unit="y", description="kept for three years"
    )
    assert judge([level], released_at=RELEASED, now=NOW)[0].sentence == "kept for three years"


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [
        ("s", 1),
        ("min", 60),
        ("h", 3600),
        ("d", 86400),
        ("wk", 604800),
        ("mo", 2592000),
        ("yr", 31536000),
    ],
)
def test_every_unit_is_as_long_as_it_says(unit, seconds):
    level = ServiceLevel(property="latency", value="1", unit=unit)
    for age, kept in ((seconds, True), (seconds + 0.5, False)):
        released = NOW - timedelta(seconds=age)
        assert judge([level], released_at=released, now=NOW)[0].kept is kept


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("latency", "at most 1 d old"),
        ("generalAvailability", "from 1 d"),
        ("endOfLife", "until 1 d"),
        ("retention", "1 d"),
    ],
)
def test_a_level_is_told_in_words(name, words):
    level = ServiceLevel(property=name, value="1", unit="d")
    assert judge([level], released_at=RELEASED, now=NOW)[0].sentence == words
