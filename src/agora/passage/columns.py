"""Columns: what is in each column of a table as this reader sees it, asked through the query's own door.

Two statements like any others, decided, shielded and recorded: one counts, one shows how the values
are spread. A masked column has no spread, and rows that are not seen count nowhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agora.model.columns import Bar, Column, Columns
from agora.model.decision import ColumnView, Decision
from agora.model.people import Actor
from agora.model.policy import MaskKind
from agora.model.product import OutputPort, Product
from agora.needs.house import House
from agora.passage.reading import read
from agora.passage.ruling import rule
from agora.workshop import spreads
from agora.workshop.spreads import Bounds


def columns(house: House, who: Actor, product: Product, port: OutputPort) -> Columns:
    """Every column of the port as this person sees it now. Raises what a query raises."""
    table = f"{port.name.schema}.{port.version.table}"
    foreseen = rule(house, who.principal, who.purpose, product, port).decision
    clear = [view for view in foreseen.visible if view.mask.kind is MaskKind.CLEAR]
    decision, counted = _asked(house, who, spreads.overview(table, clear))
    found = spreads.bounds(clear, counted[0])
    rows = int(counted[0]["rows"])
    spread = spreads.spread(table, found, rows)
    bars = _bars(found, _asked(house, who, spread)[1] if spread else ())
    return Columns(
        rows=rows,
        columns=tuple(
            _seen(each, found[each.name], bars.get(each.name, ()), sampled=rows > spreads.WHOLE)
            if each.name in found
            else _masked(each)
            for each in decision.visible
        ),
        filtered=tuple(each.reason for each in decision.rows),
    )


def _asked(house: House, who: Actor, sql: str) -> tuple[Decision, tuple[Mapping[str, Any], ...]]:
    reading = read(house, who, sql)
    try:
        rows = tuple(row for batch in reading.answer for row in batch.to_pylist())
    finally:
        reading.answer.close()
    return reading.decisions[0], rows


def _bars(
    found: Mapping[str, Bounds], told: Sequence[Mapping[str, Any]]
) -> Mapping[str, tuple[Bar, ...]]:
    """The bars of each column: ranges from below, empty ones too; values from the most frequent."""
    bars = {}
    for place, of in enumerate(found.values()):
        own = [row for row in told if row["place"] == place]
        if own and of.ranged:
            own += [{"bin": n, "rows": 0} for n in set(range(of.bins)) - {r["bin"] for r in own}]
            own.sort(key=lambda row: row["bin"])
        else:
            own.sort(key=lambda row: (-row["rows"], row["value"]))
        bars[of.name] = tuple(spreads.bar(of, row) for row in own)
    return bars


def _seen(view: ColumnView, of: Bounds, bars: tuple[Bar, ...], *, sampled: bool) -> Column:
    return Column(
        name=view.name,
        type=view.type.sql,
        nulls=of.nulls,
        distinct=of.distinct,
        least=of.least,
        most=of.most,
        bars=bars,
        ranges=of.ranged,
        sampled=sampled and bool(bars),
    )


def _masked(view: ColumnView) -> Column:
    return Column(
        name=view.name,
        type=view.type.sql,
        masked=view.mask.kind.name.lower(),
        reasons=view.reasons,
    )
