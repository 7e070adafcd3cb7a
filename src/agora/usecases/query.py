"""Query: somebody reads products with SQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.model.decision import Decision
from agora.model.people import Actor
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage.reading import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Queried:
    """A streaming answer and, per table, the decision it was given under."""

    answer: Answer
    decisions: tuple[Decision, ...]


def query(house: House, who: Actor, sql: str, *, editions: Sequence[str] = ()) -> Queried:
    """The reader has the rows they may see; the ledger knows before the first byte leaves.

    `editions` names earlier ones to read: `12`, `2017-12-25` or `sales.weekly-sales=12`.
    Raises Refused, Missing, Denied, Unavailable, Exhausted or Unusable.
    """
    reading = read(house, who, sql, editions)
    return Queried(answer=reading.answer, decisions=reading.decisions)
