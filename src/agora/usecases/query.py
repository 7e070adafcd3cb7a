"""Query: somebody reads products with SQL."""

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


def query(house: House, who: Actor, sql: str) -> Queried:
    """The reader has the rows they may see; the ledger knows before the first byte leaves.

    Raises Refused, Missing, Denied, Unavailable or Exhausted.
    """
    reading = read(house, who, sql)
    return Queried(answer=reading.answer, decisions=reading.decisions)
