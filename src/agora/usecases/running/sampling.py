"""Sampling: a build's steps on some rows of what it reads, up to the one somebody looks at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from agora.model.errors import AgoraError, Missing
from agora.model.lineage import ColumnName, PortLineage, source_name
from agora.model.names import PortVersion, fold
from agora.model.product import Product, Step
from agora.model.relation import Governed, RawFile
from agora.model.types import quoted
from agora.needs.engine import Bench
from agora.usecases.running import stepping
from agora.workshop.lineage.builds import Filled, OpaqueStep, Relation, SqlStep, filled, lineage
from agora.workshop.order import before, order
from agora.workshop.recipes.compiling import Compiled, until

ROWS = 10_000
SEEN = "previewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks at: a source, an input or a step, or a recipe after an instruction."""

    name: str
    number: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.number}" if self.number else self.name

    @classmethod
    def parse(cls, product: Product, text: str) -> "Wanted":
        """Read `step` or `step:number`, or nothing for the last step there is.

        Raises Missing for what the build does not have.
        """
        build = product.build
        names = [*(s.name for s in build.sources), *(i.alias for i in product.inputs)]
        names += [step.name for step in build.steps]
        name, _, number = (text or "".join(names[-1:])).partition(":")
        if fold(name) not in {fold(each) for each in names}:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {_listed(names)}"
            raise Missing(f"`{product.name}` has no step `{name}`", code="E443", hint=hint)
        if not number:
            return cls(name=name)
        recipe = next((s.recipe for s in build.steps if fold(s.name) == fold(name)), None)
        count = len(recipe.instructions) if recipe else 0
        if not (number.isascii() and number.isdigit() and 0 < int(number) <= count):
            hint = f"it has 1 to {count}" if count else "only recipes have instructions"
            raise Missing(f"`{name}` has no instruction {number}", code="E443", hint=hint)
        return cls(name=name, number=int(number))


def whole(
    raw: Sequence[RawFile], governed: Sequence[Governed]
) -> tuple[tuple[RawFile, ...], tuple[Governed, ...]]:
    """What is read, under names that leave its own to the sample."""
    return (
        tuple(replace(each, name=_whole(each.name)) for each in raw),
        tuple(replace(each, name=_whole(each.name)) for each in governed),
    )


def sampled(product: Product, bench: Bench, wanted: Wanted) -> Compiled | None:
    """What is wanted is the relation `previewed`, made of samples; a recipe is given as SQL, too."""
    needed: frozenset[str] = frozenset()
    if any(fold(step.name) == fold(wanted.name) for step in product.build.steps):
        named = stepping.reads(product, bench)
        needed = before(fold(wanted.name), named)
    for name in sorted((needed | {fold(wanted.name)}) & stepping.known(product)):
        some = f"SELECT * FROM {quoted(_whole(name))} LIMIT {ROWS}"  # noqa: S608
        bench.step(name, some, keep=True)
    made = None
    for step in _ordered(product, bench) if needed else ():
        if fold(step.name) in needed:
            _take(bench, step)
        elif fold(step.name) == fold(wanted.name):
            made = _take(bench, step, wanted.number)
    bench.step(SEEN, f"SELECT * FROM {quoted(fold(wanted.name))}", keep=True)  # noqa: S608
    return made


def hidden(
    product: Product,
    bench: Bench,
    wanted: Wanted,
    made: Compiled | None,
    masked: Mapping[str, frozenset[str]],
) -> frozenset[str]:
    """The columns that share a value with a masked column of a port, or at least a name.

    Lineage says which do; where it cannot tell, every column does.
    """
    columns = tuple(name for name, _ in bench.columns(SEEN))
    names = {name.lower() for each in masked.values() for name in each}
    if not names:
        return frozenset()
    ports = _traced(product, bench, wanted, made, columns)
    seen = ports.pop()
    secret = {
        origin
        for port in ports
        for column in masked.get(str(port.port), ())
        for origin in _origins(port, column)
    }
    return frozenset(
        name for name in columns if name.lower() in names or secret & _origins(seen, name)
    )


def _take(bench: Bench, step: Step, number: int = 0) -> Compiled | None:
    """The step on samples; a value that has no place in a recipe is null here, and no error."""
    if step.recipe is None:
        return stepping.take(bench, step, keep=True)
    of = until(step.recipe, number) if number else step.recipe
    made = stepping.recipe(bench, step, of)
    bench.step(fold(step.name), made.kept, keep=True)
    return made


def _ordered(product: Product, bench: Bench) -> tuple[Step, ...]:
    return order(product.build.steps, stepping.reads(product, bench), stepping.known(product))


def _traced(
    product: Product,
    bench: Bench,
    wanted: Wanted,
    made: Compiled | None,
    columns: tuple[str, ...],
) -> list[PortLineage]:
    """The lineage of every port, and last that of what is looked at."""
    steps = [_traceable(bench, step) for step in _ordered(product, bench)]
    seen = made.kept if made else f"SELECT * FROM {quoted(fold(wanted.name))}"  # noqa: S608
    own = PortVersion(product.ports[0].name, 0)
    looked_at = Filled(port=own, columns=columns, relation=SEEN)
    return list(
        lineage(
            dict(_relations(product, bench)),
            [*steps, SqlStep(name=SEEN, sql=seen, columns=columns)],
            [*filled(product), looked_at],
        )
    )


def _traceable(bench: Bench, step: Step) -> SqlStep | OpaqueStep:
    """The step as lineage follows it, without running it; what needs that counts as all-to-all."""
    if step.script is not None:
        return SqlStep(name=fold(step.name), sql="")
    if step.recipe is None:
        return SqlStep(name=fold(step.name), sql=step.sql)
    try:
        return SqlStep(name=fold(step.name), sql=stepping.recipe(bench, step, step.recipe).kept)
    except AgoraError:
        return SqlStep(name=fold(step.name), sql="")


def _relations(product: Product, bench: Bench) -> Iterator[tuple[str, Relation]]:
    names = {each.alias: str(each.port) for each in product.inputs}
    names |= {spec.name: source_name(product.name, spec.name) for spec in product.build.sources}
    for own, name in names.items():
        columns = tuple(each for each, _ in bench.columns(_whole(fold(own))))
        yield fold(own), Relation(name=name, columns=columns)


def _origins(port: PortLineage, column: str) -> set[ColumnName]:
    return {edge.origin for edge in port.origins(column) if edge.how.tells}


def _whole(name: str) -> str:
    return f"{name}__whole"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
