"""Words of a label: its facts as sentences for people, those first that change what one may conclude."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from agora.model.label import (
    ColumnFacts,
    Grain,
    GroupFacts,
    KeyFacts,
    Label,
    PeriodEnd,
    PeriodFacts,
    ReferenceFacts,
)
from agora.model.names import PortVersion

_LONELY = 5  # a group of fewer rows can be traced to somebody; the usual least size of official statistics
_TINY, _WHOLE = Decimal("0.01"), Decimal("99.99")
_PERCENT = Decimal(100)
_PLENTY = 10


_Said = tuple[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One sentence about a port; `warns` when a reader would get something wrong without it."""

    port: PortVersion
    sentence: str
    warns: bool = False


def remarks(label: Label, now: datetime) -> tuple[Remark, ...]:
    """Everything the label tells in sentences, warnings first; columns have a table of their own."""
    found = [
        *(said for key in label.keys for said in _key(key)),
        *(said for link in label.references for said in _reference(link)),
        *(said for period in label.periods for said in _period(period, now)),
        *(_group(label.group) if label.group else ()),
        *_zones(label.columns),
    ]
    ordered = sorted(found, key=lambda said: not said[1])
    return tuple(Remark(port=label.port, sentence=words, warns=warns) for words, warns in ordered)


def percent(part: int, whole: int) -> str:
    """A share as people say it: `2 %`, `99.98 %`, `under 0.01 %`; never 0 or 100 of what is not."""
    if not whole or part in (0, whole):
        return "100 %" if whole and part else "0 %"
    share = _PERCENT * part / Decimal(whole)
    if share < _TINY:
        return f"under {_TINY} %"
    if share > _WHOLE:
        return f"over {_WHOLE} %"
    digits = 0 if _PLENTY <= share <= _PERCENT - _PLENTY else 2
    return f"{f'{share:.{digits}f}'.rstrip('0').rstrip('.') if digits else f'{share:.0f}'} %"


def _said(words: str, *, warns: bool = False) -> _Said:
    return words, warns


def _named(columns: Sequence[str]) -> str:
    return " + ".join(f"`{name}`" for name in columns)


def _key(key: KeyFacts) -> Iterator[_Said]:
    one = len(key.columns) == 1
    named = _named(key.columns) + (" names" if one else " together name")
    if key.holds:
        words = "" if key.declared else ", though nobody promises it"
        yield _said(f"{named} each row once{words}")
        return
    parts = []
    if key.repeats:
        parts.append(f"{key.repeats:,} of {key.rows:,} rows share theirs with another")
    if key.empty:
        parts.append(f"{key.empty:,} of {key.rows:,} rows have none")
    yield _said(f"{named} almost each row: {'; '.join(parts)}", warns=True)


def _reference(link: ReferenceFacts) -> Iterator[_Said]:
    named = _named(link.columns)
    if link.skipped:
        yield _said(f"{named} refers to `{link.to}`: {link.skipped}")
        return
    if link.missing:
        yield _said(
            f"{percent(link.missing, link.rows)} of the rows name a {named} that is not in "
            f"`{link.to}`: {link.missing:,} of {link.rows:,}",
            warns=True,
        )
    elif link.rows:
        yield _said(f"every {named} is found in `{link.to}`")
    yield from _coverage(link, named)
    yield from _fan_out(link, named)


def _coverage(link: ReferenceFacts, named: str) -> Iterator[_Said]:
    if link.values is None or link.found is None or link.targets is None:
        return
    if link.found < link.values:
        words = f"{link.found:,} of {link.values:,} different {named} here are in `{link.to}`"
        yield _said(words, warns=True)
    if link.found < link.targets:
        words = f"{link.found:,} of the {link.targets:,} in `{link.to}` occur here"
        yield _said(f"{named}: {words}")
    elif link.targets:
        yield _said(f"{named}: all {link.targets:,} in `{link.to}` occur here")


def _fan_out(link: ReferenceFacts, named: str) -> Iterator[_Said]:
    if link.most is not None and link.most > 1:
        yield _said(
            f"joining `{link.to}` on {named} repeats rows: one here meets up to "
            f"{link.most:,} there ({link.mean} on average), so sums over the join are too high",
            warns=True,
        )
    if link.met is not None and link.met > 1:
        yield _said(
            f"one row of `{link.to}` meets up to {link.met:,} here ({link.met_mean} on "
            "average): sum these before joining its measures"
        )


def _period(period: PeriodFacts, now: datetime) -> Iterator[_Said]:
    named, unit = f"`{period.column}`", _unit(period)
    runs = f"{named} runs from {period.first} to {period.last}"
    if period.gaps:
        places = f"{period.gaps:,} gap{'s' if period.gaps > 1 else ''}"
        longest = "the longest" if period.gaps > 1 else "it is"
        between = f"{longest} between {period.gap_from} and {period.gap_to}"
        yield _said(f"{runs} with {places}; {between}", warns=True)
    elif period.grain is Grain.IRREGULAR:
        yield _said(f"{runs}, {period.covered:,} different {unit}")
    else:
        yield _said(f"{runs} without a gap, {period.covered:,} {unit}")
    parts = [_part(end, now) for end in period.ends if end.incomplete]
    if parts:
        yield _said(f"{named}: not complete {_are(parts)} {', '.join(parts)}", warns=True)


def _are(parts: Sequence[str]) -> str:
    return "are" if len(parts) > 1 else "is"


def _unit(period: PeriodFacts) -> str:
    many = period.covered != 1
    word = "day" if period.grain is Grain.IRREGULAR else period.grain.value
    return f"{word}s" if many else word


def _part(end: PeriodEnd, now: datetime) -> str:
    words = f"{end.has:,} of {end.usual:,} days"
    if end.grain is Grain.PERIOD:
        words = f"{end.has:,} of usually {end.usual:,} {end.counted}"
    over = "" if end.first or _over(end, now) else ", not over yet"
    return f"{end.period} ({words}{over})"


def _over(end: PeriodEnd, now: datetime) -> bool:
    """True when the clock is past the end of a week or month; counted periods have no calendar."""
    if end.grain is Grain.WEEK:
        monday = date.fromisoformat(end.period[-len("2018-01-01") :])
        return now.date() >= monday + timedelta(days=end.usual)
    if end.grain is Grain.MONTH:
        first = date.fromisoformat(f"{end.period}-01")
        return now.date() >= first + timedelta(days=end.usual)
    return True


def _group(group: GroupFacts) -> Iterator[_Said]:
    alone = f"; {group.alone:,} belong to one row alone" if group.alone else ""
    yield _said(
        f"the smallest group of rows alike in {_named(group.columns)} has {group.smallest:,}, "
        f"of {group.groups:,} groups{alone}",
        warns=group.smallest < _LONELY,
    )


def _zones(columns: Sequence[ColumnFacts]) -> Iterator[_Said]:
    for column in columns:
        if column.zone:
            warns = "not stated" in column.zone
            yield _said(f"`{column.name}` is in {column.zone}", warns=warns)
