"""Building: steps run in the order they name each other, and each port's rows are staged unseen."""

from collections import Counter

from agora.governance.sql import judge_step, judge_text
from agora.model.errors import Invalid
from agora.model.names import fold
from agora.model.product import Output, OutputPort, Product, Step
from agora.model.progress import Phase
from agora.model.release import ReleasedColumn, Snapshot
from agora.model.sqlfacts import SqlFacts
from agora.model.types import quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.workshop.order import order


def steps(house: House, product: Product, bench: Bench) -> None:
    """Every step is a relation of the bench; one that is read more than once is kept as a table."""
    facts = {step.name: _judged(bench, step) for step in product.build.steps}
    named = {name: tuple(table.table.lower() for table in f.tables) for name, f in facts.items()}
    reads = Counter(table for tables in named.values() for table in tables)
    reads.update(fold(output.source) for output in product.build.outputs)
    for step in order(product.build.steps, named, _known(product)):
        house.progress.phase(product.name, Phase.BUILD, step.name)
        bench.step(fold(step.name), step.sql, keep=reads[fold(step.name)] > 1)


def stage(house: House, product: Product, bench: Bench, run: str) -> tuple[Snapshot, ...]:
    """Every output port has a snapshot of this run that nobody sees yet."""
    return tuple(_stage(house, product, bench, run, output) for output in product.build.outputs)


def restage(house: House, run: str, bench: Bench, snapshot: Snapshot, select: str) -> Snapshot:
    """The snapshot is written again with these rows only; the relation it came from stays attached."""
    house.progress.point("before-rewrite")
    folder = house.lake.folder(snapshot.port, run)
    written = bench.write(select, snapshot.columns, folder, "kept")
    house.progress.point("before-stage")
    staged = house.lake.stage(snapshot.port, run, snapshot.columns, written.files)
    house.progress.point("after-stage")
    return staged


def _stage(house: House, product: Product, bench: Bench, run: str, output: Output) -> Snapshot:
    port = product.port(output.port)
    if port is None:
        raise Invalid(
            f"the build fills `{output.port}`, which the product does not offer", code="E310"
        )
    house.progress.phase(product.name, Phase.WRITE, str(output.port))
    columns = _prepare(house, port)
    select = f"select {_list(columns)} from {quoted(fold(output.source))}"  # noqa: S608
    house.progress.point("before-write")
    written = bench.write(select, columns, house.lake.folder(output.port, run), "part")
    house.progress.point("before-stage")
    snapshot = house.lake.stage(output.port, run, columns, written.files)
    house.progress.point("after-stage")
    return snapshot


def _prepare(house: House, port: OutputPort) -> tuple[ReleasedColumn, ...]:
    columns = [(c.name, c.type, tuple(sorted(c.labels))) for c in port.contract.columns]
    return house.lake.prepare(port.version, columns)


def _list(columns: tuple[ReleasedColumn, ...]) -> str:
    return ", ".join(quoted(column.name) for column in columns)


def _judged(bench: Bench, step: Step) -> SqlFacts:
    reasons = judge_text(step.sql)
    facts = bench.facts(step.sql) if not reasons else SqlFacts()
    reasons = reasons or judge_step(facts)
    if reasons:
        first = reasons[0]
        raise Invalid(f"step `{step.file}`: {first.sentence}", code=first.code, hint=first.hint)
    return facts


def _known(product: Product) -> frozenset[str]:
    sources = {fold(source.name) for source in product.build.sources}
    return frozenset(sources | {fold(each.alias) for each in product.inputs})
