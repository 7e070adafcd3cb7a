"""Heads: the columns of an answer, and why what they came from is masked for its reader."""

from collections.abc import Iterator
from dataclasses import replace

from agora.model.result import ResultColumn
from agora.passage.reading import Reading
from agora.workshop.lineage.masked import masked


def heads(sql: str, reading: Reading) -> tuple[ResultColumn, ...]:
    """Every column of the answer to this SQL, in order."""
    return tuple(_heads(sql, reading))


def _heads(sql: str, reading: Reading) -> Iterator[ResultColumn]:
    schema = reading.answer.schema
    views = masked(sql, schema.names, reading.decisions)
    for field, view in zip(schema, views, strict=True):
        made = ResultColumn(name=field.name, type=str(field.type))
        yield replace(made, mask=view.mask.kind, reasons=view.reasons) if view else made
