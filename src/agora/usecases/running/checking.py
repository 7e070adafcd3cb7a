"""Checking: every promise is counted on exactly the staged snapshots; bad rows are put aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agora.model.checks import CheckResult
from agora.model.errors import Broken
from agora.model.product import OutputPort, Product
from agora.model.progress import Phase
from agora.model.release import Quarantine, ReleasedColumn, Run, Snapshot
from agora.model.types import Kind, Type
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage.aside import REASON
from agora.quality import samples
from agora.quality.checks import CheckPlan
from agora.quality.plans import plan
from agora.quality.quarantine import split
from agora.quality.since import Since
from agora.quality.since import scans as since_scans
from agora.usecases.running import counting
from agora.usecases.running.building import restage
from agora.workshop import increments
from agora.workshop.increments import Growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a run may release: final snapshots, every result, and the rows put aside."""

    snapshots: tuple[Snapshot, ...]
    results: tuple[CheckResult, ...]
    quarantines: tuple[Quarantine, ...] = ()
    failures: tuple[Quarantine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Port:
    snapshot: Snapshot
    results: tuple[CheckResult, ...]
    quarantine: Quarantine | None = None
    failures: Quarantine | None = None


def holds(run: Run) -> bool:
    """True when no blocking promise of the run is broken."""
    return not any(result.blocks for result in run.results)


def check(
    house: House,
    product: Product,
    bench: Bench,
    run: str,
    staged: Sequence[Snapshot],
    growth: Growth,
) -> Checked:
    """Every contract's promises are counted; rows to quarantine are out of the final snapshots.

    On top of a release, only what came since is counted where that will do.
    """
    for snapshot in staged:
        bench.attach(_relation(snapshot), snapshot.files, snapshot.columns)
    others = _others(house, product, growth)
    done = [
        _check_port(house, product, bench, run, snapshot, others, growth) for snapshot in staged
    ]
    return Checked(
        snapshots=tuple(port.snapshot for port in done),
        results=tuple(result for port in done for result in port.results),
        quarantines=tuple(port.quarantine for port in done if port.quarantine),
        failures=tuple(port.failures for port in done if port.failures),
    )


def _check_port(
    house: House,
    product: Product,
    bench: Bench,
    run: str,
    snapshot: Snapshot,
    others: Mapping[str, str],
    growth: Growth,
) -> _Port:
    house.progress.phase(product.name, Phase.CHECK, str(snapshot.port))
    port = product.port(snapshot.port)
    if port is None:
        return _Port(snapshot=snapshot, results=())
    made = _plan(house, port, _relation(snapshot), others)
    results = _count(bench, port, made, _since(house, bench, port, snapshot, others, growth))
    parts = split(made, results)
    before = _aside_before(snapshot, growth)
    if parts is None:
        failures = _failures(house, bench, run, snapshot, made, results)
        return _Port(snapshot=snapshot, results=results, quarantine=before, failures=failures)
    if snapshot.external:
        raise Broken(
            f"`{snapshot.port}`: rows would be kept out, but they stay where they are",
            code="E386",
            hint="correct them there, or let the rule be an `error` or a `warning`",
        )
    aside = _put_aside(house, bench, run, snapshot, parts.bad, "quarantine")
    final = restage(house, run, bench, snapshot, parts.good)
    bench.attach(f"{_relation(snapshot)}_kept", final.files, final.columns)
    again = _plan(house, port, f"{_relation(snapshot)}_kept", others)
    counted = _count(bench, port, again)
    return _Port(
        snapshot=final,
        results=_told(results, counted),
        quarantine=_together(before, aside),
        failures=_failures(house, bench, run, final, again, counted),
    )


def _plan(house: House, port: OutputPort, relation: str, others: Mapping[str, str]) -> CheckPlan:
    return plan(
        port.contract,
        port.version,
        relation=relation,
        others=others,
        classified=house.mesh.classified(),
    )


def _since(
    house: House,
    bench: Bench,
    port: OutputPort,
    snapshot: Snapshot,
    others: Mapping[str, str],
    growth: Growth,
) -> Since | None:
    """What came since the release that is built on, as relations of their own."""
    base = growth.since.snapshot(snapshot.port) if growth.since else None
    if growth.since is None or base is None or snapshot.live:
        return None
    shared = frozenset(base.files)
    fresh, kept = f"{_relation(snapshot)}_fresh", f"{_relation(snapshot)}_before"
    bench.attach(fresh, [f for f in snapshot.files if f not in shared], snapshot.columns)
    bench.attach(kept, [f for f in snapshot.files if f in shared], snapshot.columns)
    own = {name for name in others.values() if name.startswith("checked_")}
    return Since(
        results=growth.since.results,
        fresh=_plan(house, port, fresh, others),
        kept=kept,
        rows=snapshot.rows,
        moved=frozenset({*own, _relation(snapshot), increments.whole_name(growth.driver)}),
    )


def _aside_before(snapshot: Snapshot, growth: Growth) -> Quarantine | None:
    """What was put aside of rows this run has not loaded again."""
    earlier = growth.since.quarantines if growth.since else ()
    return next((batch for batch in earlier if batch.port == snapshot.port), None)


def _together(before: Quarantine | None, now: Quarantine) -> Quarantine:
    if before is None:
        return now
    return replace(now, files=(*before.files, *now.files), rows=before.rows + now.rows)


def _count(
    bench: Bench, port: OutputPort, made: CheckPlan, since: Since | None = None
) -> tuple[CheckResult, ...]:
    scans = since_scans(made, since) if since else made.scans
    results = counting.results(bench, port.contract, made, scans)
    asked, _ = counting.ask(bench, samples.scans(made, results))
    return samples.attach(results, asked)


def _told(first: Sequence[CheckResult], final: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """The final results, each telling how many rows its rule had put aside before."""
    before = {result.check: result.failing or 0 for result in first}
    return tuple(
        replace(result, detail=f"{before[result.check]} rows were put aside")
        if before.get(result.check) and not result.failing
        else result
        for result in final
    )


def _failures(
    house: House,
    bench: Bench,
    run: str,
    snapshot: Snapshot,
    made: CheckPlan,
    results: Sequence[CheckResult],
) -> Quarantine | None:
    examples = samples.examples(made, results)
    return _put_aside(house, bench, run, snapshot, examples, "samples") if examples else None


def _put_aside(
    house: House, bench: Bench, run: str, snapshot: Snapshot, select: str, area: str
) -> Quarantine:
    reason = ReleasedColumn(name=REASON, type=Type(kind=Kind.VARCHAR), field_id=_next_id(snapshot))
    columns = (*snapshot.columns, reason)
    folder = house.lake.folder(snapshot.port, run, area)
    house.progress.point(f"before-{area}")
    written = bench.write(select, columns, folder, "aside")
    house.progress.point(f"after-{area}")
    rows = sum(file.rows for file in written.files)
    return Quarantine(port=snapshot.port, files=written.files, columns=columns, rows=rows)


def _next_id(snapshot: Snapshot) -> int:
    return max((column.field_id for column in snapshot.columns), default=0) + 100_000


def _relation(snapshot: Snapshot) -> str:
    return f"checked_{snapshot.port.table}"


def _others(house: House, product: Product, growth: Growth) -> dict[str, str]:
    """What references may point at: the run's own ports, and inputs under their agreements."""
    found: dict[str, str] = {}
    for port in product.ports:
        relation = f"checked_{port.version.table}"
        found |= {port.contract.table: relation, port.contract.id: relation}
    for each in product.inputs:
        promised = house.mesh.port(each.port)
        if promised is not None:
            found[promised.contract.id] = increments.all_of(growth, each.alias)
    return found
