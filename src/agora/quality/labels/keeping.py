"""Keeping: on how many of the last days each service level was kept, by the editions that came.

A day is judged at its worst moment by the mesh's clock: just before each edition and at its end (of
today: now). Days before the first edition, and days on which nothing was due, do not count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby

from agora.model.contract import ServiceLevel, moment
from agora.model.label import BROKEN, KEPT, PENDING, TrackRecord
from agora.model.names import PortVersion
from agora.model.release import Release
from agora.quality.levels import span

DAYS = 90
UNMEASURED = "recorded, not measured"
_INSTANT = timedelta(microseconds=1)
_LAST = ".#/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """When readers got it, how many rows it had and kept out, and the days each column covers."""

    at: datetime
    rows: int = 0
    aside: int = 0
    covers: tuple[tuple[str, date, date], ...] = ()

    def covered(self, column: str) -> tuple[date, date] | None:
        """First and last day of a column, or of the only one when none is named."""
        found = [days for name, *days in self.covers if column in ("", name)]
        return (found[0][0], found[0][1]) if len(found) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A day with its last moment, and the editions until then."""

    start: datetime
    end: datetime
    editions: tuple[Edition, ...]

    def came(self) -> tuple[Edition, ...]:
        """The editions of this very day."""
        return tuple(e for e in self.editions if e.at >= self.start)


Verdict = tuple[str, str]
_Judge = Callable[[ServiceLevel, _Day], Verdict | None]


def editions(releases: Sequence[Release], port: PortVersion) -> tuple[Edition, ...]:
    """What the releases say of one port, oldest first."""
    came = (made for made in releases if made.snapshot(port) is not None)
    # of an edition whose files were only written together nothing came
    news = (next(same) for _, same in groupby(came, key=lambda made: made.rows_of))
    return tuple(sorted((_edition(made, port) for made in news), key=lambda each: each.at))


def records(
    levels: Sequence[ServiceLevel],
    port: PortVersion,
    came: Sequence[Edition],
    now: datetime,
    days: int = DAYS,
) -> tuple[TrackRecord, ...]:
    """Each service level over the last days, today included; one that nobody can judge says so."""
    calendar = tuple(_calendar(came, now, days))
    return tuple(_record(level, port, calendar) for level in levels)


def _edition(made: Release, port: PortVersion) -> Edition:
    label, snapshot = made.label(port), made.snapshot(port)
    covers = []
    for period in label.periods if label else ():
        ends = moment(period.first), moment(period.last)
        if ends[0] and ends[1]:
            covers.append((period.column, ends[0].date(), ends[1].date()))
    return Edition(
        at=made.released_at,
        rows=snapshot.rows if snapshot else 0,
        aside=sum(batch.rows for batch in made.quarantines if batch.port == port),
        covers=tuple(covers),
    )


def _calendar(came: Sequence[Edition], now: datetime, days: int) -> Iterator[_Day]:
    today = datetime.combine(now.date(), time(), now.tzinfo)
    for back in range(days - 1, -1, -1):
        start = today - timedelta(days=back)
        end = min(start + timedelta(days=1) - _INSTANT, now)
        yield _Day(start=start, end=end, editions=tuple(e for e in came if e.at <= end))


def _record(level: ServiceLevel, port: PortVersion, calendar: Sequence[_Day]) -> TrackRecord:
    judge = _JUDGES.get(level.property.lower(), _nobody)
    verdicts = [judge(level, day) if day.editions else (PENDING, "") for day in calendar]
    days = "".join(verdict[0] if verdict else PENDING for verdict in verdicts)
    if None in verdicts and not set(days) - {PENDING}:
        return TrackRecord(port=port, level=level.property, sentence=UNMEASURED)
    last, why = "", ""
    for day, verdict in zip(calendar, verdicts, strict=True):
        if verdict and verdict[0] == BROKEN:
            last, why = day.start.date().isoformat(), verdict[1]
    sentence = _sentence(days, last, why)
    return TrackRecord(
        port=port, level=level.property, sentence=sentence, days=days, last_broken=last
    )


