"""Service levels: what a contract promises over time, and whether it holds now.

Judged are what the release and the clock can tell: how old the data may be (latency, freshness,
frequency), from when and until when it is offered (generalAvailability, endOfSupport, endOfLife).
Everything else is recorded, not measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from agora.model.contract import ServiceLevel, moment

_SECONDS = {
    1: ("s", "sec", "second"), 60: ("m", "min", "minute"), 3600: ("h", "hr", "hour"),
    86400: ("d", "day"), 604800: ("w", "wk", "week"), 2592000: ("mo", "mon", "month"),
    31536000: ("y", "yr", "year"),
}  # fmt: skip
_UNITS = {unit: seconds for seconds, units in _SECONDS.items() for unit in units}
_AGES = frozenset({"latency", "freshness", "frequency"})
_ENDS = frozenset({"endofsupport", "endoflife"})
_STARTS = "generalavailability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A service level in words; `kept` is None when nothing here can tell."""

    property: str
    sentence: str
    kept: bool | None = None


def judge(
    levels: Sequence[ServiceLevel], *, released_at: datetime | None, now: datetime
) -> tuple[Promise, ...]:
    """Every service level, judged where the release and the clock can tell."""
    return tuple(_judged(level, released_at, now) for level in levels)


def _judged(level: ServiceLevel, released_at: datetime | None, now: datetime) -> Promise:
    kind = level.property.lower()
    words = " ".join(part for part in (level.value, level.unit) if part)
    if kind in _AGES:
        allowed = span(level)
        kept = None if released_at is None or allowed is None else now - released_at <= allowed
        return Promise(property=level.property, sentence=f"at most {words} old", kept=kept)
    if kind in _ENDS or kind == _STARTS:
        at = moment(level.value, now.tzinfo)
        reached = None if at is None else now >= at
        kept = reached if kind == _STARTS or reached is None else not reached
        word = "from" if kind == _STARTS else "until"
        return Promise(property=level.property, sentence=f"{word} {words}", kept=kept)
    return Promise(property=level.property, sentence=level.description or words)


def span(level: ServiceLevel) -> timedelta | None:
    """How long; a number without a unit means days, a month 30 and a year 365 of them."""
    unit = level.unit.strip().lower() or "day"
    seconds = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    try:
        return timedelta(seconds=float(level.value) * seconds) if seconds else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Service levels as bounds: rows at most so old, offered from and until; None is not said."""

    age: timedelta | None = None
    begins: datetime | None = None
    ends: datetime | None = None


def bounds(levels: Iterable[ServiceLevel], zone: tzinfo | None) -> Bounds:
    """What `judge` looks at, as the narrowest bounds: inside them no level is broken."""
    ages: list[timedelta | None] = []
    begins: list[datetime | None] = []
    ends: list[datetime | None] = []
    for level in levels:
        kind = level.property.lower()
        if kind in _AGES:
            ages.append(span(level))
        elif kind in _ENDS:
            ends.append(moment(level.value, zone))
        elif kind == _STARTS:
            begins.append(moment(level.value, zone))
    return Bounds(
        age=min((age for age in ages if age is not None), default=None),
        begins=max((at for at in begins if at is not None), default=None),
        ends=min((at for at in ends if at is not None), default=None),
    )
