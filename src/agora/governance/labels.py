"""Labels as one reader may see them: counts are public, values only what a query would give.

Of a listed product everybody may know how many rows there are, whether declared keys hold and
whether its references resolve; units and time zones stand in the contract. Every other fact tells
of values or of single rows: it is shown only to a reader who sees every row of the port, and the
columns it is about as they are. Whatever this room does not know how to show, it leaves out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agora.governance.results import seen as seen_results
from agora.model.checks import CheckResult
from agora.model.decision import Decision
from agora.model.label import ColumnFacts, Label, ReferenceFacts, TrackRecord
from agora.model.names import PortVersion
from agora.model.policy import MaskKind
from agora.model.release import DataFile, Quarantine, Release, Run, Snapshot

NOBODY = "you may not read this table"
FILTERED = "you do not see every row"
MASKED = "it is masked for you"
UNLISTED = "the product is not listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks at a product: their decision on each of its ports, and whether it is listed.

    `others` are their decisions on further ports they may know of, which its references lead to.
    """

    decisions: Sequence[Decision]
    others: Sequence[Decision] = ()
    listed: bool = False

    def of(self, port: PortVersion) -> Decision | None:
        """The decision on one port; None also for a port they may not know of."""
        return next((d for d in (*self.decisions, *self.others) if d.port == port), None)

    def counts(self, port: PortVersion) -> bool:
        """True when this reader may know how many rows there are."""
        return self.listed or not self.why_not(port)

    def why_not(self, port: PortVersion, *columns: str) -> str:
        """Why a fact about values of these columns is left out; empty when it is shown."""
        decision = self.of(port)
        if decision is None or not decision.allowed:
            return NOBODY
        if decision.rows:
            return FILTERED
        clear = {c.name for c in decision.columns if c.mask.kind is MaskKind.CLEAR}
        return "" if clear.issuperset(columns) else MASKED


def label(of: Label, viewer: Viewer) -> Label:
    """The label with the facts this reader may see, and why others are missing."""
    if not viewer.counts(of.port):
        return Label(
            port=of.port,
            counted_at=of.counted_at,
            rows=None,
            withheld=(f"everything counted: {UNLISTED}, and {viewer.why_not(of.port)}",),
        )
    periods = tuple(p for p in of.periods if not viewer.why_not(of.port, p.column))
    keys = tuple(k for k in of.keys if k.declared or not viewer.why_not(of.port, *k.columns))
    lonely = viewer.why_not(of.port, *of.group.columns) if of.group else ""
    references = tuple(_reference(of, r, viewer) for r in of.references if _may_know(r, viewer))
    return Label(
        port=of.port,
        counted_at=of.counted_at,
        rows=of.rows,
        columns=tuple(_column(of.port, c, viewer) for c in of.columns),
        keys=keys,
        references=references,
        periods=periods,
        group=None if lonely else of.group,
        problems=() if viewer.why_not(of.port) else of.problems,
        withheld=tuple(_withheld(of, viewer)),
    )


def _withheld(of: Label, viewer: Viewer) -> Iterator[str]:
    """What is left out and why; the same whether a key was found in hidden values or not."""
    why = viewer.why_not(of.port)
    if why:
        yield f"values, periods and keys that were found: {why}"
        return
    for period in of.periods:
        if viewer.why_not(of.port, period.column):
            yield f"the time `{period.column}` covers: {MASKED}"
    if of.group and viewer.why_not(of.port, *of.group.columns):
        yield f"the smallest group: {MASKED}"
    for link in of.references:
        hidden = "" if link.skipped or not _may_know(link, viewer) else _hidden(of, link, viewer)
        if hidden:
            yield f"how `{link.to}` is covered: {hidden}"


def release(of: Release, viewer: Viewer) -> Release:
    """The release without what would tell of hidden rows: samples, sizes and hashes of files."""
    made = replace(
        of,
        results=results(of.results, viewer),
        labels=tuple(label(each, viewer) for each in of.labels),
    )
    if _sees_all(viewer):
        return made
    return replace(
        made,
        fingerprint="",
        sources=(),
        snapshots=tuple(_snapshot(each, viewer) for each in of.snapshots),
        quarantines=tuple(_aside(each, viewer) for each in of.quarantines),
    )


def results(of: Sequence[CheckResult], viewer: Viewer) -> tuple[CheckResult, ...]:
    """The check results: whether each holds is public, and so are counts; other numbers are values."""
    return tuple(_result(each, viewer) for each in seen_results(of, viewer.decisions))


def record(of: TrackRecord, viewer: Viewer) -> TrackRecord:
    """Whether promises were kept is public like the outcome of checks; the words may hold counts."""
    if viewer.counts(of.port):
        return of
    return replace(of, sentence=_kept(of))


def run(of: Run, viewer: Viewer) -> Run:
    """The run, under the same rule as its release."""
    made = replace(of, results=results(of.results, viewer), labels=())
    if _sees_all(viewer):
        return made
    return replace(
        made,
        fingerprint="",
        sources=(),
        snapshots=tuple(_snapshot(each, viewer) for each in of.snapshots),
        quarantines=tuple(_aside(each, viewer) for each in of.quarantines),
        failures=tuple(_aside(each, viewer) for each in of.failures),
    )


def _kept(of: TrackRecord) -> str:
    if not of.broken:
        return "kept"
    return f"broken on {of.broken} day{'' if of.broken == 1 else 's'}"


def _result(of: CheckResult, viewer: Viewer) -> CheckResult:
    if not viewer.counts(of.port):
        return replace(of, value=None, failing=None, rows=None, detail="")
    counted = of.failing is not None or not viewer.why_not(of.port)
    return of if counted else replace(of, value=None)


def _sees_all(viewer: Viewer) -> bool:
    return bool(viewer.decisions) and all(d.hides_nothing for d in viewer.decisions)


def _snapshot(of: Snapshot, viewer: Viewer) -> Snapshot:
    files = (DataFile(path="", rows=of.rows, size=0),) if viewer.counts(of.port) else ()
    return replace(of, files=files, metadata="")


def _aside(of: Quarantine, viewer: Viewer) -> Quarantine:
    return replace(of, files=(), rows=of.rows if viewer.counts(of.port) else 0)


def _column(port: PortVersion, of: ColumnFacts, viewer: Viewer) -> ColumnFacts:
    why = viewer.why_not(port, of.name)
    if not why:
        return of
    return ColumnFacts(name=of.name, unit=of.unit, zone=of.zone, withheld=why)


def _may_know(of: ReferenceFacts, viewer: Viewer) -> bool:
    """An unlisted product is not told of by those that refer to it; a foreign table is nobody's secret."""
    return of.port is None or viewer.of(of.port) is not None


def _hidden(of: Label, link: ReferenceFacts, viewer: Viewer) -> str:
    """Why coverage and fan-out are left out: they tell of rows on both sides."""
    there = viewer.why_not(link.port, *link.to_columns) if link.port else ""
    return viewer.why_not(of.port, *link.columns) or there


def _reference(of: Label, link: ReferenceFacts, viewer: Viewer) -> ReferenceFacts:
    if link.skipped or not _hidden(of, link, viewer):
        return link
    return ReferenceFacts(
        columns=link.columns,
        to=link.to,
        to_columns=link.to_columns,
        port=link.port,
        rows=link.rows,
        missing=link.missing,
        skipped=link.skipped,
    )
