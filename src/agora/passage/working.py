"""Working: a statement is read and its rows are kept, in a thread of its own that can be stopped."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agora.governance.standing import seen
from agora.model.errors import AgoraError, Broken, Cancelled, Conflict, Denied
from agora.model.mesh import Bounds
from agora.model.people import Actor
from agora.model.relation import Governed, Session
from agora.model.result import Failure, Result, ResultColumn, ResultState, Source
from agora.model.sqlfacts import SqlFacts
from agora.needs.engine import Answer, Begun, Readers
from agora.needs.house import House
from agora.needs.results import Work
from agora.needs.store import Kept, Put
from agora.passage.heads import heads
from agora.passage.reading import Reading, read
from agora.passage.ruling import Ruling

if TYPE_CHECKING:
    import pyarrow as pa

_LOG = logging.getLogger("agora.results")


def work_of(house: House, who: Actor, key: str, there: threading.Event) -> Callable[[Work], None]:
    """The work behind the result of this key, once it is `there`: read, keep, and say how it ended."""

    def work(job: Work) -> None:
        there.wait()
        kept = house.store.get(Result, key)
        if kept is None:
            return
        began = time.monotonic()
        end = _worked(house, who, kept, job)
        spent = int((time.monotonic() - began) * 1000)
        found = changed(house, key, lambda noun: _ended(end, noun, spent))
        if found.state is not ResultState.DONE:
            house.results.drop(found.id)

    return work


def changed(house: House, key: str, change: Callable[[Result], Result]) -> Result:
    """The result as this makes it; whoever was faster has been taken into account."""
    while True:
        kept = house.store.get(Result, key)
        assert kept is not None, "a result is never removed"
        noun = change(kept.noun)
        if noun == kept.noun:
            return noun
        try:
            house.store.commit((Put(key=key, noun=noun, revision=kept.revision),), ())
        except Conflict:
            continue
        return noun


def failed(house: House, noun: Result, problem: AgoraError) -> Result:
    """The result of a statement that came to nothing, with the reasons."""
    failure = Failure(
        code=problem.code_shown,
        sentence=problem.sentence,
        hint=problem.hint,
        reasons=problem.reasons if isinstance(problem, Denied) else (),
    )
    return replace(noun, state=ResultState.FAILED, ended=house.now(), failure=failure)


def _ended(end: Callable[[Result], Result], noun: Result, spent: int) -> Result:
    """What the work came to, unless somebody has dropped the result meanwhile."""
    if noun.state is not ResultState.RUNNING:
        return noun
    return replace(end(noun), milliseconds=spent)


def _worked(house: House, who: Actor, kept: Kept[Result], job: Work) -> Callable[[Result], Result]:
    """How the result stands after the work, which never raises."""
    try:
        rows = 0 if job.stopped else _rows(house, who, kept, job)
    except AgoraError as problem:
        told = job.stopped or problem
        return lambda noun: _fallen(house, noun, told)
    except Exception:  # noqa: BLE001 (a thread has nobody above it who could tell the reader)
        _LOG.exception("a statement ended as nobody expected")
        odd = Broken("something went wrong that Agora did not expect", code="E001")
        return lambda noun: failed(house, noun, odd)
    if (why := job.stopped) is not None:
        return lambda noun: _fallen(house, noun, why)
    return lambda noun: replace(noun, state=ResultState.DONE, ended=house.now(), rows=rows)


def _fallen(house: House, noun: Result, problem: AgoraError) -> Result:
    """What its reader has cancelled is no failure; everything else says why there is nothing."""
    if isinstance(problem, Cancelled):
        return replace(noun, state=ResultState.CANCELLED, ended=house.now())
    return failed(house, noun, problem)


def _rows(house: House, who: Actor, kept: Kept[Result], job: Work) -> int:
    own = replace(house, readers=_Stoppable(readers=house.readers, begun=job.ends_with))
    reading = read(own, who, kept.noun.sql, kept.noun.editions)

    def named(_: "pa.Schema") -> None:
        columns = heads(kept.noun.sql, reading)
        changed(house, kept.key, lambda noun: _told(noun, reading, columns))

    try:
        return job.keep(reading.answer, named)
    finally:
        reading.answer.close()


def _told(noun: Result, reading: Reading, columns: tuple[ResultColumn, ...]) -> Result:
    """The result with what is known once the answer begins."""
    return replace(
        noun,
        columns=columns,
        sources=tuple(_sources(reading.rulings)),
        notices=tuple(notice for each in reading.decisions for notice in each.notices),
        statement=reading.statement,
    )


def _sources(rulings: Sequence[Ruling]) -> Iterator[Source]:
    for ruling in rulings:
        number = ruling.release.number if ruling.release else 0
        shown = seen(ruling.decision, number)
        yield Source(port=ruling.port.version, release=number, seen=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stoppable:
    """The readers, whose statements `begun` hears how to stop."""

    readers: Readers
    begun: Begun

    def facts(self, session: Session, sql: str) -> SqlFacts:
        """As the readers say."""
        return self.readers.facts(session, sql)

    def answer(
        self,
        session: Session,
        relations: Sequence[Governed],
        sql: str,
        bounds: Bounds,
        begun: Begun | None = None,
    ) -> Answer:
        """The readers' answer, stoppable from its first moment."""
        return self.readers.answer(session, relations, sql, bounds, begun or self.begun)

    def close(self) -> None:
        """Nothing: the readers are not its own."""
