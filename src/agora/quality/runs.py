"""Runs: what became of them, in lines, and what to do about one that went wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agora.model.checks import Outcome
from agora.model.ledger import Event, Record
from agora.model.names import ProductName
from agora.model.operating import LogLine, RunLine
from agora.model.release import Run, RunState

BAD = frozenset({RunState.FAILED, RunState.BLOCKED, RunState.ABANDONED})
REMEDIES = {
    RunState.BLOCKED: "a promise does not hold: mend the data or the promise, then run it again; readers keep the last good edition",
    RunState.FAILED: "mend what the error names, then run it again; readers keep the last good edition",
    RunState.ABANDONED: "it was ended from outside: run it again, nothing of it was released",
}
_LEVELS = {Outcome.PASS: "info", Outcome.SKIP: "info", Outcome.WARN: "warn"}


def remedy(state: RunState) -> str:
    """What to do about a run that ended like this; empty when there is nothing to do."""
    return REMEDIES.get(state, "")


def lines(newest_first: Iterable[Record]) -> tuple[RunLine, ...]:
    """Runs from their entries: first failures after which nothing was released, then the newest."""
    ended: dict[str, Record] = {}
    started: dict[str, Record] = {}
    for record in newest_first:
        kept = ended if record.entry.event is Event.RUN_ENDED else started
        if record.entry.event in (Event.RUN_STARTED, Event.RUN_ENDED):
            kept[str(dict(record.entry.facts)["run"])] = record
    found = [_line(name, ended.get(name), started.get(name)) for name in {**ended, **started}]
    found.sort(key=lambda line: -line.place)
    told, over = [], set()
    for line in found:
        told.append(replace(line, standing=line.state in BAD and line.product not in over))
        over |= {line.product} if line.state is not RunState.RUNNING else set()
    return tuple(sorted(told, key=lambda line: (not line.standing, -line.place)))


def _line(name: str, end: Record | None, start: Record | None) -> RunLine:
    record = end or start
    assert record is not None
    facts = dict(record.entry.facts)
    seconds = (end.recorded_at - start.recorded_at).total_seconds() if end and start else None
    return RunLine(
        id=name,
        product=ProductName.parse(record.entry.subject),
        state=RunState(str(facts["state"])) if end else RunState.RUNNING,
        who=record.entry.who,
        at=record.entry.at,
        place=record.place,
        error=str(facts.get("error", "")),
        quarantined=int(str(facts.get("quarantined", 0))),
        seconds=None if seconds is None else round(seconds),
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
