"""Aside: samples, failing rows and quarantined rows, under exactly the decision of a query."""

from dataclasses import replace

from agora.governance.shielding import shield
from agora.model.decision import ColumnView
from agora.model.errors import AgoraError, Missing
from agora.model.people import Actor
from agora.model.product import OutputPort, Product
from agora.model.relation import Governed, Session
from agora.model.release import Quarantine, Run
from agora.model.types import Kind, Type, quoted
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage import keys
from agora.passage.reading import demand, relation
from agora.passage.recording import Recorded, opened, refused
from agora.passage.ruling import Ruling, rule

REASON = "_reason"


def sample(house: House, who: Actor, product: Product, port: OutputPort, limit: int) -> Answer:
    """The first rows of the released port as this reader sees them."""
    ruling = _ruled(house, who, product, port)
    governed = relation(ruling, port.name.schema, port.name.table)
    return _rows(house, who, ruling, governed, f"sample of {port.version}", limit)


def quarantined(house: House, who: Actor, product: Product, port: OutputPort, limit: int) -> Answer:
    """The rows the newest run kept out of this port, with the reason, as this reader sees them."""
    return _put_aside(house, who, product, port, limit, failures=False)


def failing(house: House, who: Actor, product: Product, port: OutputPort, limit: int) -> Answer:
    """Example rows that broke a check in the newest run, as this reader sees them."""
    return _put_aside(house, who, product, port, limit, failures=True)


def runs_of(house: House, product: Product) -> tuple[Run, ...]:
    """Every run of a product, oldest first."""
    return tuple(kept.noun for kept in house.store.find(Run, keys.runs_of(product.name)))


def newest_run(house: House, product: Product) -> Run | None:
    """The run that was started last, however it ended."""
    return max(runs_of(house, product), key=lambda run: run.id, default=None)


def _put_aside(
    house: House, who: Actor, product: Product, port: OutputPort, limit: int, *, failures: bool
) -> Answer:
    ruling = _ruled(house, who, product, port)
    run = newest_run(house, product)
    batches = (run.failures if failures else run.quarantines) if run else ()
    batch = next((b for b in batches if b.port == port.version), None)
    word = "failing rows" if failures else "quarantine"
    if batch is None:
        raise Missing(
            f"the newest run of `{product.name}` put no {word} of `{port.name}` aside", code="E407"
        )
    return _rows(house, who, ruling, _aside(ruling, batch), f"{word} of {port.version}", limit)


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


def _ruled(house: House, who: Actor, product: Product, port: OutputPort) -> Ruling:
    ruling = rule(house, who.principal, who.purpose, product, port)
    try:
        demand(ruling)
    except AgoraError as problem:
        refused(house, who, str(port.version), "", problem)
        raise
    return ruling


def _rows(
    house: House, who: Actor, ruling: Ruling, governed: Governed, what: str, limit: int
) -> Answer:
    sql = f"select * from {quoted(governed.schema)}.{quoted(governed.name)} limit {limit}"  # noqa: S608
    statement = opened(house, who, (ruling.decision,), f"-- {what}\n{sql}")
    session = Session(reader=who.principal.id, purpose=who.purpose, fingerprint=house.mesh.hash)
    try:
        answer = house.readers.answer(session, (governed,), sql, house.mesh.bounds)
    except AgoraError as problem:
        refused(house, who, statement, what, problem)
        raise
    return Recorded(house, who, statement, answer)
