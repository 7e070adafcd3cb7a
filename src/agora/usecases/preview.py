"""Preview: the first rows of a step, on a sample, before anything is run or released."""

from collections.abc import Iterator
from dataclasses import dataclass

from agora.model.decision import Decision
from agora.model.errors import AgoraError, Broken
from agora.model.names import fold
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.relation import RawFile
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage import previewing
from agora.passage.knowing import find_product
from agora.passage.previewing import Looked
from agora.passage.recording import refused
from agora.passage.ruling import current_release
from agora.usecases.running import landing, sampling, stepping
from agora.usecases.running.landing import Pins
from agora.usecases.running.sampling import SEEN, Wanted
from agora.workshop.recipes.compiling import Compiled

MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """The first rows of a step as this person sees them, and what the sample says besides."""

    looked: Looked
    notes: tuple[str, ...] = ()
    step: str = ""


def preview(house: House, who: Actor, name: str, step: str = "", *, rows: int = 20) -> Previewed:
    """Rows of `step`, or of a recipe after its instruction N as `step:N`, made of a sample.

    Without `step` they are those of the last one.

    Raises Missing, Denied, Invalid, Broken, Exhausted and Unavailable, each of them recorded.
    """
    product = find_product(house, who.principal, name)
    try:
        decisions = previewing.allowed(house, who, product)
        wanted = Wanted.parse(product, step)
        return _previewed(house, who, product, decisions, wanted, min(max(rows, 1), MOST))
    except AgoraError as problem:
        refused(house, who, str(product.name), f"-- preview of {step}", problem)
        raise


def _previewed(
    house: House,
    who: Actor,
    product: Product,
    decisions: tuple[Decision, ...],
    wanted: Wanted,
    limit: int,
) -> Previewed:
    run = house.new_id("preview")
    scratch = house.lake.scratch(run)
    try:
        pins = landing.pin(house, product, current_release(house, product), scratch)
        governed = previewing.inputs(house, who, product, pins.relations)
        raw, governed = sampling.whole(tuple(_newest(house, product, pins, scratch)), governed)
        with house.benches.open(
            raw, governed, writable=(), scratch=scratch, bounds=house.mesh.bounds
        ) as bench:
            return _looked(house, who, product, bench, decisions, wanted, limit)
    finally:
        house.lake.discard(run, ())


def _looked(
    house: House,
    who: Actor,
    product: Product,
    bench: Bench,
    decisions: tuple[Decision, ...],
    wanted: Wanted,
    limit: int,
) -> Previewed:
    masked = previewing.masked(decisions)
    try:
        made = sampling.sampled(product, bench, wanted)
    except Broken as problem:
        if any(masked.values()):
            # the author's exception may quote a value this person does not see
            raise Broken(problem.sentence, code=problem.code_shown) from None
        raise
    hidden = sampling.hidden(product, bench, wanted, made, masked)
    looked = previewing.look(house, who, decisions, bench, SEEN, hidden, limit)
    notes = tuple(_notes(bench, made)) if made and not hidden else ()
    return Previewed(looked=looked, notes=notes, step=str(wanted))


def _notes(bench: Bench, made: Compiled) -> Iterator[str]:
    """What in the sample has no place in the recipe, or is put aside."""
    yield from stepping.misfitting(bench, made)
    if made.rejected:
        sql = f"SELECT count(*) AS n FROM ({made.rejected}) AS aside"  # noqa: S608
        count = int(str(bench.rows(sql)[0]["n"]))
        if count:
            yield f"{stepping.rows(count)} put aside"


def _newest(house: House, product: Product, pins: Pins, scratch: str) -> Iterator[RawFile]:
    """The newest delivery of every source."""
    for spec in product.build.sources:
        for pinned in pins.of(spec.name)[-1:]:
            files = landing.raw(house, spec, pinned, scratch)
            if files:
                yield RawFile(name=fold(spec.name), files=files)
