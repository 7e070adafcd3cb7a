"""Tables: a product's tables and rows as one reader sees them, ready to be shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from agora.model.decision import ColumnView, Decision
from agora.model.policy import MaskKind
from agora.model.product import OutputPort
from agora.model.reasons import Reason
from agora.needs.engine import Answer
from agora.usecases.agreeing.asking import FORESEEN
from agora.usecases.show import Shown

if TYPE_CHECKING:
    import pyarrow as pa

Column = dict[str, object]
SEEN = {
    MaskKind.CLEAR: "clear",
    MaskKind.PARTIAL: "in part",
    MaskKind.CONSTANT: "replaced",
    MaskKind.NULL: "empty",
    MaskKind.HIDDEN: "not at all",
}

_CALLED = {
    "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT",
    "float": "REAL", "double": "DOUBLE", "bool": "BOOLEAN", "string": "VARCHAR",
    "large_string": "VARCHAR", "binary": "BLOB", "date32": "DATE", "time64": "TIME",
}  # fmt: skip


def table_view(shown: Shown, port: OutputPort, decision: Decision) -> dict[str, object]:
    """One table of a product: its columns with how this person sees each, and why."""
    facts = shown.release.label(port.version) if shown.release else None
    views = {view.name: view for view in decision.columns} if decision.allowed else {}
    return {
        "name": str(port.name),
        "key": str(port.version),
        "version": port.contract.major,
        "sql": shown.product.sql_name(port),
        "title": port.contract.title or port.contract.name or str(port.name),
        "description": port.contract.description,
        "status": port.contract.status,
        "rows": facts.rows if facts else None,
        "allowed": decision.allowed,
        "reasons": decision.reasons,
        "filters": [rule.reason for rule in decision.rows],
        "remarks": [each for each in shown.remarks if each.port == port.version],
        "notices": decision.notices,
        "columns": [
            {
                "name": column.name,
                "type": column.type.sql,
                "description": column.description,
                "key": column.key_position > 0,
                "required": column.required,
                "tags": sorted(column.labels),
                **seen(views.get(column.name)),
            }
            for column in port.contract.columns
        ],
    }


def seen(view: ColumnView | None) -> dict[str, object]:
    """How a column is seen, in a word, and by which rules."""
    if view is None:
        return {"seen": "", "masked": False, "why": ""}
    masked = view.mask.kind is not MaskKind.CLEAR
    return {
        "seen": SEEN[view.mask.kind],
        "masked": masked,
        "why": why(view) if masked else "",
    }


def why(view: ColumnView) -> str:
    """Why a column is masked: each rule's sentence and whose rule it is."""
    return "; ".join(said(each) for each in view.reasons)


def left_out(view: ColumnView) -> bool:
    """True for a column that a request does not name: no rule need hide it."""
    return any(reason.rule.endswith(FORESEEN) for reason in view.reasons)


def said(reason: Reason) -> str:
    """A reason in one line, with whose rule it is."""
    named = reason.rule and not reason.rule.endswith(FORESEEN)
    return f"{reason.sentence} ({reason.rule})" if named else reason.sentence


def columns_of(schema: "pa.Schema", views: Mapping[str, ColumnView]) -> list[Column]:
    """The heads of an answer's columns; a masked one says so."""
    return [
        {"name": field.name, "type": called(str(field.type)), "kind": kind(field.type)}
        | seen(views.get(field.name))
        for field in schema
    ]


def kind(of: "pa.DataType") -> str:
    """`number` for what is aligned to the right, `text` for the rest."""
    return kind_of(str(of))


def kind_of(words: str) -> str:
    """The same of a type in words."""
    number = words.startswith(("int", "uint", "float", "double", "decimal", "half"))
    return "number" if number else "text"


def called(words: str) -> str:
    """The type as SQL and labels call it, where Arrow has another word."""
    name, bracket, inner = words.partition("[")
    if name == "timestamp":
        return "TIMESTAMP WITH TIME ZONE" if "tz=" in inner else "TIMESTAMP"
    if name.startswith("decimal"):
        return f"DECIMAL{words[words.find('(') :].replace(' ', '')}"
    return _CALLED.get(name, words) if not bracket or name in ("date32", "time64") else words


def rows_of(answer: Answer, most: int) -> list[list[str | None]]:
    """The first rows of an answer as text; the answer is closed."""
    rows: list[list[str | None]] = []
    try:
        for batch in answer:
            rows += texts(batch.slice(0, most - len(rows)))
            if len(rows) >= most:
                break
    finally:
        answer.close()
    return rows


def texts(batch: "pa.RecordBatch | pa.Table") -> list[list[str | None]]:
    """Every value as people read it, row by row."""
    columns = [[text(value) for value in column.to_pylist()] for column in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)] if columns else []


def text(value: Any) -> str | None:
    """One value: numbers keep their digits, moments are in their own zone, nothing stays nothing."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(" ", "seconds")
        case list() | tuple():
            return ", ".join(text(each) or "–" for each in value)  # noqa: RUF001 (a dash for nothing)
        case dict():
            return ", ".join(f"{key}: {text(each)}" for key, each in value.items())
    return str(value)


def views(decisions: Sequence[Decision]) -> dict[str, ColumnView]:
    """How columns are seen by name; of equal names the one that hides more speaks."""
    found: dict[str, ColumnView] = {}
    for decision in decisions:
        for view in decision.columns:
            if view.name not in found or view.mask.kind > found[view.name].mask.kind:
                found[view.name] = view
    return found
