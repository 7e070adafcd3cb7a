"""Run: a product is built, checked and released, or the last good release keeps serving."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agora.governance.rights import may_run
from agora.model.errors import AgoraError, Conflict, Denied, Unavailable
from agora.model.ledger import Event
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.progress import Phase
from agora.model.reasons import Reason
from agora.model.release import Release, Run, RunState, Snapshot
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.building import read_entry
from agora.passage.knowing import find_product, known
from agora.passage.recording import refused
from agora.passage.ruling import current_release
from agora.usecases.agreeing import carrying
from agora.usecases.running import (
    building,
    checking,
    deriving,
    drifting,
    labelling,
    landing,
    loading,
    publishing,
    rejecting,
    releasing,
    stepping,
)
from agora.usecases.running.landing import Pins
from agora.workshop import inplace
from agora.workshop.increments import Growth, growth

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a run ended; `skipped` when nothing that goes in has changed since the current release.

    Of several, `refused` says of which product no run could be made, and why.
    """

    run: Run | None
    release: Release | None
    skipped: bool = False
    refused: tuple[ProductName, Reason] | None = None

    @property
    def release_made(self) -> bool:
        """True when this run made a new release."""
        return self.run is not None and self.run.state is RunState.RELEASED


def run(house: House, who: Actor, name: str, *, again: bool = False, anew: bool = False) -> Ran:
    """The product has a new release, or its last one and the results that say why not.

    `again` runs although nothing has changed, `anew` loads every delivery once more.
    Raises Missing, Denied, Invalid (a step or source is wrong), Unavailable, Exhausted; Conflict
    when other runs were faster three times.
    """
    product = find_product(house, who.principal, name)
    try:
        return _run(house, who, product, again=again or anew, anew=anew)
    except Denied as problem:
        refused(house, who, str(product.name), "", problem, event=Event.DENIED)
        raise


def run_each(
    house: House,
    who: Actor,
    names: Iterable[ProductName],
    *,
    again: bool = False,
    anew: bool = False,
) -> Iterator[tuple[ProductName, Ran]]:
    """Each of these is run in this order; one that cannot be holds up only those that read it.

    Left out are products this person may not know of.
    """
    products = {product.name: product for product in known(house, who.principal)}
    lost: set[ProductName] = set()
    for name in (name for name in names if name in products):
        reads = sorted({each.port.port.of for each in products[name].inputs} & lost)
        try:
            if reads:
                raise _waits(reads[0])
            ran = run(house, who, str(name), again=again, anew=anew)
        except AgoraError as problem:
            lost.add(name)
            why = Reason(code=problem.code_shown, sentence=problem.sentence, hint=problem.hint)
            standing = current_release(house, products[name])
            ran = Ran(run=None, release=standing, refused=(name, why))
        yield name, ran


def _waits(read: ProductName) -> Unavailable:
    return Unavailable(
        f"it reads `{read}`, which could not be run",
        code="E475",
        hint=f"see to `agora run {read}` first",
    )


def _run(house: House, who: Actor, product: Product, *, again: bool, anew: bool) -> Ran:
    _demand(house, who, product)
    publishing.demand(house, product)
    releasing.repair(house, who, product)
    for _ in range(TRIES - 1):
        try:
            return _attempt(house, who, product, again=again, anew=anew)
        except Conflict:
            continue
    return _attempt(house, who, product, again=again, anew=anew)


def _demand(house: House, who: Actor, product: Product) -> None:
    reasons = may_run(house.mesh, product.name, who.principal)
    if reasons:
        raise Denied.because(reasons)


def _attempt(house: House, who: Actor, product: Product, *, again: bool, anew: bool) -> Ran:
    house.progress.phase(product.name, Phase.LAND)
    standing = current_release(house, product)
    run_id = house.new_id("run")
    pins = _pinned(house, product, standing, run_id)
    if standing is not None and standing.fingerprint == pins.fingerprint and not again:
        house.lake.discard(run_id, ())
        return Ran(run=None, release=standing, skipped=True)
    grown = growth(product, standing, pins.sources, pins.inputs, asked=anew)
    grown = loading.proven(house, product, grown)
    begun = _begin(house, who, product, pins, standing, run_id, grown)
    try:
        built = _build(house, product, pins, begun, grown)
        if not checking.holds(built):
            return _blocked(house, who, product, built)
        made = releasing.release(house, who, product, built)
    except AgoraError as problem:
        _failed(house, who, product, begun, problem)
        raise
    releasing.settle(house, who, product, made)
    carrying.carry(house, who, product)
    return Ran(run=replace(built, state=RunState.RELEASED, release=made.number), release=made)


