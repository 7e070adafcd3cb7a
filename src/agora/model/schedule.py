"""Schedules: when a product runs by itself, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

BY_HAND, INPUTS = "by-hand", "inputs"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 (reads better as words)
_DAYS = "sun mon tue wed thu fri sat".split()  # noqa: SIM905 (reads better as words)
_FIELDS = 5
_SUNDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a product runs: whenever an input has a new edition, or at the moments of a cron line.

    `days` and `weekdays` are both restricted or one of them counts alone, as cron has it; Sunday is 0.
    """

    text: str
    inputs: bool = False
    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    either: bool = False
    zone: str = "UTC"

    @classmethod
    def parse(cls, text: str) -> "Schedule | None":
        """Read `inputs`, `by-hand` (None) or a cron line with a time zone; raise ValueError in words."""
        words = text.split()
        if words == [BY_HAND]:
            return None
        if words == [INPUTS]:
            return cls(text=INPUTS, inputs=True)
        if len(words) not in (_FIELDS, _FIELDS + 1):
            raise ValueError("a schedule is `inputs`, `by-hand`, or five fields and a time zone")
        zone = words[_FIELDS] if len(words) > _FIELDS else "UTC"
        try:
            ZoneInfo(zone)
        except (OSError, ValueError, KeyError):
            raise ValueError(f"there is no time zone `{zone}`") from None
        weekdays = {each % _SUNDAY for each in _field(words[4], 0, _SUNDAY, _DAYS, 0)}
        return cls(
            text=" ".join(words),
            minutes=_field(words[0], 0, 59),
            hours=_field(words[1], 0, 23),
            days=_field(words[2], 1, 31),
            months=_field(words[3], 1, 12, _MONTHS, 1),
            weekdays=tuple(sorted(weekdays)),
            either=not words[2].startswith("*") and not words[4].startswith("*"),
            zone=zone,
        )


def _field(
    text: str, least: int, most: int, names: list[str] | None = None, first: int = 0
) -> tuple[int, ...]:
    """The numbers one field of a cron line means, in order."""
    found: set[int] = set()
    for part in text.lower().split(","):
        span, slash, step = part.partition("/")
        by = _number(step, 1, most) if slash else 1
        if span == "*":
            found |= set(range(least, most + 1, by))
            continue
        begin, dash, end = (
            (str(names.index(each) + first) if names and each in names else each)
            for each in span.partition("-")
        )
        low = _number(begin, least, most)
        high = _number(end, least, most) if dash else (most if slash else low)
        if high < low:
            raise ValueError(f"`{part}` ends before it begins")
        found |= set(range(low, high + 1, by))
    return tuple(sorted(found))


def _number(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:4]) <= most:
        raise ValueError(f"`{text}` is no number from {least} to {most}")
    return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The last time a schedule ran its product: up to when it looked, at which editions of its inputs.

    `outcome` is `released`, `nothing new`, `kept back` or `failed`, and `said` why.
    """

    product: str
    looked: datetime
    inputs: tuple[tuple[str, int], ...] = ()
    outcome: str = ""
    said: str = ""
