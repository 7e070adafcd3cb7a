"""Results: somebody runs a statement, watches it, pages through its rows, and takes them along."""

from collections.abc import Sequence
from datetime import timedelta

from agora.model.people import Actor
from agora.model.result import Result
from agora.needs.house import House
from agora.needs.outlet import Export
from agora.passage import results
from agora.passage.results import RETENTION, Page


def start(house: House, who: Actor, sql: str, *, editions: Sequence[str] = ()) -> Result:
    """The statement runs beside whatever else happens; refusals are found in its result.

    Raises Exhausted when too many of this reader run already.
    """
    return results.run(house, who, sql, editions)


def look(house: House, who: Actor, name: str) -> Result:
    """How a statement of this reader stands: rows so far, columns and why they are masked, failure."""
    return results.look(house, who, name)


def page(house: House, who: Actor, name: str, *, offset: int = 0, limit: int = 100) -> Page:
    """Rows of a result, as long as its reader may see exactly what they were shown."""
    return results.page(house, who, name, offset, limit)


def export(house: House, who: Actor, name: str, *, form: str) -> Export:
    """All rows of a finished result leave in this form; whoever takes the pieces closes them."""
    return results.export(house, who, name, form)


def cancel(house: House, who: Actor, name: str) -> Result:
    """The statement is asked to end; its engine is free at once, its rows are gone."""
    return results.cancel(house, who, name)


def forget(house: House, who: Actor, name: str) -> Result:
    """The rows of a result are gone; that it was run stays in the history."""
    return results.forget(house, who, name)


def mine(house: House, who: Actor, *, most: int = 100) -> tuple[Result, ...]:
    """What this reader has run, newest first."""
    return results.mine(house, who, most)


def sweep(house: House, *, older: timedelta = RETENTION) -> tuple[str, ...]:
    """Rows beyond their retention are gone, and what killed servers left unfinished is told as such."""
    return results.sweep(house, older)
