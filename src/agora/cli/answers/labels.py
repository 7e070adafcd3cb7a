"""Labels for people at a terminal: what the rows tell, how promises were kept, and how it went."""

import textwrap
from collections.abc import Sequence

from agora.cli.answers.tables import line_width, table
from agora.cli.answers.terminal import paint, safe, say
from agora.model.label import BROKEN, KEPT, ColumnFacts, Label, TrackRecord
from agora.model.names import PortVersion
from agora.quality.labels.editions import EditionHealth
from agora.quality.labels.words import Remark, percent
from agora.quality.levels import Promise
from agora.usecases.history import History

_BARS = "▁▂▃▄▅▆▇█"
_WEEK = 7


def point(mark: str, colour: str, words: str) -> None:
    """A sentence behind a mark, broken where the terminal ends."""
    lines = textwrap.wrap(safe(words), max(line_width() - 2, 20), break_on_hyphens=False)
    for place, part in enumerate(lines):
        say(f"{paint(mark, colour) if place == 0 else ' '} {part}")


def facts(label: Label, remarks: Sequence[Remark]) -> None:
    """What the rows tell: sentences, warnings first, then each column in numbers."""
    for remark in remarks:
        if remark.port == label.port:
            mark, colour = ("!", "yellow") if remark.warns else ("·", "dim")
            point(mark, colour, remark.sentence)
    for words in label.withheld:
        point("-", "dim", f"not shown: {words}")
    for words in label.problems:
        point("?", "red", f"could not be counted: {words}")
    told = [column for column in label.columns if column.nulls is not None]
    if told:
        say()
        rows = [_column(column, label.rows or 0) for column in told]
        header = ["column", "empty", "different", "from", "to", "unit"]
        say(table(header, rows, right=[False, *[True] * 4, False], whole=(0,)))


def promises(kept: Sequence[tuple[Promise, TrackRecord]], *, past: bool = False) -> None:
    """Each promise with how it was kept, a sign for each week; equal ones of several ports once.

    Of a `past` edition its age now says nothing: the mark is that of the newest day.
    """
    ports: dict[tuple[Promise, str, str], list[PortVersion]] = {}
    for promise, record in kept:
        ports.setdefault((promise, record.sentence, record.days), []).append(record.port)
    those_told = {record.port for _, record in kept}
    several = len(those_told) > 1
    versions = several and len({port.port for port in those_told}) < len(those_told)
    for (promise, sentence, days), those in ports.items():
        names = [port.port.port + f"@{port.major}" * versions for port in those]
        of = f" ({', '.join(names)})" if several else ""
        strip = f" {weeks(days)}" if KEPT in days or BROKEN in days else ""
        promised = promise.sentence.rstrip(".")
        words = f"{promise.property}{of}: {promised}; {sentence}{strip}"
        point(*_mark(None if past else promise.kept, days), words)


def weeks(days: str) -> str:
    """A sign for each week, the newest last: `▇` kept, `▂` broken on some day, `·` not judged."""
    first = len(days) % _WEEK
    starts = range(first - _WEEK if first else 0, len(days), _WEEK)
    parts = [days[max(start, 0) : start + _WEEK] for start in starts]
    return "".join("▂" if BROKEN in part else "▇" if KEPT in part else "·" for part in parts)


def spark(numbers: Sequence[int | None]) -> str:
    """A bar for each number between the least and the most; a blank for none."""
    known = [number for number in numbers if number is not None]
    low, high = min(known, default=0), max(known, default=0)
    steps = len(_BARS) - 1
    return "".join(
        " " if n is None else _BARS[(n - low) * steps // (high - low) if high > low else steps // 2]
        for n in numbers
    )


def story(told: History) -> None:
    """Every edition of every port in a table, with its rows as a line of bars."""
    say(f"{paint(safe(told.product.title), 'bold')}  {told.product.name}")
    if not told.editions:
        say("nothing is released yet")
    for port in dict.fromkeys(each.port for each in told.editions):
        those = [each for each in told.editions if each.port == port]
        say()
        say(f"{paint(str(port), 'bold')}  rows {spark([each.rows for each in those])}")
        rows = [_edition(each) for each in those]
        header = ["edition", "of", "rows", "kept out", "checks", "keys", "references"]
        header = [head if any(row[n] for row in rows) else "" for n, head in enumerate(header)]
        say(table(header, rows, right=[True, False, *[True] * 5], whole=(0, 2)))


def _edition(each: EditionHealth) -> list[str]:
    keys = "" if not each.keys else f"{each.keys_held}/{each.keys}"
    resolved = ""
    if each.referring and each.missing is not None:
        resolved = percent(each.referring - each.missing, each.referring)
    return [
        str(each.number),
        f"{each.at:%Y-%m-%d %H:%M}",
        _count(each.rows),
        _count(each.aside) if each.aside else "",
        f"{each.held}/{each.checks}",
        keys,
        resolved,
    ]


def _column(column: ColumnFacts, rows: int) -> list[str]:
    empty = percent(column.nulls, rows) if column.nulls else ""
    about = "" if column.exact else "≈"
    different = "" if column.distinct is None else f"{about}{column.distinct:,}"
    hidden = f"({column.withheld})" if column.withheld else ""
    return [column.name, empty, different, column.least or hidden, column.most, column.unit]


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _mark(now: bool | None, days: str) -> tuple[str, str]:
    """Kept now or not; what a moment cannot tell, its newest day does."""
    newest = days[-1:]
    kept = now if now is not None else newest == KEPT
    if now is None and newest not in (KEPT, BROKEN):
        return "-", "dim"
    return ("✓", "green") if kept else ("✗", "red")
