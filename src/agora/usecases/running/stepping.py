"""Stepping: every step of a build is a relation of the bench, in the order they name each other."""

from collections import Counter
from collections.abc import Mapping

from agora.governance.sql import judge_step, judge_text
from agora.model.errors import Invalid
from agora.model.names import fold
from agora.model.product import Product, Step
from agora.model.progress import Phase
from agora.model.sqlfacts import SqlFacts
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.workshop.order import order


def steps(house: House, product: Product, bench: Bench) -> None:
    """Every step is a relation of the bench; one that is read more than once is kept as a table."""
    named = reads(product, bench)
    often = Counter(table for tables in named.values() for table in tables)
    often.update(fold(output.source) for output in product.build.outputs)
    for step in order(product.build.steps, named, known(product)):
        house.progress.phase(product.name, Phase.BUILD, step.name)
        bench.step(fold(step.name), step.sql, keep=often[fold(step.name)] > 1)


def reads(product: Product, bench: Bench) -> Mapping[str, tuple[str, ...]]:
    """What each step names, judged first: a step only reads."""
    facts = {step.name: _judged(bench, step) for step in product.build.steps}
    return {name: tuple(table.table.lower() for table in f.tables) for name, f in facts.items()}


def known(product: Product) -> frozenset[str]:
    """The names of sources and inputs, as steps spell them."""
    sources = {fold(source.name) for source in product.build.sources}
    return frozenset(sources | {fold(each.alias) for each in product.inputs})


def _judged(bench: Bench, step: Step) -> SqlFacts:
    reasons = judge_text(step.sql)
    facts = bench.facts(step.sql) if not reasons else SqlFacts()
    reasons = reasons or judge_step(facts)
    if reasons:
        first = reasons[0]
        raise Invalid(f"step `{step.file}`: {first.sentence}", code=first.code, hint=first.hint)
    return facts
