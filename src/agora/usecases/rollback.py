"""Rollback: readers have the rows of an earlier release again, as a new release that says why."""

from dataclasses import dataclass, replace

from agora.governance.rights import may_run
from agora.model.contract import Contract
from agora.model.errors import AgoraError, Conflict, Denied, Missing, Unusable
from agora.model.ledger import Event
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Release, Run, SourcePin
from agora.needs.house import House
from agora.passage.editions import one
from agora.passage.knowing import find_product
from agora.passage.recording import refused
from agora.passage.ruling import current_release
from agora.quality.compatibility.contracts import compare
from agora.spec.promises import read
from agora.usecases.running import landing, publishing, releasing
from agora.usecases.running.promising import promised
from agora.workshop.increments import growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What the next run will do: load these deliveries, or build everything `anew` and why.

    `inputs` are the editions it reads that the one rolled back to had not read, `gone` deliveries
    that are taken back and are no longer at their source. `unknown` says why nothing can be told.
    """

    deliveries: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    anew: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """The new release, the one whose rows it has, the one it took the place of, and what comes."""

    release: Release
    to: int
    instead_of: int
    coming: Coming


def rollback(house: House, who: Actor, name: str, *, to: str, reason: str) -> RolledBack:
    """The product's newest release has the rows of an earlier one, at once and for all its tables.

    Raises Missing, Unusable (no reason), Denied, Conflict (it is current already, another promise,
    or a run was faster).
    """
    product = find_product(house, who.principal, name)
    try:
        return _rollback(house, who, product, to, reason)
    except Denied as problem:
        refused(house, who, str(product.name), "", problem, event=Event.DENIED)
        raise


def _rollback(house: House, who: Actor, product: Product, to: str, reason: str) -> RolledBack:
    _demand(house, who, product, reason)
    releasing.repair(house, who, product)
    standing, target = current_release(house, product), one(house, product, to)
    if standing is None or target is None:
        raise Missing(f"`{product.name}` has no release yet", code="E504")
    if target.number == standing.number:
        raise Conflict(f"edition {target.number} is current already", code="E464")
    _same_promise(house, product, target)
    publishing.demand(house, product)
    run_id = house.new_id("run")
    house.lake.scratch(run_id)
    try:
        run = _run(house, who, product, standing, target, run_id, reason)
        made = releasing.restore(house, who, product, run, target)
    except AgoraError:
        house.lake.discard(run_id, ())
        raise
    releasing.settle(house, who, product, made)
    coming = _coming(house, product, made, standing)
    return RolledBack(release=made, to=target.number, instead_of=standing.number, coming=coming)


def _demand(house: House, who: Actor, product: Product, reason: str) -> None:
    reasons = may_run(house.mesh, product.name, who.principal)
    if reasons:
        raise Denied.because(reasons)
    if not reason.strip():
        raise Unusable("a rollback says why", code="E466", hint="add `--reason`")


def _same_promise(house: House, product: Product, target: Release) -> None:
    """What the earlier release promised is what is promised today, or more."""
    then = dict(target.contracts)
    for port in product.ports:
        old = then.get(str(port.version), "")
        if old == port.contract.hash:
            continue
        broken = _broken(house, port.contract, port.version, old)
        if broken:
            raise Conflict(
                f"edition {target.number} does not keep what `{port.version}` promises today: {broken}",
                code="E465",
                hint=f"put back `{port.contract.file}` as it was then, and roll back again",
            )


def _broken(house: House, today: Contract, port: PortVersion, old: str) -> str:
    if not old:
        return f"it has no `{port}`"
    before = promised(house, old)
    if before is None:
        return "the words of its promise are not kept"
    words = house.mesh.promise(today.hash)
    now = (read(words) if words else None) or today
    return "; ".join(change.sentence for change in compare(now, before) if change.breaks)


def _run(
    house: House,
    who: Actor,
    product: Product,
    standing: Release,
    target: Release,
    run_id: str,
    reason: str,
) -> Run:
    """The run that is kept for it, with what the product still offers."""
    why = f"rolled back to edition {target.number}: {reason}"
    run = releasing.carried(house, who, target, run=run_id, parent=standing.number, why=why)
    offered = {port.version for port in product.ports}
    return replace(run, snapshots=tuple(s for s in run.snapshots if s.port in offered))


def _coming(house: House, product: Product, made: Release, standing: Release) -> Coming:
    """What the next run finds that the release rolled back to had not, told before it runs."""
    look = house.new_id("look")
    try:
        pins = landing.pin(house, product, made, house.lake.scratch(look))
    except AgoraError as problem:
        return Coming(unknown=problem.sentence)
    finally:
        house.lake.discard(look, ())
    had, now = _hashes(made.sources), _hashes(pins.sources)
    read_before = {(pin.alias, pin.rows_of) for pin in made.inputs}
    told = Coming(
        deliveries=tuple(_name(pin) for pin in pins.sources if (pin.name, pin.hash) not in had),
        inputs=tuple(
            f"{pin.port}#{pin.release}"
            for pin in pins.inputs
            if (pin.alias, pin.rows_of) not in read_before
        ),
        gone=tuple(_name(pin) for pin in standing.sources if (pin.name, pin.hash) not in had | now),
    )
    if made.fingerprint == pins.fingerprint:
        return told
    return replace(told, anew=growth(product, made, pins.sources, pins.inputs).anew)


def _hashes(pins: tuple[SourcePin, ...]) -> set[tuple[str, str]]:
    return {(pin.name, pin.hash) for pin in pins}


def _name(pin: SourcePin) -> str:
    return f"{pin.name}: {pin.origin}" if pin.origin else pin.name
