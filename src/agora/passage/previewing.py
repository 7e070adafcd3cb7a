"""Previewing: rows of a build before it is released, for who runs it and may read what it makes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from agora.governance.rights import may_run
from agora.governance.shielding import shield
from agora.model.decision import ColumnView, Decision, Shield
from agora.model.errors import AgoraError, Denied
from agora.model.expressions import All
from agora.model.people import Actor
from agora.model.policy import Mask, MaskKind
from agora.model.product import InputPort, Product
from agora.model.relation import Governed
from agora.model.types import quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage.derived import not_apart
from agora.passage.reading import demand
from agora.passage.recording import closed, opened, tables
from agora.passage.ruling import rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The first rows as this person sees them; `hidden` are the columns that are null for them."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, object], ...]
    hidden: tuple[str, ...]


def allowed(house: House, who: Actor, product: Product) -> tuple[Decision, ...]:
    """The decision on every output port; raises Denied unless this person may run and read them all.

    Who sees only some rows of a port sees none before: a step may not have the columns that say
    which.
    """
    reasons = may_run(house.mesh, product.name, who.principal)
    if reasons:
        raise Denied.because(reasons)
    decisions = tuple(
        rule(house, who.principal, who.purpose, product, port).decision for port in product.ports
    )
    for decision in decisions:
        _demand(decision)
    return decisions


def masked(decisions: Sequence[Decision]) -> dict[str, frozenset[str]]:
    """The columns that are not clear for this person, by port version."""
    return {
        str(decision.port): frozenset(
            column.name for column in decision.columns if column.mask.kind is not MaskKind.CLEAR
        )
        for decision in decisions
    }


def inputs(
    house: House, who: Actor, product: Product, governed: Sequence[Governed]
) -> tuple[Governed, ...]:
    """What the build reads of other products, narrowed to what this person may read, too.

    `governed` is what the product's own service may read, in the order of its inputs.
    """
    pairs = zip(product.inputs, governed, strict=True)
    return tuple(_narrowed(house, who, port, given) for port, given in pairs)


def look(
    house: House,
    who: Actor,
    decisions: Sequence[Decision],
    bench: Bench,
    relation: str,
    hidden: Collection[str],
    limit: int,
) -> Looked:
    """The first rows of a relation on the bench, recorded before and after like those of a query."""
    columns = bench.columns(relation)
    listed = ", ".join(
        f"CAST(NULL AS {of}) AS {quoted(name)}" if name in hidden else quoted(name)
        for name, of in columns
    )
    sql = f"SELECT {listed} FROM {quoted(relation)} LIMIT {int(limit)}"  # noqa: S608
    statement = opened(house, who, decisions, sql, part="preview")
    try:
        rows = bench.rows(sql)
    except AgoraError as problem:
        closed(house, who, statement, 0, problem.code_shown, tables(decisions))
        raise
    closed(house, who, statement, len(rows), "complete")
    seen = tuple(name for name, _ in columns if name in hidden)
    return Looked(columns=columns, rows=rows, hidden=seen)


def _demand(decision: Decision) -> None:
    if not decision.allowed:
        raise Denied.because(
            decision.reasons, f"you may not preview what becomes `{decision.port}`"
        )
    if decision.rows:
        reason = decision.rows[0].reason
        raise Denied(
            f"you see only some rows of `{decision.port}`, so you cannot see what it is made of",
            reasons=(reason,),
            hint="somebody who sees all rows can preview it",
            code="E442",
        )


def _narrowed(house: House, who: Actor, port: InputPort, given: Governed) -> Governed:
    offering, promised = house.mesh.product(port.port.port.of), house.mesh.port(port.port)
    assert offering is not None, "a product with an input from nowhere is not opened (E134)"
    assert promised is not None, "a product with an input from nowhere is not opened (E134)"
    ruling = rule(house, who.principal, who.purpose, offering, promised)
    demand(ruling)
    # over a derived table this person's own rules would be judged on values that are masked already
    apart = ruling.snapshot is not None and given.files != ruling.snapshot.files
    not_apart(ruling, "previews", demanded=apart)
    return replace(given, shield=narrower(given.shield, shield(ruling.decision)))


def narrower(one: Shield, other: Shield) -> Shield:
    """What is seen under both: rows that both see, columns as the one that shows less shows them."""
    others = {column.name: column for column in other.columns}
    columns = tuple(_less(c, others[c.name]) for c in one.columns if c.name in others)
    rows = tuple(each for each in (one.rows, other.rows) if each is not None)
    return Shield(columns=columns, rows=All(parts=rows) if rows else None)


def _less(one: ColumnView, other: ColumnView) -> ColumnView:
    if one.mask.kind is MaskKind.CLEAR or one.mask == other.mask:
        return other
    if other.mask.kind is MaskKind.CLEAR:
        return one
    return replace(one, mask=Mask(kind=MaskKind.NULL), reasons=(*one.reasons, *other.reasons))
