"""Verify: a release is built again from its pins and compared, row for row."""

from collections.abc import Iterator
from dataclasses import replace

from agora.governance.rights import may_run
from agora.model.contract import Contract
from agora.model.errors import AgoraError, Denied, Missing
from agora.model.ledger import Entry, Event
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.product import InputPort, OutputPort, Product
from agora.model.release import Release
from agora.model.verifying import BuildText, Mismatch, Verified
from agora.needs.house import House
from agora.passage import keys
from agora.passage.editions import one
from agora.passage.knowing import find_product
from agora.passage.recording import refused
from agora.passage.ruling import current_release
from agora.spec import rebuilds
from agora.usecases.running.promising import promised
from agora.usecases.running.rebuilding import rebuilt


def verify(house: House, who: Actor, name: str, *, release: str = "") -> Verified:
    """Whether a release (empty: the current one) is what its pins make; the ledger keeps the answer.

    It is built with the code and the contracts of then. Nothing is changed. Raises Missing (no such
    edition, or one that is no longer kept) and Denied.
    """
    product = find_product(house, who.principal, name)
    reasons = may_run(house.mesh, product.name, who.principal)
    if reasons:
        problem = Denied.because(reasons)
        refused(house, who, str(product.name), "", problem, event=Event.DENIED)
        raise problem
    made = one(house, product, release) or current_release(house, product)
    if made is None:
        raise Missing(f"`{product.name}` has no release yet", code="E504")
    found = _verified(house, who, product, made)
    house.store.commit((), (_entry(house, who, found),))
    return found


def _verified(house: House, who: Actor, product: Product, made: Release) -> Verified:
    then, differences = _then(house, product, made)
    differences += [*_sources(house, made), *_inputs(house, made), *_rows(house, made)]
    found = Verified(
        product=product.name,
        release=made.number,
        holds=False,
        differences=tuple(differences),
        notes=tuple(_notes(house, product, made)),
    )
    if then is None or differences:
        return found
    try:
        ports = rebuilt(house, who, then, made)
    except AgoraError as problem:
        return replace(found, differences=(f"it cannot be built again: {problem.sentence}",))
    apart = tuple(each for each in ports if each.missing or each.extra)
    rows = sum(each.released for each in ports)
    return replace(found, holds=not apart, ports=apart, rows=rows)


def _then(house: House, product: Product, made: Release) -> tuple[Product | None, list[str]]:
    """The product as it was released: its build and contracts by their kept words."""
    contracts, differences = _contracts(house, product, made)
    kept = house.store.get(BuildText, keys.build(product.name, made.code_hash))
    ports = tuple(OutputPort(name=v.port, contract=each) for v, each in contracts.items())
    then = replace(product, ports=ports, build=product.build)
    if kept is None and made.code_hash != product.build.hash:
        words = "the build has changed since, and its words of then are not kept"
        return None, [*differences, words]
    if kept is None or differences:
        return then, differences
    build = rebuilds.read(kept.noun, contracts)
    if build is None:
        return None, ["the kept words of the build are not those that were released"]
    purposes = rebuilds.purposes(kept.noun)
    inputs = tuple(
        InputPort(alias=pin.alias, port=pin.port, purpose=purposes.get(pin.alias, ""))
        for pin in made.inputs
    )
    return replace(then, build=build, inputs=inputs), []


def _contracts(
    house: House, product: Product, made: Release
) -> tuple[dict[PortVersion, Contract], list[str]]:
    found: dict[PortVersion, Contract] = {}
    lost = []
    for name, contract in made.contracts:
        version = PortVersion.parse(name)
        port = product.port(version)
        same = port.contract if port and port.contract.hash == contract else None
        kept = same or promised(house, contract)
        if kept is None:
            lost.append(f"the words of the contract of `{version}` are not kept")
        else:
            found[version] = kept
    return found, lost


def _sources(house: House, made: Release) -> Iterator[str]:
    """What is not in the landing area any more as it was pinned, each delivery by its name."""
    outside = {str(s.port) for s in made.snapshots if s.external}
    for pin in made.sources:
        if pin.name in outside:
            continue
        found = house.lake.digest(pin.path)
        which = f"source `{pin.name}`" + (f", delivery `{pin.origin}`" if pin.origin else "")
        if not found:
            yield f"{which}: the landed file is missing: `{pin.path}`"
        elif found != pin.hash:
            yield f"{which}: the landed file was changed: it is {found[:12]}, pinned is {pin.hash[:12]}"


def _inputs(house: House, made: Release) -> Iterator[str]:
    for pin in made.inputs:
        of = pin.port.port.of
        kept = house.store.get(Release, keys.release(of, pin.release))
        snapshot = kept.noun.snapshot(pin.port) if kept else None
        if kept is None or snapshot is None:
            yield f"input `{pin.alias}`: there is no edition {pin.release} of `{pin.port}`"
        elif kept.noun.expired_at is not None:
            yield f"input `{pin.alias}`: edition {pin.release} of `{of}` is no longer kept"
        elif snapshot.snapshot_id != pin.snapshot_id:
            yield (
                f"input `{pin.alias}`: edition {pin.release} of `{pin.port}` is the snapshot "
                f"{snapshot.snapshot_id}, pinned is {pin.snapshot_id}"
            )
        elif snapshot.live:
            yield f"input `{pin.alias}`: `{pin.port}` is live, its rows of {pin.live[:16]} are not kept"
        elif damaged := house.lake.damaged(snapshot.files):
            yield f"input `{pin.alias}`: {len(damaged)} files of `{pin.port}` are damaged"


def _rows(house: House, made: Release) -> Iterator[str]:
    for snapshot in made.snapshots:
        damaged = () if snapshot.external else house.lake.damaged(snapshot.files)
        if damaged:
            yield f"the released rows of `{snapshot.port}`: {len(damaged)} files are damaged"


def _notes(house: House, product: Product, made: Release) -> Iterator[str]:
    """What has changed since, or cannot be told, without being a difference."""
    kept = house.store.get(BuildText, keys.build(product.name, made.code_hash))
    if kept is not None and made.code_hash != product.build.hash:
        yield from rebuilds.changed(kept.noun, product)
    now = {str(port.version): port.contract.hash for port in product.ports}
    for name, contract in made.contracts:
        if name in now and now[name] != contract:
            yield f"the contract of `{name}` has changed since"
    for snapshot in made.snapshots:
        if snapshot.live:
            yield f"the rows of `{snapshot.port}` are live: reproducible: no"
        elif snapshot.external:
            yield f"the rows of `{snapshot.port}` lie elsewhere and cannot be built again"


def _entry(house: House, who: Actor, found: Verified) -> Entry:
    return house.entry(
        who,
        Event.VERIFIED,
        subject=str(found.product),
        facts=(
            ("release", found.release),
            ("holds", found.holds),
            ("rows", found.rows),
            ("differences", found.differences),
            ("ports", tuple(_told(each) for each in found.ports)),
        ),
    )


def _told(port: Mismatch) -> str:
    return f"{port.port}: {port.missing} missing, {port.extra} extra of {port.released}"
