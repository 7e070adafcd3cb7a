"""Service levels as bounds say the same as service levels judged one by one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agora.model.contract import ServiceLevel
from agora.model.names import ProductName
from agora.model.search import Listing, Quality
from agora.quality.levels import bounds, judge

NOW = datetime(2018, 1, 2, tzinfo=UTC)
LEVELS = st.builds(
    ServiceLevel,
    property=st.sampled_from(
        ["frequency", "latency", "endOfLife", "endOfSupport", "generalAvailability", "retention"]
    ),
    value=st.sampled_from(["0", "1", "30", "2018-01-02", "2018-01-01", "2018-01-03", "soon"]),
    unit=st.sampled_from(["", "d", "h", "fortnights"]),
)


@given(st.lists(LEVELS, max_size=4), st.none() | st.integers(0, 40))
def test_inside_its_bounds_no_level_is_broken(levels, days):
    at = None if days is None else NOW - timedelta(days=days)
    found = bounds(levels, UTC)
    listing = Listing(
        name=ProductName("a", "b"),
        listed=True,
        texts=(),
        kind="",
        state="",
        age=found.age,
        begins=found.begins,
        ends=found.ends,
    )
    broken = any(p.kept is False for p in judge(levels, released_at=at, now=NOW))
    expected = Quality.UNRELEASED if at is None else Quality.BROKEN if broken else Quality.HOLDS
    assert listing.quality(at, NOW) is expected
