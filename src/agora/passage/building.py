"""Building: a product's build reads other products under its own service identity, pinned."""

from collections.abc import Sequence
from dataclasses import replace

from agora.governance.shielding import shield
from agora.model.errors import Denied, Invalid, Missing
from agora.model.ledger import Entry, Event
from agora.model.names import fold
from agora.model.people import Actor
from agora.model.product import InputPort, Product
from agora.model.relation import Governed
from agora.model.release import DataFile, InputPin, Release
from agora.needs.house import House
from agora.passage import keys, outside, waiting
from agora.passage.derived import not_apart, picked
from agora.passage.editions import there
from agora.passage.reading import demand
from agora.passage.ruling import Ruling, rule

SCHEMA = "main"


def inputs(house: House, product: Product, scratch: str) -> tuple[tuple[Governed, InputPin], ...]:
    """Every input port of the product as a shielded relation with its pin; live ones in `scratch`.

    Raises Denied, with the request to make, when the product's service may not read one.
    """
    return tuple(_live(house, product, each, scratch) for each in product.inputs)


def pinned(
    house: House, product: Product, pins: Sequence[InputPin]
) -> tuple[tuple[Governed, InputPin], ...]:
    """The inputs in the editions that were pinned, as today's rules let the service see them.

    `product` is as it was then. Raises Missing and Denied.
    """
    found = []
    for port in product.inputs:
        pin = next(each for each in pins if each.alias == port.alias)
        kept = house.store.get(Release, keys.release(pin.port.port.of, pin.release))
        if kept is None:
            raise Missing(f"release {pin.release} of `{pin.port}` is not there", code="E504")
        ruling = _ruled(house, product, port, there(house, kept.noun))
        found.append(_input(house, product, port, ruling))
    return tuple(found)


def read_entry(house: House, who: Actor, product: Product, pins: tuple[InputPin, ...]) -> Entry:
    """The ledger entry that says what a build read, from which releases, under which agreements."""
    return Entry(
        event=Event.BUILD_READ,
        at=house.now(),
        who=product.name.service,
        operator=who.operator or who.principal.id,
        subject=str(product.name),
        facts=(
            ("ports", tuple(str(pin.port) for pin in pins)),
            ("releases", tuple(str(pin.release) for pin in pins)),
            ("agreements", tuple(pin.agreement for pin in pins if pin.agreement)),
            ("policies", tuple(pin.policy_hash for pin in pins)),
        ),
    )


def changed_files(
    house: House, since: Release, pins: Sequence[InputPin], alias: str
) -> tuple[DataFile, ...]:
    """The files of an input that came or went between the release built on and now."""
    before = next(pin for pin in since.inputs if pin.alias == alias)
    now = next(pin for pin in pins if pin.alias == alias)
    old, new = (_files(house, pin, pin.release) for pin in (before, now))
    return tuple(sorted(_compacted(house, before, now, new, old) ^ new, key=lambda file: file.path))


def _compacted(
    house: House,
    before: InputPin,
    now: InputPin,
    new: frozenset[DataFile],
    old: frozenset[DataFile],
) -> frozenset[DataFile]:
    """The files that the rows of `before` were written to since, if all of them are still there."""
    for number in range(now.release, before.release, -1):
        kept = house.store.get(Release, keys.release(now.port.port.of, number))
        if kept is not None and kept.noun.rows_of == before.rows_of:
            files = _files(house, now, number)
            if files <= new:
                return files
    return old


def _files(house: House, pin: InputPin, number: int) -> frozenset[DataFile]:
    kept = house.store.get(Release, keys.release(pin.port.port.of, number))
    snapshot = kept.noun.snapshot(pin.port) if kept else None
    if snapshot is None:
        raise Missing(f"release {number} of `{pin.port}` is not there", code="E504")
    return frozenset(snapshot.files)


def _live(
    house: House, product: Product, port: InputPort, scratch: str
) -> tuple[Governed, InputPin]:
    """The input, of a live table with the rows of now; the pin says when that was."""
    ruling = _ruled(house, product, port, None)
    governed, pin = _input(house, product, port, ruling)
    if not governed.live:
        return governed, pin
    if any(each.load and each.load.driver == port.alias for each in product.build.outputs):
        raise Invalid(
            f"deliveries of `{port.alias}` cannot be told apart: `{port.port}` is live",
            code="E390",
            hint="let the output read all of it, or read a port that is built",
        )
    bounds = replace(house.mesh.bounds, seconds=outside.BUILD_SECONDS)
    folder = f"{scratch}/{outside.AREA}/{fold(port.alias)}"
    given = outside.fetched(house, ruling, governed, folder, bounds)
    return given, replace(pin, live=house.now().isoformat())


def _input(
    house: House, product: Product, port: InputPort, ruling: Ruling
) -> tuple[Governed, InputPin]:
    snapshot, release = ruling.snapshot, ruling.release
    if snapshot is None or release is None:
        raise Missing(f"`{port.port}` has no release yet", code="E504")
    governed = Governed(
        schema=SCHEMA,
        name=fold(port.alias),
        files=snapshot.files,
        columns=snapshot.columns,
        shield=shield(ruling.decision),
        deletes=snapshot.deletes,
        live=snapshot.live,
    )
    if ruling.decision.physical and not snapshot.live:
        governed = _apart(house, product, port, ruling, governed)
    pin = InputPin(
        alias=port.alias,
        port=port.port,
        release=release.number,
        snapshot_id=snapshot.snapshot_id,
        agreement=ruling.decision.agreement,
        policy_hash=ruling.decision.policy_hash,
        restores=release.restores,
    )
    return governed, pin


def _apart(
    house: House, product: Product, port: InputPort, ruling: Ruling, governed: Governed
) -> Governed:
    """The input over its derived table.

    One whose changed files are loaded one by one needs the released files themselves: refused, as
    those hold what is hidden.
    """
    if any(each.load and each.load.driver == port.alias for each in product.build.outputs):
        not_apart(ruling, f"deliveries of `{port.alias}`")
    service = house.mesh.principal(product.name.service)
    assert service is not None, "every product has its service"
    who = Actor(principal=service, operator=house.mesh.operator, purpose=port.purpose)
    return picked(house, who, ruling, governed)


def _ruled(house: House, product: Product, port: InputPort, edition: Release | None) -> Ruling:
    service = house.mesh.principal(product.name.service)
    offering = house.mesh.product(port.port.port.of)
    promised = house.mesh.port(port.port)
    assert service is not None, "every product has its service"
    assert offering is not None, "a product with an input from nowhere is not opened (E134)"
    assert promised is not None, "a product with an input from nowhere is not opened (E134)"
    ruling = rule(house, service, port.purpose, offering, promised, edition)
    try:
        demand(ruling)
    except Denied as denied:
        hint = f"`agora request {port.port} --for {service.id} --purpose {port.purpose} --reason …`"
        raise Denied(
            f"`{product.name}` may not read `{port.port}`: {denied.reasons[0].sentence}",
            reasons=denied.reasons,
            hint=waiting.told(house, ruling) or hint,
            code=denied.code_shown,
        ) from None
    return ruling
