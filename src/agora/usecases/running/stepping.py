"""Stepping: every step of a build is a relation of the bench, in the order they name each other."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agora.governance.sql import judge_step, judge_text
from agora.model.errors import Broken, Invalid
from agora.model.findings import Finding
from agora.model.names import PortVersion, fold
from agora.model.product import Product, Step
from agora.model.progress import Phase
from agora.model.recipe import Recipe
from agora.model.sqlfacts import SqlFacts
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.workshop.lineage.builds import OpaqueStep, SqlStep
from agora.workshop.order import before, order
from agora.workshop.recipes.compiling import Compiled, compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Rows a recipe put aside: the relation they are in, and the ports its other rows go to.

    `ports` are filled by the recipe itself, `further` through other steps.
    """

    relation: str
    columns: tuple[str, ...]
    ports: tuple[PortVersion, ...]
    further: tuple[PortVersion, ...]


def steps(house: House, product: Product, bench: Bench) -> tuple[Aside, ...]:
    """Every step is a relation of the bench; one that is read more than once is kept as a table."""
    named = reads(product, bench)
    often = Counter(table for tables in named.values() for table in tables)
    often.update(fold(output.source) for output in product.build.outputs)
    found = []
    for step in order(product.build.steps, named, known(product)):
        house.progress.phase(product.name, Phase.BUILD, step.name)
        made = take(bench, step, keep=often[fold(step.name)] > 1)
        if made is not None and made.rejected:
            found.append(_aside(product, bench, step, made, named))
    return tuple(found)


def take(bench: Bench, step: Step, *, keep: bool) -> Compiled | None:
    """The step is a relation of the bench, of whatever kind it is; a recipe is given as SQL, too."""
    name = fold(step.name)
    if step.script is not None:
        bench.call(name, step.script, step.file)
        return None
    if step.recipe is None:
        bench.step(name, step.sql, keep=keep)
        return None
    made = recipe(bench, step, step.recipe)
    misfits = tuple(misfitting(bench, made))
    if misfits:
        raise Broken(
            f"the recipe `{step.name}`: {'; '.join(misfits)}",
            code="E314",
            hint="declare how they are written, or what becomes of them with `otherwise`",
        )
    bench.step(name, made.kept, keep=keep)
    return made


def recipe(bench: Bench, step: Step, of: Recipe) -> Compiled:
    """The recipe as SQL over what it reads; raises Invalid with everything that cannot be applied."""
    made = compiled(of, fold(of.reads), bench.columns(fold(of.reads)))
    if made.problems:
        findings = [
            Finding(
                file=step.file,
                line=each.line,
                column=each.column,
                code=each.code,
                sentence=each.sentence,
                hint=each.hint,
            )
            for each in made.problems
        ]
        raise Invalid(
            f"the recipe `{step.name}` does not fit the columns of `{of.reads}`: "
            f"{made.problems[0].sentence}",
            code=made.problems[0].code,
            findings=findings,
            hint=made.problems[0].hint,
        )
    return made


def misfitting(bench: Bench, made: Compiled) -> Iterator[str]:
    """What is no value after an instruction, column by column, with how many there are."""
    counts = bench.rows(made.counts)[0] if made.counts else {}
    for number, tally in enumerate(made.tallies):
        count = int(str(counts[f"t{number}"]))
        if count:
            yield f"`{tally.column}` {tally.sentence} in {rows(count)}"


def rows(count: int) -> str:
    """A number of rows in words."""
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def reads(product: Product, bench: Bench) -> Mapping[str, tuple[str, ...]]:
    """What each step names, judged first: a step only reads."""
    return {step.name: _reads(bench, step) for step in product.build.steps}


def known(product: Product) -> frozenset[str]:
    """The names of sources and inputs, as steps spell them."""
    sources = {fold(source.name) for source in product.build.sources}
    return frozenset(sources | {fold(each.alias) for each in product.inputs})


def traceable(bench: Bench, step: Step) -> SqlStep | OpaqueStep:
    """The step as lineage follows it: as SQL, or as what its author declares of it."""
    name = fold(step.name)
    try:
        columns = tuple(each for each, _ in bench.columns(name))
        sql = recipe(bench, step, step.recipe).kept if step.recipe else step.sql
    except Broken:
        return SqlStep(name=name, sql=step.sql)
    if step.script is None:
        return SqlStep(name=name, sql=sql, columns=columns)
    declared = {
        out: tuple((fold(origin.partition(".")[0]), origin.partition(".")[2]) for origin in origins)
        for out, origins in step.script.columns
    }
    return OpaqueStep(name=name, columns=columns, reads=step.told, declared=declared)


def _reads(bench: Bench, step: Step) -> tuple[str, ...]:
    if step.told:
        return step.told
    if step.script is not None:
        return ()
    return tuple(table.table.lower() for table in _judged(bench, step).tables)


def _judged(bench: Bench, step: Step) -> SqlFacts:
    reasons = judge_text(step.sql)
    facts = bench.facts(step.sql) if not reasons else SqlFacts()
    reasons = reasons or judge_step(facts)
    if reasons:
        first = reasons[0]
        raise Invalid(f"step `{step.file}`: {first.sentence}", code=first.code, hint=first.hint)
    return facts


def _aside(
    product: Product,
    bench: Bench,
    step: Step,
    made: Compiled,
    named: Mapping[str, tuple[str, ...]],
) -> Aside:
    relation = f"{fold(step.name)}__aside"
    bench.step(relation, made.rejected, keep=True)
    outputs = product.build.outputs
    own = tuple(each.port for each in outputs if fold(each.source) == fold(step.name))
    behind = tuple(
        each.port
        for each in outputs
        if each.port not in own and fold(step.name) in before(fold(each.source), named)
    )
    columns = tuple(name for name, _ in made.columns)
    return Aside(relation=relation, columns=columns, ports=own, further=behind)
