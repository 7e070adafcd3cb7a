"""Query: somebody reads products with SQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.model.decision import Decision
from agora.model.people import Actor
from agora.model.result import ResultColumn
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage.heads import heads
from agora.passage.reading import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Queried:
    """A streaming answer: per table the decision it was given under, per column what is masked of it."""

    answer: Answer
    decisions: tuple[Decision, ...]
    columns: tuple[ResultColumn, ...]


def query(house: House, who: Actor, sql: str, *, editions: Sequence[str] = ()) -> Queried:
    """The reader has the rows they may see; the ledger knows before the first byte leaves.

    `editions` names earlier ones to read: `12`, `2017-12-25` or `sales.weekly-sales=12`.
    Raises Refused, Missing, Denied, Unavailable, Exhausted or Unusable.
    """
    reading = read(house, who, sql, editions)
    columns = heads(sql, reading)
    return Queried(answer=reading.answer, decisions=reading.decisions, columns=columns)
