"""Data: sample rows and the spread of every column, as this very reader sees them."""

from agora.model.columns import Column
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.usecases.columns import columns
from agora.usecases.show import Part, rows, show
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.product import frame, name_of, newest_first
from agora.web.tables import columns_of, rows_of, table_view, views
from agora.web.templates import number
from agora.web.visit import Visit

SAMPLE = 20


def data(visit: Visit) -> Page:
    """Some rows of one table; masked cells look masked and say why."""
    shown = show(visit.house, visit.who, name_of(visit))
    pairs = newest_first(shown)
    named = visit.query.get("table", "")
    first = next((p for p in pairs if p[1].allowed), pairs[0])
    port, decision = next((p for p in pairs if named in (str(p[0].name), str(p[0].version))), first)
    who = Actor(
        principal=visit.who.principal, operator=visit.who.operator, purpose=decision.purpose
    )
    values = frame(visit, shown, "data") | {
        "tables": [
            {"key": str(p.version), "title": str(p.version), "count": 0,
             "href": f"?table={p.version}"}
            for p, _ in pairs
        ],
        "table": table_view(shown, port, decision),
        "named": str(port.version),
        "columns": [],
        "rows": [],
        "spread": [],
        "problem": None,
    }  # fmt: skip
    if decision.allowed and shown.release is not None:
        try:
            answer = rows(visit.house, who, str(port.version), of=Part.SAMPLE, limit=SAMPLE)
            values["columns"] = columns_of(answer.schema, views((decision,)))
            values["rows"] = rows_of(answer, SAMPLE)
            spread = columns(visit.house, who, str(port.version)).columns
            values["spread"] = [_bars(each, spread.rows) for each in spread.columns]
        except AgoraError as problem:
            values["problem"] = problem
    return Page(template="product/data.html", values=values)


def _bars(column: Column, rows: int) -> dict[str, object]:
    """One column's spread: bars for a picture, and the same in words and numbers."""
    return {
        "name": column.name,
        "type": column.type,
        "masked": bool(column.masked),
        "why": "; ".join(reason.sentence for reason in column.reasons),
        "empty": f"{number(column.nulls)} of {number(rows)} empty" if column.nulls else "",
        "distinct": column.distinct,
        "least": column.least,
        "most": column.most,
        "ranges": column.ranges,
        "sampled": column.sampled,
        "bars": [
            (f"{bar.start} to {bar.end}" if bar.end else bar.start, bar.rows) for bar in column.bars
        ],
        "counts": [bar.rows for bar in column.bars],
    }


ROUTES = (get("/products/{domain}/{product}/data", data),)