def _sentence(days: str, last: str, why: str) -> str:
    kept, judged = days.count(KEPT), len(days) - days.count(PENDING)
    if not judged:
        return "no day to judge yet"
    if not last:
        return f"kept on {'all ' if judged > 1 else ''}{_days(judged)}"
    return f"kept on {kept} of {_days(judged)}; last broken {last}: {why}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _age(level: ServiceLevel, day: _Day) -> Verdict | None:
    """Not older than promised at any moment: by the data's last day where an element names it."""
    allowed = span(level)
    if allowed is None:
        return None
    column = _element(level)
    worst = timedelta()
    for place, edition in enumerate(day.editions):
        later = day.editions[place + 1].at if place + 1 < len(day.editions) else day.end
        if later >= day.start:
            worst = max(worst, later - _fresh(edition, column))
    if worst <= allowed:
        return KEPT, ""
    dated = column and day.editions[-1].covered(column)
    return BROKEN, "the data were older" if dated else f"no edition for {_long(worst)}"


def _fresh(edition: Edition, column: str) -> datetime:
    """How far the edition's data reach: to the end of their last day, else to when it came."""
    days = edition.covered(column) if column else None
    if days is None:
        return edition.at
    end = datetime.combine(days[1], time(), edition.at.tzinfo) + timedelta(days=1)
    return min(end, edition.at)


def _long(age: timedelta) -> str:
    return _days(age.days) if age >= timedelta(days=1) else f"{age.seconds // 3600} hours"


def _complete(level: ServiceLevel, day: _Day) -> Verdict | None:
    """At least so many percent of the rows passed every check that could have put them aside."""
    wanted = _number(level.value)
    if wanted is None:
        return None
    newest = day.editions[-1]
    total = newest.rows + newest.aside
    share = 100 * Decimal(newest.rows) / total if total else Decimal(100)
    words = f"{newest.aside:,} of {total:,} rows were put aside"
    return (KEPT, "") if share >= wanted else (BROKEN, words)


def _retained(level: ServiceLevel, day: _Day) -> Verdict | None:
    """No row is gone that had been there and is younger than promised."""
    allowed, column = span(level), _element(level)
    spans = [found for edition in day.editions if (found := edition.covered(column))]
    now = day.editions[-1].covered(column)
    if allowed is None or now is None:
        return None
    earliest = min(first for first, _ in spans)
    owed = max(earliest, (day.end - allowed).date())
    return (KEPT, "") if now[0] <= owed else (BROKEN, "older rows were gone")


def _in_time(level: ServiceLevel, day: _Day) -> Verdict | None:
    """An edition of that day had come by that time; on days without one nothing was due."""
    try:
        due = time.fromisoformat(level.value)
    except ValueError:
        return None
    came = day.came()
    if not came:
        return PENDING, ""
    deadline = datetime.combine(day.start.date(), due, due.tzinfo or day.start.tzinfo)
    first = came[0].at.astimezone(day.start.tzinfo)
    return (KEPT, "") if came[0].at <= deadline else (BROKEN, f"it came at {first:%H:%M}")


def _until(level: ServiceLevel, day: _Day) -> Verdict | None:
    at = moment(level.value, day.end.tzinfo)
    if at is None:
        return None
    return (KEPT, "") if day.end < at else (BROKEN, "it had ended")


def _from(level: ServiceLevel, day: _Day) -> Verdict | None:
    at = moment(level.value, day.end.tzinfo)
    if at is None:
        return None
    return (KEPT, "") if day.end >= at else (PENDING, "")


def _nobody(_level: ServiceLevel, _day: _Day) -> Verdict | None:
    return None


_JUDGES: Mapping[str, _Judge] = {
    "latency": _age, "freshness": _age, "frequency": _age, "completeness": _complete,
    "retention": _retained, "timeofavailability": _in_time, "generalavailability": _from,
    "endofsupport": _until, "endoflife": _until,
}  # fmt: skip


def _element(level: ServiceLevel) -> str:
    """The column a service level is about, of `column`, `table.column` or a path; empty for none."""
    word = level.element
    for sign in _LAST:
        word = word.rpartition(sign)[2]
    return word.strip()


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
