"""What a chart shows one person: points of their own rows, and what to know before believing them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from agora.model.decision import Decision

Value = str | int | float | bool | None


class NoteKind(StrEnum):
    """What a note beside a chart is about."""

    MASKED = "masked"
    ROWS = "rows"
    INCOMPLETE = "incomplete"
    ZONE = "zone"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that changes what one may conclude; `rule` names whose doing it is."""

    kind: NoteKind
    sentence: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One mark: where it lies, what it measures, and whether its period is whole.

    `days` are those its period has rows of, where that was counted; `total` is how many there are
    where not all are drawn one by one.
    """

    x: date | datetime | Value
    y: date | datetime | Value
    colour: date | datetime | Value = None
    days: int | None = None
    total: int | None = None
    whole: bool = True
    trend: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of the table beside a chart; `kind` is `number`, `time` or `text`."""

    name: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart over one person's own rows: the Vega-Lite text to draw, its rows, and the same as a table.

    `rows` and `table` are plain values. Nothing of it is kept for anybody else.
    """

    spec: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    headings: tuple[Heading, ...]
    table: tuple[tuple[Value, ...], ...]
    notes: tuple[Note, ...]
    summary: str
    sql: str
    decisions: tuple[Decision, ...]

    def exact(self) -> "Drawn":
        """Numbers with a fraction as texts: our documents hold them exactly or not at all."""
        return replace(self, rows=_texts(self.rows), table=_texts(self.table))


def _texts(rows: tuple[tuple[Value, ...], ...]) -> tuple[tuple[Value, ...], ...]:
    return tuple(tuple(str(c) if isinstance(c, float) else c for c in row) for row in rows)