def _pinned(house: House, product: Product, standing: Release | None, run_id: str) -> Pins:
    """What goes in is pinned; when it cannot be, nothing of the try is left."""
    try:
        return landing.pin(house, product, standing, house.lake.scratch(run_id))
    except AgoraError:
        house.lake.discard(run_id, ())
        raise


def _begin(
    house: House,
    who: Actor,
    product: Product,
    pins: Pins,
    standing: Release | None,
    run_id: str,
    grown: Growth,
) -> Run:
    begun = Run(
        id=run_id,
        product=product.name,
        state=RunState.RUNNING,
        started_by=who.principal.id,
        started_at=house.now(),
        fingerprint=pins.fingerprint,
        code_hash=product.build.hash,
        parent=standing.number if standing else 0,
        loaded=grown.anew,
        sources=pins.sources,
        inputs=pins.inputs,
        snapshots=tuple(inplace.lasting(each) for each in pins.external),
    )
    started = house.entry(
        who,
        Event.RUN_STARTED,
        subject=str(product.name),
        facts=(("run", begun.id), ("fingerprint", begun.fingerprint)),
    )
    entries = [started]
    if pins.inputs:
        entries.append(read_entry(house, who, product, pins.inputs))
    house.progress.point("before-begin")
    house.store.commit((Put(key=keys.run(product.name, begun.id), noun=begun),), entries)
    house.progress.point("after-begin")
    return begun


def _build(house: House, product: Product, pins: Pins, begun: Run, grown: Growth) -> Run:
    scratch = house.lake.scratch(begun.id)
    raw, governed = landing.relations(house, product, pins, grown, scratch)
    with house.benches.open(
        raw,
        governed,
        writable=_writable(house, product, begun.id),
        scratch=scratch,
        bounds=house.mesh.bounds,
        readable=(*_readable(grown), *(f.path for s in pins.external for f in s.files)),
    ) as bench:
        made = _made(house, product, bench, begun, grown, pins.external)
    return replace(made, snapshots=tuple(inplace.lasting(each) for each in made.snapshots))


def _made(
    house: House,
    product: Product,
    bench: Bench,
    begun: Run,
    grown: Growth,
    elsewhere: Sequence[Snapshot],
) -> Run:
    begun, grown = drifting.told(house, product, bench, begun, grown)
    house.progress.phase(product.name, Phase.BUILD)
    rejects = rejecting.Rejects(house=house, product=product, bench=bench, run=begun.id)
    if grown.driver:
        scratch = house.lake.scratch(begun.id)
        staged = loading.load(house, product, bench, begun.id, grown, scratch, rejects)
    else:
        rejects.take(stepping.steps(house, product, bench))
        staged = building.stage(house, product, bench, begun.id)
    staged = (*staged, *elsewhere)
    staged = deriving.derived(house, product, bench, begun, staged)
    checked = checking.check(house, product, bench, begun.id, staged, grown)
    made = replace(
        begun,
        snapshots=checked.snapshots,
        results=checked.results,
        quarantines=rejects.joined(checked.quarantines),
        failures=checked.failures,
    )
    if not checking.holds(made):
        return made
    return replace(made, labels=labelling.labels(house, product, bench, made, grown))


def _readable(grown: Growth) -> tuple[str, ...]:
    """The files of the release that is built on."""
    snapshots = grown.since.snapshots if grown.since else ()
    return tuple(file.path for snapshot in snapshots for file in snapshot.files)


def _writable(house: House, product: Product, run_id: str) -> tuple[str, ...]:
    areas = ("data", "quarantine", "samples")
    return tuple(
        house.lake.folder(port.version, run_id, area) for port in product.ports for area in areas
    )


def _blocked(house: House, who: Actor, product: Product, built: Run) -> Ran:
    ended = releasing.end(house, who, built, RunState.BLOCKED, "a blocking check did not hold")
    ports = [port.version for port in product.ports]
    house.lake.discard(built.id, ports, keep_examples=True)
    return Ran(run=ended, release=current_release(house, product))


def _failed(house: House, who: Actor, product: Product, begun: Run, problem: AgoraError) -> None:
    """Clean up as far as the world allows: a full disk may refuse even that, and the next run repairs."""
    try:
        house.lake.discard(begun.id, [port.version for port in product.ports])
        releasing.end(house, who, begun, RunState.FAILED, problem.sentence)
    except Unavailable:
        return
