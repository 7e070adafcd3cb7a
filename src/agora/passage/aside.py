"""Aside: samples, failing rows and quarantined rows, under exactly the decision of a query."""

from dataclasses import replace

from agora.governance.shielding import shield
from agora.model.decision import ColumnView
from agora.model.errors import AgoraError, Missing
from agora.model.people import Actor
from agora.model.product import OutputPort, Product
from agora.model.relation import Governed, Session
from agora.model.release import Quarantine, Release, Run
from agora.model.types import Kind, Type, quoted
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage import keys
from agora.passage.derived import not_apart, picked
from agora.passage.editions import there, vanished
from agora.passage.outside import answered
from agora.passage.reading import demand_own, relation
from agora.passage.recording import Recorded, fell, opened, refused, tables
from agora.passage.ruling import Ruling, rule

REASON = "_reason"


def sample(
    house: House,
    who: Actor,
    product: Product,
    port: OutputPort,
    limit: int,
    edition: Release | None = None,
) -> Answer:
    """The first rows of the released port as this reader sees them."""
    ruling = _ruled(house, who, product, port, edition)
    governed = _apart(house, who, ruling)
    return _rows(house, who, ruling, governed, f"sample of {port.version}", limit)


def put_aside(
    house: House,
    who: Actor,
    product: Product,
    port: OutputPort,
    limit: int,
    edition: Release | None = None,
    *,
    failures: bool,
) -> Answer:
    """The rows kept out of this port with the reason, or example rows that broke a check (`failures`).

    As this reader sees them: of the newest run, and of an edition those of the run that made it.
    """
    ruling = _ruled(house, who, product, port, edition)
    run = _run_of(house, edition) if edition else newest_run(house, product)
    batches = (run.failures if failures else run.quarantines) if run else ()
    batch = next((b for b in batches if b.port == port.version), None)
    word = "failing rows" if failures else "quarantine"
    if batch is None:
        which = f"edition {edition.number}" if edition else "the newest run"
        raise Missing(
            f"{which} of `{product.name}` put no {word} of `{port.name}` aside", code="E407"
        )
    try:
        not_apart(ruling, word)
    except AgoraError as problem:
        refused(house, who, str(port.version), "", problem)
        raise
    return _rows(house, who, ruling, _aside(ruling, batch), f"{word} of {port.version}", limit)


def runs_of(house: House, product: Product) -> tuple[Run, ...]:
    """Every run of a product, oldest first."""
    return tuple(kept.noun for kept in house.store.find(Run, keys.runs_of(product.name)))


def newest_run(house: House, product: Product) -> Run | None:
    """The run that was started last to build something, however it ended."""
    built = (run for run in runs_of(house, product) if not run.compacted)
    return max(built, key=lambda run: run.id, default=None)


def _apart(house: House, who: Actor, ruling: Ruling) -> Governed:
    """The port's relation, over a derived table where there is one or a rule demands it."""
    name = ruling.port.name
    try:
        return picked(house, who, ruling, relation(ruling, name.schema, name.table))
    except AgoraError as problem:
        refused(house, who, str(ruling.port.version), "", problem)
        raise


def _aside(ruling: Ruling, batch: Quarantine) -> Governed:
    seen = shield(ruling.decision)
    kept = {column.name for column in batch.columns}
    columns = tuple(c for c in seen.columns if c.name in kept)
    reason = ColumnView(name=REASON, type=Type(kind=Kind.VARCHAR))
    return Governed(
        schema=ruling.port.name.schema,
        name=f"{ruling.port.name.table}_aside",
        files=batch.files,
        columns=batch.columns,
        shield=replace(seen, columns=(*columns, reason)),
    )


def _run_of(house: House, made: Release) -> Run | None:
    kept = house.store.get(Run, keys.run(made.product, made.run))
    return kept.noun if kept else None


def _ruled(
    house: House, who: Actor, product: Product, port: OutputPort, edition: Release | None
) -> Ruling:
    ruling = rule(house, who.principal, who.purpose, product, port, edition)
    try:
        demand_own(house, ruling)
        if ruling.release is not None:
            there(house, ruling.release)
    except AgoraError as problem:
        refused(house, who, str(port.version), "", problem)
        raise
    return ruling


def _rows(
    house: House, who: Actor, ruling: Ruling, governed: Governed, what: str, limit: int
) -> Answer:
    sql = f"select * from {quoted(governed.schema)}.{quoted(governed.name)} limit {limit}"  # noqa: S608
    read = (ruling.release,) if ruling.release else ()
    statement = opened(
        house, who, (ruling.decision,), f"-- {what}\n{sql}", releases=read, part="label"
    )
    named = tables((ruling.decision,))
    session = Session(reader=who.principal.id, purpose=who.purpose, fingerprint=house.mesh.hash)
    try:
        answer = answered(house, session, (ruling,), (governed,), sql)
    except AgoraError as problem:
        meant = vanished(house, read, problem)
        fell(house, who, statement, named, meant)
        raise meant from problem
    return Recorded(house, who, statement, answer, lambda p: vanished(house, read, p), read=named)
