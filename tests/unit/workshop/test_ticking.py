"""When a cron line is due: fields, either day, time zones and changes of clocks."""

from datetime import UTC, datetime

import pytest

from agora.model.schedule import Schedule
from agora.workshop.ticking import following, told


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "after", "next_"),
    [
        ("0 6 * * *", "2017-01-01T05:59", "2017-01-01T06:00"),
        ("0 6 * * *", "2017-01-01T06:00", "2017-01-02T06:00"),
        ("*/15 * * * *", "2017-01-01T23:50", "2017-01-02T00:00"),
        ("0 6 * * mon", "2017-01-03T00:00", "2017-01-09T06:00"),
        ("0 6 * * 7", "2017-01-03T00:00", "2017-01-08T06:00"),
        ("30 5,17 1 jan-mar *", "2017-01-01T06:00", "2017-01-01T17:30"),
        ("0 0 13 * fri", "2017-01-07T00:00", "2017-01-13T00:00"),
        ("0 0 13 * fri", "2017-01-13T00:00", "2017-01-20T00:00"),
        ("0 0 29 2 *", "2017-01-01T00:00", "2020-02-29T00:00"),
        ("10/20 9 * * *", "2017-01-01T09:11", "2017-01-01T09:30"),
        ("0 6 * * * Europe/Berlin", "2017-01-15T00:00", "2017-01-15T05:00"),
        ("0 6 * * * Europe/Berlin", "2017-07-15T00:00", "2017-07-15T04:00"),
        # 26 March 2017: 02:30 is not there; 29 October 2017: 02:30 is there twice
        ("30 2 * * * Europe/Berlin", "2017-03-25T12:00", "2017-03-26T01:30"),
        ("30 2 * * * Europe/Berlin", "2017-10-28T12:00", "2017-10-29T00:30"),
        ("30 2 * * * Europe/Berlin", "2017-10-29T00:30", "2017-10-30T01:30"),
    ],
)
def test_the_next_moment(line, after, next_):
    assert following(Schedule.parse(line), at(after)) == at(next_)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2017-03-25T05:00", "Saturday 25 March 2017, 06:00 Europe/Berlin"),
        ("2017-03-26T04:00", "Sunday 26 March 2017, 06:00 Europe/Berlin"),
        ("2017-10-29T05:00", "Sunday 29 October 2017, 06:00 Europe/Berlin"),
    ],
)
def test_a_time_is_told_by_the_clock_of_its_zone_over_a_change_of_clocks(moment, words):
    schedule = Schedule.parse("0 6 * * * Europe/Berlin")
    before = at(moment).replace(hour=0)
    assert following(schedule, before) == at(moment)
    assert told(schedule, at(moment)) == words


def test_some_schedules_have_no_moment():
    assert following(Schedule.parse("inputs"), at("2017-01-01")) is None
    assert following(Schedule.parse("0 0 30 2 *"), at("2017-01-01")) is None
    assert Schedule.parse("by-hand") is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "a schedule is"),
        ("daily", "a schedule is"),
        ("60 * * * *", "`60` is no number from 0 to 59"),
        ("* * 0 * *", "`0` is no number from 1 to 31"),
        ("* * * jax *", "`jax` is no number"),
        ("*/0 * * * *", "`0` is no number from 1"),
        ("5-1 * * * *", "`5-1` ends before it begins"),
        ("0 6 * * * Mars/Base", "there is no time zone `Mars/Base`"),
        ("0 6 * * * ../etc/passwd", "there is no time zone"),
    ],
)
def test_what_is_no_schedule_is_said(line, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        Schedule.parse(line)
