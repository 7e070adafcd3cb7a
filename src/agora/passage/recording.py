"""Recording: every answer and refusal becomes a ledger entry before and after the bytes."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agora.model.decision import Decision
from agora.model.errors import AgoraError, Cancelled, Denied
from agora.model.ledger import Entry, Event
from agora.model.people import Actor
from agora.model.release import Release
from agora.needs.engine import Answer, Message, Part
from agora.needs.house import House

if TYPE_CHECKING:
    import pyarrow as pa

_LITERAL = re.compile(r"\$(\w*)\$.*?\$\1\$|[eE]?'(?:[^']|'')*'|\b\d[\w.]*", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_MAX_SQL = 4000
COMPLETE, STOPPED = "complete", "stopped"
"""The outcomes of an answer that went well, and of one its reader wanted no more of; else it is a code."""


def normalised(sql: str) -> str:
    """The statement without its literals and comments, so that the ledger keeps no values."""
    return " ".join(_LITERAL.sub("?", _COMMENT.sub(" ", sql)).split())[:_MAX_SQL]


def opened(
    house: House,
    who: Actor,
    decisions: Sequence[Decision],
    sql: str,
    *,
    event: Event = Event.QUERY_OPENED,
    releases: Sequence[Release] = (),
    outcomes: Sequence[str] = (),
    part: str = "",
) -> str:
    """Record that an answer is about to start; give the id that its end will carry.

    `outcomes` say what the reader's rules leave of each table, so that reads of equal ones count.
    `part` names what asks by itself, such as a label for its sample: nobody wrote that statement.
    """
    statement = house.new_id("stm")
    entry = _opening(house, who, decisions, sql, event, statement)
    read = tuple(dict.fromkeys(f"{made.product}#{made.number}" for made in releases))
    if read:
        entry = replace(entry, facts=(*entry.facts, ("releases", read)))
    if outcomes:
        entry = replace(entry, facts=(*entry.facts, ("outcomes", tuple(dict.fromkeys(outcomes)))))
    if part:
        entry = replace(entry, facts=(*entry.facts, ("part", part)))
    house.store.commit((), (entry,))
    return statement


def _opening(
    house: House, who: Actor, decisions: Sequence[Decision], sql: str, event: Event, statement: str
) -> Entry:
    return house.entry(
        who,
        event,
        subject=tables(decisions),
        purpose=next((d.purpose for d in decisions if d.purpose), ""),
        facts=(
            ("statement", statement),
            ("sql", normalised(sql)),
            ("sql_sha256", hashlib.sha256(sql.encode()).hexdigest()),
            ("agreements", tuple(d.agreement for d in decisions if d.agreement)),
            ("policies", tuple(d.policy_hash for d in decisions)),
            ("columns", tuple(f"{d.port}:{c.name}" for d in decisions for c in d.visible)),
        ),
    )


def tables(decisions: Iterable[Decision]) -> str:
    """The tables that were decided about, as the ledger names them."""
    return ", ".join(str(each.port) for each in decisions)


def closed(
    house: House, who: Actor, statement: str, rows: int, outcome: str, read: str = ""
) -> None:
    """Record how an answer ended and how many rows left; of one that did not go well, what it `read`.

    Owners learn of those without looking for the statement's beginning.
    """
    entry = house.entry(
        who,
        Event.QUERY_CLOSED,
        subject="" if outcome == COMPLETE else read,
        facts=(("statement", statement), ("rows", rows), ("outcome", outcome)),
    )
    house.store.commit((), (entry,))


def fell(house: House, who: Actor, statement: str, read: str, problem: AgoraError) -> None:
    """Record that an answer ended before it began; nobody was refused it."""
    closed(house, who, statement, 0, _outcome(problem), read)


def _outcome(problem: AgoraError) -> str:
    return STOPPED if isinstance(problem, Cancelled) else problem.code_shown


def refused(
    house: House,
    who: Actor,
    subject: str,
    sql: str,
    problem: AgoraError,
    *,
    event: Event = Event.QUERY_REFUSED,
) -> None:
    """Record that somebody asked and got nothing, with the codes of the reasons."""
    reasons = problem.reasons if isinstance(problem, Denied) else ()
    entry = house.entry(
        who,
        event,
        subject=subject,
        purpose=who.purpose,
        facts=(
            ("code", problem.code_shown),
            ("rules", tuple(reason.rule for reason in reasons if reason.rule)),
            ("sql", normalised(sql)),
        ),
    )
    house.store.commit((), (entry,))


class Recorded:
    """An answer whose end is recorded: once, with the rows that left, however it ends."""

    def __init__(
        self,
        house: House,
        who: Actor,
        statement: str,
        answer: Answer,
        told: Callable[[AgoraError], AgoraError] = lambda problem: problem,
        *,
        read: str = "",
    ) -> None:
        """Wrap an answer that has been opened in the ledger; `told` says what a problem means.

        `read` are the tables it is of.
        """
        self._house, self._who, self._statement, self._answer = house, who, statement, answer
        self._told, self._read = told, read
        self._rows, self._open = 0, True

    @property
    def schema(self) -> "pa.Schema":
        """Column names and types of the answer."""
        return self._answer.schema

    @property
    def rows(self) -> int:
        """How many rows have left so far."""
        return self._rows

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        """The batches, counted."""
        yield from self._passing(self._answer)

    def messages(self) -> Iterator[Message]:
        """The same as messages, counted."""
        yield from self._passing(self._answer.messages())

    def _passing(self, parts: Iterable[Part]) -> Iterator[Part]:
        try:
            for part in parts:
                self._rows += part.num_rows
                yield part
            self._end(COMPLETE)
        except AgoraError as problem:
            meant = self._told(problem)
            self._end(_outcome(meant))
            raise meant from problem.__cause__
        finally:
            self.close()

    def close(self) -> None:
        """Stop the work if it still runs and record the end."""
        self._answer.close()
        self._end(STOPPED)

    def _end(self, outcome: str) -> None:
        if self._open:
            self._open = False
            closed(self._house, self._who, self._statement, self._rows, outcome, self._read)
