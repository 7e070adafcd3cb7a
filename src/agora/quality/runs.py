"""Runs: what became of them, in lines, and what to do about one that went wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from agora.model.checks import Outcome
from agora.model.ledger import Event, Record
from agora.model.names import ProductName
from agora.model.operating import Journal, LogLine, RunLine
from agora.model.release import Run, RunState

BAD = frozenset({RunState.FAILED, RunState.BLOCKED, RunState.ABANDONED})
REMEDIES = {
    RunState.BLOCKED: "a promise does not hold: mend the data or the promise, then run it again; readers keep the last good edition",
    RunState.FAILED: "mend what the error names, then run it again; readers keep the last good edition",
    RunState.ABANDONED: "it was ended from outside: run it again, nothing of it was released",
}
NEWEST, NEWEST_OF_EACH = 400, 5
"""So many runs are remembered, and at least so many of each product that have ended."""
_LEVELS = {Outcome.PASS: "info", Outcome.SKIP: "info", Outcome.WARN: "warn"}


def remedy(state: RunState) -> str:
    """What to do about a run that ended like this; empty when there is nothing to do."""
    return REMEDIES.get(state, "")


def heard(before: Journal, records: Iterable[Record]) -> Journal:
    """The journal with what happened since; the same as if everything had been heard at once."""
    runs, begun = {line.id: line for line in before.runs}, dict(before.begun)
    place, maintained = before.place, before.maintained
    for record in records:
        place, event = record.place, record.entry.event
        if event is Event.MAINTAINED:
            maintained = record
        elif event in (Event.RUN_STARTED, Event.RUN_ENDED):
            name = str(dict(record.entry.facts)["run"])
            since = begun.pop(name, None)
            if event is Event.RUN_STARTED:
                begun[name] = record.recorded_at
            runs[name] = _line(name, record, since)
    kept = tuple(_newest(runs.values()))
    left = tuple((line.id, begun[line.id]) for line in kept if line.id in begun)
    return Journal(place=place, runs=kept, begun=left, maintained=maintained)


def _newest(lines: Iterable[RunLine]) -> Iterator[RunLine]:
    """The newest of all, and of each product those that ended last: else no failure would stand."""
    of: Counter[ProductName] = Counter()
    for place, line in enumerate(sorted(lines, key=lambda line: -line.place)):
        if place < NEWEST or of[line.product] < NEWEST_OF_EACH:
            yield line
        of[line.product] += line.state is not RunState.RUNNING


def lines(journal: Journal) -> tuple[RunLine, ...]:
    """Runs as they are listed: first failures after which nothing was released, then the newest."""
    told, over = [], set()
    for line in journal.runs:
        told.append(replace(line, standing=line.state in BAD and line.product not in over))
        over |= {line.product} if line.state is not RunState.RUNNING else set()
    return tuple(sorted(told, key=lambda line: (not line.standing, -line.place)))


def _line(name: str, record: Record, since: datetime | None) -> RunLine:
    facts, ended = dict(record.entry.facts), record.entry.event is Event.RUN_ENDED
    lasted = record.recorded_at - since if ended and since else None
    return RunLine(
        id=name,
        product=ProductName.parse(record.entry.subject),
        state=RunState(str(facts["state"])) if ended else RunState.RUNNING,
        who=record.entry.who,
        at=record.entry.at,
        place=record.place,
        error=str(facts.get("error", "")),
        quarantined=int(str(facts.get("quarantined", 0))),
        seconds=None if lasted is None else round(lasted.total_seconds()),
    )


def log(run: Run) -> tuple[LogLine, ...]:
    """What a run did, line by line, as far as it has come."""
    return tuple(_lines(run))


def _lines(run: Run) -> Iterator[LogLine]:
    at, end = run.started_at, run.ended_at or run.started_at
    yield LogLine(at=at, level="info", text=f"begun by {run.started_by}")
    for source in run.sources:
        yield LogLine(at=at, level="info", text=f"read source {source.name}, {source.size:,} bytes")
    for pin in run.inputs:
        yield LogLine(at=at, level="info", text=f"read {pin.port}, edition {pin.release}")
    for made in run.snapshots:
        yield LogLine(at=end, level="info", text=f"wrote {made.port}, {made.rows:,} rows")
    for result in run.results:
        level = _LEVELS.get(result.outcome, "error")
        text = f"{result.outcome.value}: {result.sentence}"
        yield LogLine(at=end, level=level, text=text)
    for batch in run.quarantines:
        yield LogLine(at=end, level="warn", text=f"put aside {batch.rows:,} rows of {batch.port}")
    if run.error:
        yield LogLine(at=end, level="error", text=run.error)
    if run.state is RunState.RELEASED:
        yield LogLine(at=end, level="info", text=f"released edition {run.release}")
