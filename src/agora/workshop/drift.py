"""Drift: what has changed between two deliveries of a source, and whether it may be loaded.

A type may only change where a cast to the contract's type keeps every value or says that it cannot:
whole numbers of another size, decimals of another size and the same scale, floats. A date that
becomes a time, or a whole number that becomes a decimal, would be cut or rounded without a word.
"""

import re
from collections.abc import Callable, Sequence

from agora.model.drift import Difference, Drift
from agora.model.types import Kind, parse_type

Columns = Sequence[tuple[str, str]]
_WHOLE = {
    "TINYINT": 0, "SMALLINT": 1, "UTINYINT": 1, "USMALLINT": 2, "INTEGER": 2, "UINTEGER": 3,
    "BIGINT": 3, "UBIGINT": 4, "HUGEINT": 4,
}  # fmt: skip
_SIGNS = {"UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


def drift(
    source: str,
    delivery: str,
    before: Columns,
    now: Columns,
    readers: Callable[[str, Difference], Sequence[str]],
) -> tuple[Drift, ...]:
    """Every column that differs, those that cannot be loaded first; names count without their case.

    `readers` names the columns of ports that are made from a column of the source.
    """
    old = {name.lower(): (name, of) for name, of in before}
    new = {name.lower(): (name, of) for name, of in now}
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        name, was = old.get(key, (new.get(key, ("", ""))[0], ""))
        is_now = new[key][1] if key in new else ""
        how = _difference(was, is_now)
        if how is not None:
            serious = how in (Difference.MISSING, Difference.CHANGED)
            read = tuple(readers(name, how)) if serious else ()
            found.append(
                Drift(
                    source=source, delivery=delivery, column=name, how=how,
                    before=was, now=is_now, readers=read,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda each: not each.refused))


def _difference(was: str, now: str) -> Difference | None:
    if not now:
        return Difference.MISSING
    if not was:
        return Difference.NEW
    if was == now:
        return None
    fitting = holds(now, was) or holds(was, now)
    return Difference.FITTING if fitting else Difference.CHANGED


def holds(wide: str, narrow: str) -> bool:
    """True when a column of the type `wide` keeps every value of the type `narrow` as it is."""
    if wide in _WHOLE and narrow in _WHOLE:
        signs = wide not in _SIGNS or narrow in _SIGNS
        return signs and _WHOLE[wide] >= _WHOLE[narrow]
    try:
        outer, inner = parse_type(wide), parse_type(narrow)
    except ValueError:
        return False
    if outer.kind is inner.kind is Kind.DECIMAL:
        return outer.scale == inner.scale and outer.precision >= inner.precision
    return (outer.kind, inner.kind) == (Kind.DOUBLE, Kind.REAL)


def mentions(sql: str, column: str) -> bool:
    """True when a step's text names this column."""
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", sql, re.IGNORECASE) is not None


def absent(every: Sequence[Columns], own: Columns) -> tuple[tuple[str, str], ...]:
    """The columns other deliveries of a source bring and this one does not, with their types."""
    have = {name.lower() for name, _ in own}
    found: dict[str, tuple[str, str]] = {}
    for columns in every:
        for name, of in columns:
            if own and name.lower() not in have:
                found[name.lower()] = (name, of)
    return tuple(found.values())
