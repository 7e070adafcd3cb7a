"""Ticking: when a schedule is due, in its own time zone and over every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agora.model.schedule import Schedule

_FURTHEST = 366 * 8 + 3
"""So many days ahead are looked at: the 29th of February may be eight years away."""


def following(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment of the schedule after this one, or None when there is none.

    A time that a change of clocks leaves out comes as much later as the clocks went on; one that
    comes twice counts once, the first time.
    """
    if schedule.inputs:
        return None
    zone = ZoneInfo(schedule.zone)
    first = after.astimezone(zone).date()
    for ahead in range(_FURTHEST):
        day = first + timedelta(days=ahead)
        if not _on(schedule, day):
            continue
        moments = (
            datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
            for hour in schedule.hours
            for minute in schedule.minutes
        )
        later = [each for each in moments if each > after]
        if later:
            return min(later)
    return None


def told(schedule: Schedule, moment: datetime) -> str:
    """A moment as the clock on the wall of the schedule's zone shows it, with the zone's name."""
    there = moment.astimezone(ZoneInfo(schedule.zone))
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} {schedule.zone}"


def _on(schedule: Schedule, day: date) -> bool:
    if day.month not in schedule.months:
        return False
    by_day = day.day in schedule.days
    by_weekday = day.isoweekday() % 7 in schedule.weekdays
    return by_day or by_weekday if schedule.either else by_day and by_weekday
