"""Results: a statement runs beside whatever else happens, and its reader pages through its rows.

Its rows left the wall once, under the decisions of then. Every page asks again whether these still
stand: when anything is seen differently by now, the rows are dropped, and the statement can be run
again under the decisions of today.
"""

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from agora.governance.standing import seen
from agora.model.errors import AgoraError, Denied, Missing, Unavailable
from agora.model.people import Actor
from agora.model.release import Release
from agora.model.result import Result, ResultState, Source, unfinished
from agora.needs.house import House
from agora.needs.outlet import Export
from agora.needs.store import Kept, Put
from agora.passage import keys, leaving
from agora.passage.recording import refused
from agora.passage.ruling import rule
from agora.passage.working import changed, failed, work_of

if TYPE_CHECKING:
    import pyarrow as pa

RETENTION = timedelta(days=7)
MOST = 10_000
"""Rows of one page."""
_ROWS = (ResultState.RUNNING, ResultState.DONE)
_WORDS = {
    ResultState.FAILED: "it failed",
    ResultState.CANCELLED: "it was cancelled",
    ResultState.EXPIRED: "its rows are no longer kept",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of a result, and how the result stands."""

    result: Result
    offset: int
    rows: "pa.Table"


def run(house: House, who: Actor, sql: str, asked: Sequence[str] = ()) -> Result:
    """The statement runs; the result of this id tells how it goes, its failure included.

    Raises Exhausted when too many run already.
    """
    made = Result(
        id=house.new_id("res"),
        reader=who.principal.id,
        sql=sql,
        purpose=who.purpose,
        editions=tuple(asked),
        started=house.now(),
    )
    key, there = keys.result(made.reader, made.id), threading.Event()
    house.results.start(made.id, made.reader, work_of(house, who, key, there))
    try:
        house.store.commit((Put(key=key, noun=made),), ())
    except AgoraError:
        house.results.stop(made.id)
        raise
    finally:
        there.set()
    return made


def look(house: House, who: Actor, name: str) -> Result:
    """How the reader's own result stands now; raises Missing, the same for anybody else's."""
    kept = _own(house, who, name)
    noun = _true(house, kept.key, kept.noun)
    problem = _fallen(house, who, noun) if noun.state in _ROWS else None
    return _dropped(house, kept.key, noun, problem) if problem else noun


def page(house: House, who: Actor, name: str, offset: int, limit: int) -> Page:
    """These rows of the reader's own result, as long as they may see exactly what they were shown.

    Raises Missing, Denied when that has changed (the rows are dropped), Unavailable.
    """
    noun = _standing(house, who, name)
    rows = house.results.page(noun.id, max(offset, 0), min(max(limit, 0), MOST))
    return Page(result=noun, offset=max(offset, 0), rows=rows)


def export(house: House, who: Actor, name: str, form: str) -> Export:
    """All rows of the reader's own finished result in this form, under the same question."""
    outlet = house.outlets.pick(form)
    noun = _standing(house, who, name)
    if noun.state is ResultState.RUNNING:
        raise Unavailable(
            "the statement is still running", code="E688", hint="wait until it is done"
        )
    leaving.demand_room(outlet.form, noun.rows)
    about = leaving.About(
        subject=", ".join(str(each.port) for each in noun.sources),
        purpose=noun.purpose,
        statement=noun.statement,
        result=noun.id,
    )
    answer = house.results.answer(noun.id)
    return Export(
        form=outlet.form,
        name=f"{noun.id}{outlet.form.suffix}",
        pieces=leaving.Leaving(house, who, outlet, answer, about),
        columns=noun.columns,
    )


def cancel(house: House, who: Actor, name: str) -> Result:
    """The reader's own statement is asked to end; its worker is free and its rows are gone soon."""
    kept = _own(house, who, name)
    house.results.stop(kept.noun.id)
    return _true(house, kept.key, kept.noun)


def forget(house: House, who: Actor, name: str) -> Result:
    """The rows of the reader's own result are gone; that it was run stays."""
    kept = _own(house, who, name)
    house.results.stop(kept.noun.id)
    return _dropped(house, kept.key, kept.noun)


def mine(house: House, who: Actor, most: int = 100) -> tuple[Result, ...]:
    """What this reader has run last, newest first."""
    found = tuple(house.store.find(Result, keys.results_of(who.principal.id)))
    return tuple(
        _true(house, kept.key, kept.noun) for kept in itertools.islice(reversed(found), most)
    )


def sweep(house: House, older: timedelta = RETENTION) -> tuple[str, ...]:
    """Rows kept longer are gone, and what a dead process left; results say so. Gives their ids."""
    gone = house.results.sweep(older)
    for kept in house.store.find(Result):
        if kept.noun.state in _ROWS:
            _true(house, kept.key, kept.noun)
    return gone


def _own(house: House, who: Actor, name: str) -> Kept[Result]:
    kept = house.store.get(Result, keys.result(who.principal.id, name))
    if kept is None:
        raise Missing(f"there is no result `{name}`", code="E682", hint="run the statement again")
    return kept


def _standing(house: House, who: Actor, name: str) -> Result:
    """The reader's own result with rows they may still see exactly as they are."""
    kept = _own(house, who, name)
    noun = _true(house, kept.key, kept.noun)
    if noun.state not in _ROWS:
        raise Missing(
            f"there are no rows of this result: {_WORDS[noun.state]}",
            code="E683",
            hint="run it again",
        )
    problem = _fallen(house, who, noun)
    if problem is not None:
        _dropped(house, kept.key, noun, problem)
        subject = ", ".join(str(each.port) for each in noun.sources)
        refused(house, who, subject, noun.sql, problem)
        raise problem
    return noun


def _fallen(house: House, who: Actor, noun: Result) -> AgoraError | None:
    """Why its rows may not be shown any more; it does not say which table, or whose rule, it was."""
    left = house.mesh.principal(noun.reader) is None
    if not left and all(_same(house, who, noun, source) for source in noun.sources):
        return None
    return Denied(
        "what you may see of the tables of this result has changed since it was run",
        code="E684",
        hint="run it again",
    )


def _same(house: House, who: Actor, noun: Result, source: Source) -> bool:
    """True while today's decision leaves of that release exactly what it left then."""
    product, port = house.mesh.product(source.port.port.of), house.mesh.port(source.port)
    made = house.store.get(Release, keys.release(source.port.port.of, source.release))
    if product is None or port is None or made is None or made.noun.expired_at is not None:
        return False
    ruling = rule(house, who.principal, noun.purpose, product, port, made.noun)
    return seen(ruling.decision, source.release) == source.seen


def _true(house: House, key: str, noun: Result) -> Result:
    """The result as it is: work whose process is gone has failed, rows that are gone have expired."""
    if noun.state is ResultState.RUNNING:
        if house.results.running(noun.id):
            return replace(noun, rows=house.results.rows(noun.id) or 0)
        noun = changed(house, key, lambda now: _left(house, now))
    if noun.state is ResultState.DONE and house.results.rows(noun.id) is None:
        return changed(house, key, lambda now: replace(now, state=ResultState.EXPIRED))
    return noun


def _left(house: House, noun: Result) -> Result:
    """The result of work that is over without having said so: its process was killed."""
    if noun.state is not ResultState.RUNNING:
        return noun
    house.results.drop(noun.id)
    return failed(house, noun, unfinished())


def _dropped(house: House, key: str, noun: Result, problem: AgoraError | None = None) -> Result:
    """The rows are gone, and the work if it still runs."""

    def expired(now: Result) -> Result:
        if now.state not in _ROWS:
            return now
        told = failed(house, now, problem) if problem else now
        return replace(told, state=ResultState.EXPIRED)

    found = changed(house, key, expired)
    house.results.stop(noun.id)
    house.results.drop(noun.id)
    return found
