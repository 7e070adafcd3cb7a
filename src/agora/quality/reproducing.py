"""Reproducing: two states of a port compared as multisets of rows, in counts.

Equal is equal in every column, nulls too, and as often. Floating numbers are equal within a relative
tolerance, for sums of them depend on the order of rows: rows alike in all other columns are paired in
the order of their floating ones.
"""

from collections.abc import Mapping, Sequence

from agora.model.names import PortVersion
from agora.model.release import ReleasedColumn
from agora.model.types import Kind, quoted
from agora.model.verifying import Mismatch

TOLERANCE = "1e-9"
"""How far floating numbers may be apart, relative to the larger one."""
_FLOATING = frozenset({Kind.REAL, Kind.DOUBLE})


def digests(old: str, new: str, columns: Sequence[ReleasedColumn]) -> str:
    """SQL with one row: how many rows `released` and `rebuilt`, and whether their digests are `equal`.

    A digest is two sums over the hashes of all rows, which any order of equal rows leaves as they are:
    a table of any size is compared while it streams, where pairing rows would hold all of them. Floats
    have none, for they may differ by a hair; an empty text says so.
    """
    if any(column.type.kind in _FLOATING for column in columns):
        return ""
    listed = _listed([column.name for column in columns])
    sums = f"count(*) AS n, sum(hash({listed})) AS a, sum(hash({listed}, 'again')) AS b"
    return (
        "SELECT o.n AS released, n.n AS rebuilt, "
        "(o.n, o.a, o.b) IS NOT DISTINCT FROM (n.n, n.a, n.b) AS equal "
        f"FROM (SELECT {sums} FROM ({old})) AS o, (SELECT {sums} FROM ({new})) AS n"
    )


def counts(old: str, new: str, columns: Sequence[ReleasedColumn]) -> str:
    """SQL with one row: how many rows there are on each side, and how many have no partner."""
    floating = [c.name for c in columns if c.type.kind in _FLOATING]
    plain = [c.name for c in columns if c.type.kind not in _FLOATING]
    sides = f"(SELECT count(*) FROM ({old})) AS released, (SELECT count(*) FROM ({new})) AS rebuilt"
    if floating:
        lost = _unpaired(old, new, plain, floating)
        return f"SELECT {sides}, lost.missing, lost.extra FROM ({lost}) AS lost"
    listed = _listed(plain)
    o, n = f"SELECT {listed} FROM ({old})", f"SELECT {listed} FROM ({new})"
    return (
        f"SELECT {sides}, (SELECT count(*) FROM ({o} EXCEPT ALL {n})) AS missing, "
        f"(SELECT count(*) FROM ({n} EXCEPT ALL {o})) AS extra"
    )


def columns_apart(old: str, new: str, columns: Sequence[ReleasedColumn]) -> str:
    """SQL with one row: per column (`c0`, `c1`, …) how many of its values have no partner."""
    parts = []
    for place, column in enumerate(columns):
        name = quoted(column.name)
        if column.type.kind in _FLOATING:
            lost = (
                f"SELECT greatest(missing, extra) FROM ({_unpaired(old, new, [], [column.name])})"
            )
        else:
            o, n = f"SELECT {name} FROM ({old})", f"SELECT {name} FROM ({new})"
            lost = (
                f"SELECT greatest((SELECT count(*) FROM ({o} EXCEPT ALL {n})), "
                f"(SELECT count(*) FROM ({n} EXCEPT ALL {o})))"
            )
        parts.append(f"({lost}) AS c{place}")
    return f"SELECT {', '.join(parts)}"


def mismatch(
    port: PortVersion,
    counted: Mapping[str, object],
    apart: Mapping[str, object] | None,
    columns: Sequence[ReleasedColumn],
) -> Mismatch:
    """The answers as a noun; columns whose values are all there are left out."""
    told = [(c.name, int(str(apart[f"c{n}"]))) for n, c in enumerate(columns)] if apart else []
    names = ("released", "rebuilt", "missing", "extra")
    released, rebuilt, missing, extra = (int(str(counted[name])) for name in names)
    return Mismatch(
        port=port,
        released=released,
        rebuilt=rebuilt,
        missing=missing,
        extra=extra,
        columns=tuple((name, count) for name, count in told if count),
    )


def _unpaired(old: str, new: str, plain: Sequence[str], floating: Sequence[str]) -> str:
    by = f"PARTITION BY {_listed(plain)} " if plain else ""
    place = f"row_number() OVER ({by}ORDER BY {_listed(floating)}) AS _place"
    same = [f"o.{quoted(c)} IS NOT DISTINCT FROM n.{quoted(c)}" for c in plain]
    near = " AND ".join(_near(f"o.{quoted(c)}", f"n.{quoted(c)}") for c in floating)
    apart = f"o._place IS NOT NULL AND n._place IS NOT NULL AND NOT ({near})"
    return (
        f"SELECT count(*) FILTER (WHERE n._place IS NULL OR ({apart})) AS missing, "
        f"count(*) FILTER (WHERE o._place IS NULL OR ({apart})) AS extra "
        f"FROM (SELECT *, {place} FROM ({old})) AS o FULL JOIN (SELECT *, {place} FROM ({new})) AS n "
        f"ON {' AND '.join(['o._place = n._place', *same])}"
    )


def _near(left: str, right: str) -> str:
    close = f"abs({left} - {right}) <= {TOLERANCE} * greatest(abs({left}), abs({right}))"
    return f"coalesce({left} IS NOT DISTINCT FROM {right} OR {close}, FALSE)"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)
