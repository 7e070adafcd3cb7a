"""Drawing: a query's rows, put together under their reader's own decision, as points with notes.

It is a query like any other: decided, shielded and recorded for whoever looks. Nothing is kept, so
nobody ever sees what was drawn for another.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from agora.governance import labels as seen
from agora.model.chart import Drawing, Scale, Shelf
from agora.model.decision import Decision
from agora.model.drawn import Drawn, Note, NoteKind, Point
from agora.model.label import Label
from agora.model.lineage import ColumnName
from agora.model.people import Actor
from agora.model.policy import MaskKind
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage.labels import viewer
from agora.passage.reading import read
from agora.passage.ruling import current_release
from agora.workshop import plotting, trends
from agora.workshop.charts import scale_of
from agora.workshop.origins import Origins, origins

FILTERED = "whether the first and last period are whole is not known for the rows you see"
UNKNOWN = (
    "whether the first and last period are whole is not known: lay a day or a moment along the"
    " bottom and choose its period here, and its days are counted"
)


def drawn(house: House, who: Actor, drawing: Drawing, sql: str) -> Drawn:
    """The chart over this person's own rows. Raises what a query raises."""
    reading = read(house, who, plotting.statement(drawing, sql))
    points = tuple(_points(reading.answer))
    total = next((point.total for point in points if point.total), len(points))
    cut = total > plotting.MOST_POINTS
    came = origins(sql, reading.decisions)
    label = _label(house, who, came.same(drawing.x.column))
    period = next((p for p in label[1].periods if p.column == label[0]), None) if label else None
    marked, partial = trends.marked(drawing, points[: plotting.MOST_POINTS], period)
    marked = trends.trended(drawing, marked)
    notes = (
        *_masked(drawing, came, reading.decisions),
        *_filtered(reading.decisions),
        *(Note(kind=NoteKind.INCOMPLETE, sentence=f"not whole: {words}") for words in partial),
        *_unknown(drawing, came, reading.decisions, unlike=trends.unknown(drawing, marked, period)),
        *_zone(drawing, label),
        *((_cut(total, len(points)),) if cut else ()),
    )
    return Drawn(
        spec=plotting.spec(drawing, marked),
        columns=plotting.COLUMNS,
        rows=plotting.rows(marked),
        headings=plotting.headings(drawing),
        table=plotting.table(drawing, marked),
        notes=notes,
        summary=trends.summary(drawing, marked),
        sql=sql,
        decisions=reading.decisions,
    )


def shelves(house: House, who: Actor, sql: str) -> tuple[tuple[str, Scale], ...]:
    """The columns a query gives this person, in order, each with what its values are."""
    asked = f"SELECT * FROM (\n{sql.rstrip().rstrip(';')}\n) AS asked LIMIT 0"  # noqa: S608 (judged as a whole by `read`)
    answer = read(house, who, asked).answer
    found = tuple((field.name, scale_of(str(field.type))) for field in answer.schema)
    for _ in answer:
        pass
    return found


def _points(answer: Answer) -> Iterator[Point]:
    try:
        rows: Iterator[dict[str, Any]] = (row for batch in answer for row in batch.to_pylist())
        for row in islice(rows, plotting.MOST_POINTS + 1):
            yield Point(**row)
    finally:
        answer.close()


def _label(house: House, who: Actor, column: ColumnName | None) -> tuple[str, Label] | None:
    """What the label tells this person of the column an axis is, under the column's name."""
    port = column.port if column else None
    product = house.mesh.product(port.port.of) if port else None
    release = current_release(house, product) if product else None
    if column is None or port is None or product is None or release is None:
        return None
    label = release.label(port)
    if label is None:
        return None
    return column.column, seen.label(label, viewer(house, who, product, release))


def _masked(drawing: Drawing, came: Origins, decisions: Sequence[Decision]) -> Iterator[Note]:
    """Each column of the chart that comes from what is masked for this person, and whose rule it is."""
    views = {
        ColumnName(relation=str(decision.port), column=view.name): view
        for decision in decisions
        for view in decision.columns
        if view.mask.kind is not MaskKind.CLEAR
    }
    shelves_ = [s for s in (drawing.x, drawing.y, drawing.colour) if s and s.column]
    asked = {o for s in shelves_ for o in came.telling(s.column)} if came.known else set(views)
    for name in sorted(asked & set(views)):
        view = views[name]
        why = view.reasons[0] if view.reasons else None
        hidden = "not there" if view.mask.kind is MaskKind.HIDDEN else "masked"
        yield Note(
            kind=NoteKind.MASKED,
            sentence=f"`{name.column}` is {hidden} for you" + (f": {why.sentence}" if why else ""),
            rule=why.rule if why else "",
        )


def _filtered(decisions: Sequence[Decision]) -> Iterator[Note]:
    for decision in decisions:
        for rule in decision.rows:
            yield Note(
                kind=NoteKind.ROWS,
                sentence=f"of `{decision.port.port}` you see your own rows only: {rule.reason.sentence}",
                rule=rule.reason.rule,
            )


def _unknown(
    drawing: Drawing, came: Origins, decisions: Sequence[Decision], *, unlike: bool
) -> Iterator[Note]:
    """Labels tell of all rows: of a part of them nobody counted how whole its periods are."""
    origin = came.same(drawing.x.column)
    timed = drawing.x.scale is Scale.TEMPORAL and not plotting.counts_days(drawing)
    if timed and origin and any(str(d.port) == origin.relation and d.rows for d in decisions):
        yield Note(kind=NoteKind.INCOMPLETE, sentence=FILTERED)
    elif unlike:
        yield Note(kind=NoteKind.INCOMPLETE, sentence=UNKNOWN)


def _zone(drawing: Drawing, label: tuple[str, Label] | None) -> Iterator[Note]:
    moments = [s for s in (drawing.x, drawing.y, drawing.colour) if s and _moment(s)]
    for shelf in moments:
        facts = [c for c in label[1].columns if c.name == label[0]] if label else []
        zone = facts[0].zone if facts and shelf == drawing.x else ""
        said = (
            f"`{shelf.column}` is in {zone}"
            if zone
            else f"`{shelf.column}` is shown as it is kept, in UTC where it has a zone"
        )
        yield Note(kind=NoteKind.ZONE, sentence=said)


def _moment(shelf: Shelf) -> bool:
    return shelf.scale is Scale.TEMPORAL and shelf.aggregate is None


def _cut(total: int, drawn: int) -> Note:
    """Rows one by one are spread over all of them; of what was put together the first are drawn."""
    told = f"only the first {plotting.MOST_POINTS:,} points are drawn: put more together"
    if total > drawn:
        told = (
            f"{drawn:,} of {total:,} points are drawn, spread evenly: to see all, put them together"
        )
    return Note(kind=NoteKind.CUT, sentence=told)
