"""Columns: what is in each column of a table as this reader sees it, asked through the query's own door.

Two statements like any others, decided, shielded and recorded: one counts, one shows how the values
are spread. A masked column has no spread, and rows that are not seen count nowhere.

What they told is kept by the outcome: of one release it is the same for everybody who is left the
same rows and columns. Whoever gets it from there is decided about and recorded as if they had asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from agora.governance.outcomes import outcome
from agora.governance.shielding import shield
from agora.model.columns import Bar, Column, Columns
from agora.model.decision import ColumnView, Decision
from agora.model.people import Actor
from agora.model.policy import MaskKind
from agora.model.product import OutputPort, Product
from agora.needs.house import House
from agora.needs.store import Store
from agora.passage import derived
from agora.passage.reading import Reading, read
from agora.passage.recording import closed, opened
from agora.passage.ruling import Ruling, rule
from agora.workshop import spreads
from agora.workshop.spreads import Bounds

Rows = Sequence[Mapping[str, Any]]
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Told:
    """What the two statements answered."""

    counted: Mapping[str, Any]
    spread: Rows


_KEPT: "WeakKeyDictionary[Store, dict[tuple[object, ...], _Told]]" = WeakKeyDictionary()
_GUARD = Lock()


def columns(house: House, who: Actor, product: Product, port: OutputPort) -> Columns:
    """Every column of the port as this person sees it now. Raises what a query raises."""
    foreseen = rule(house, who.principal, who.purpose, product, port)
    told = _kept(house, foreseen)
    if told is None:
        decision, told = _asked(house, who, foreseen)
    else:
        decision = foreseen.decision
        _record(house, who, foreseen, told)
    found = spreads.bounds(_clear(foreseen.decision), told.counted)
    rows = int(told.counted["rows"])
    bars = _bars(found, told.spread)
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


def _clear(decision: Decision) -> list[ColumnView]:
    return [view for view in decision.visible if view.mask.kind is MaskKind.CLEAR]


def _table(ruling: Ruling) -> str:
    return f"{ruling.port.name.schema}.{ruling.port.version.table}"


def _asked(house: House, who: Actor, foreseen: Ruling) -> tuple[Decision, _Told]:
    clear, table = _clear(foreseen.decision), _table(foreseen)
    first, counted = _read(house, who, spreads.overview(table, clear))
    found = spreads.bounds(clear, counted[0])
    spread = spreads.spread(table, found, int(counted[0]["rows"]))
    then, bars = _read(house, who, spread) if spread else (first, ())
    told = _Told(counted[0], bars)
    keys = {_key(each) for each in (foreseen, first.rulings[0], then.rulings[0])}
    key = keys.pop()
    if key is not None and not keys:
        with _GUARD:
            kept = _KEPT.setdefault(house.store, {})
            if len(kept) >= _MOST:
                kept.clear()
            kept[key] = told
    return first.decisions[0], told


def _read(house: House, who: Actor, sql: str) -> tuple[Reading, Rows]:
    reading = read(house, who, sql, part="label")
    try:
        rows = tuple(row for batch in reading.answer for row in batch.to_pylist())
    finally:
        reading.answer.close()
    return reading, rows


def _key(ruling: Ruling) -> tuple[object, ...] | None:
    """What of a release somebody is left; None for who gets nothing, and for rows that change."""
    release, snapshot = ruling.release, ruling.snapshot
    if not ruling.decision.allowed or release is None or snapshot is None or snapshot.live:
        return None
    left = outcome(release.number, snapshot, shield(ruling.decision))
    return (snapshot.port, release.number, snapshot.table_uuid, snapshot.snapshot_id, left)


def _kept(house: House, ruling: Ruling) -> _Told | None:
    """What was told of the same outcome before; who may not read, or not any more, is told by a query."""
    key, release = _key(ruling), ruling.release
    if key is None or release is None or release.expired_at is not None:
        return None
    with _GUARD:
        return _KEPT.get(house.store, {}).get(key)


def _record(house: House, who: Actor, ruling: Ruling, told: _Told) -> None:
    """The ledger hears of it as of a statement that was answered."""
    decision = ruling.decision
    sql = spreads.overview(_table(ruling), _clear(decision))
    releases = (ruling.release,) if ruling.release else ()
    outcomes = derived.outcomes((ruling,))
    statement = opened(
        house, who, (decision,), sql, releases=releases, outcomes=outcomes, part="label"
    )
    closed(house, who, statement, 1 + len(told.spread), "complete")


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
