"""Periods of a label: which days a column covers, where it has gaps, and whether its ends are whole."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from agora.model.contract import Column
from agora.model.label import Grain, PeriodEnd, PeriodFacts

Rows = tuple[Mapping[str, object], ...]
_GRAINS = (
    (1, 1, Grain.DAY), (7, 7, Grain.WEEK), (28, 31, Grain.MONTH), (90, 92, Grain.QUARTER),
    (365, 366, Grain.YEAR),
)  # fmt: skip
_WEEK = 7
_LENGTHS = {"day": 1, "week": _WEEK, "month": 31, "quarter": 92, "year": 366}
_DENSE = 0.9  # what happens on fewer days has no whole weeks and months that could lack some
_FEW = 3  # two days have one step between them, which is no rhythm


def conclude(
    moments: Sequence[Column], periods: Sequence[Column], answers: Mapping[str, Rows]
) -> tuple[PeriodFacts, ...]:
    """The time each of these columns covers, as far as it was counted and there is any."""
    found = []
    for scan, columns, read in (("periods", periods, _counted), ("days", moments, _days)):
        for column in columns:
            answer = answers.get(f"{scan} {column.name}")
            if answer and _number(answer[0]["covered"]):
                found.append(read(column, answer[0]))
    return tuple(found)


def _days(column: Column, told: Mapping[str, object]) -> PeriodFacts:
    covered, step = _number(told["covered"]), _number(told["step"])
    grain, widest = Grain.IRREGULAR, 0
    if covered >= _FEW:
        fits = (g for g in _GRAINS if g[0] <= step <= g[1])
        _, widest, grain = next(fits, (0, 0, Grain.IRREGULAR))
    gaps = _number(told[f"over{widest}"]) if widest else 0
    first, last = (date.fromisoformat(str(told[end])) for end in ("first", "last"))
    daily = grain is Grain.DAY and covered >= _DENSE * ((last - first).days + 1)
    return PeriodFacts(
        column=column.name,
        grain=grain,
        first=first.isoformat(),
        last=last.isoformat(),
        covered=covered,
        gaps=gaps,
        gap_from=str(_before(told)) if gaps else "",
        gap_to=str(told["gap_to"]) if gaps else "",
        ends=tuple(_ends(told, first, last)) if daily else (),
    )


def _before(told: Mapping[str, object]) -> date:
    """The day on which the longest gap begins."""
    return date.fromisoformat(str(told["gap_to"])) - timedelta(days=_number(told["longest"]))


def _ends(told: Mapping[str, object], first: date, last: date) -> Iterator[PeriodEnd]:
    """The outer weeks and months, with the days they cover and the days they have."""
    made = [*_outer(told, first, "first"), *_outer(told, last, "last")]
    later = {end.period for end in made if not end.first}
    yield from (end for end in made if not end.first or end.period not in later)


def _outer(told: Mapping[str, object], day: date, word: str) -> Iterator[PeriodEnd]:
    yield PeriodEnd(
        grain=Grain.WEEK,
        period=f"the week of {day - timedelta(days=day.weekday())}",
        has=_number(told[f"{word}_week"]),
        usual=_WEEK,
        first=word == "first",
    )
    yield PeriodEnd(
        grain=Grain.MONTH,
        period=f"{day:%Y-%m}",
        has=_number(told[f"{word}_month"]),
        usual=monthrange(day.year, day.month)[1],
        first=word == "first",
    )


def _counted(column: Column, told: Mapping[str, object]) -> PeriodFacts:
    """Counted periods are as whole as usual ones: by their days, else by their rows."""
    gaps = _number(told["gaps"])
    counted = "days" if _number(told["days"]) else "rows"
    usual = _number(told[counted])
    if counted == "days":
        # moments of one period may spill into a day more than it has
        usual = min(usual, _LENGTHS.get(column.period, usual))
    ends = (
        PeriodEnd(
            grain=Grain.PERIOD,
            period=f"{column.name} {told[word]}",
            has=_number(told[f"{word}_{counted}"]),
            usual=usual,
            counted=counted,
            first=word == "first",
        )
        for word in ("first", "last")
    )
    return PeriodFacts(
        column=column.name,
        grain=Grain.PERIOD,
        first=str(told["first"]),
        last=str(told["last"]),
        covered=_number(told["covered"]),
        gaps=gaps,
        gap_from=str(told["gap_from"]) if gaps else "",
        gap_to=str(told["gap_to"]) if gaps else "",
        ends=tuple(ends) if _number(told["covered"]) > 1 else (),
    )


def _number(value: object) -> int:
    return 0 if value is None else int(str(value))
