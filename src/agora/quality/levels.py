"""Service levels: what a contract promises over time, and whether it holds now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agora.model.contract import ServiceLevel

_UNITS = {
    "s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "w": 604800, "week": 604800,
    "mo": 2592000, "month": 2592000, "y": 31536000, "year": 31536000,
}  # fmt: skip


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
    if kind in ("latency", "freshness", "frequency"):
        allowed = _span(level)
        kept = None if released_at is None or allowed is None else now - released_at <= allowed
        return Promise(property=level.property, sentence=f"at most {words} old", kept=kept)
    if kind in ("endofsupport", "endoflife"):
        end = next(_moment(level.value, now), None)
        kept = None if end is None else now < end
        return Promise(property=level.property, sentence=f"until {words}", kept=kept)
    return Promise(property=level.property, sentence=level.description or words)


def _span(level: ServiceLevel) -> timedelta | None:
    unit = level.unit.lower()
    seconds = (
        _UNITS.get(unit) or _UNITS.get(unit.rstrip("s")) or (_UNITS["day"] if not unit else None)
    )
    try:
        return timedelta(seconds=float(level.value) * seconds) if seconds else None
    except (ValueError, OverflowError):
        return None


def _moment(text: str, now: datetime) -> Iterator[datetime]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return
    yield moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
