"""Differences of rows as one statement of counts: by key, or as whole rows where there is no key."""

from collections.abc import Mapping, Sequence

from agora.model.differences import Difference
from agora.model.names import PortVersion
from agora.model.types import quoted

Columns = Mapping[str, str]
"""Names and SQL types, in order."""


def statement(old: str, new: str, before: Columns, after: Columns, key: Sequence[str]) -> str:
    """The counts of two relations or SELECT texts; `key` is empty when rows have none in common."""
    return _keyed(old, new, before, after, key) if key else _whole(old, new, before, after)


def shared_key(key: Sequence[str], before: Columns, after: Columns) -> tuple[str, ...]:
    """The key by which rows of both can be told apart, empty when one of them lacks a part of it."""
    return tuple(key) if set(key) <= set(before) & set(after) else ()


def common(before: Columns, after: Columns) -> tuple[str, ...]:
    """The columns both have, in their new order."""
    return tuple(name for name in after if name in before)


def difference(
    port: PortVersion,
    row: Mapping[str, object],
    before: Columns,
    after: Columns,
    key: Sequence[str],
) -> Difference:
    """The answer of the statement as a noun; columns that did not change are left out."""
    told = [name for name in common(before, after) if name not in key] if key else []
    counts = [(name, _number(row[f"c{place}"])) for place, name in enumerate(told)]
    return Difference(
        port=port,
        before=_number(row["before"]),
        after=_number(row["after"]),
        added=_number(row["added"]),
        removed=_number(row["removed"]),
        changed=_number(row["changed"]),
        columns=tuple((name, count) for name, count in counts if count),
        key=tuple(key),
    )


def _keyed(old: str, new: str, before: Columns, after: Columns, key: Sequence[str]) -> str:
    told = [name for name in common(before, after) if name not in key]
    differ = [_differ(name, before, after) for name in told]
    both = "o.is_there AND n.is_there"
    each = "".join(
        f", count(*) FILTER (WHERE {both} AND {test}) AS c{place}"
        for place, test in enumerate(differ)
    )
    joined = " AND ".join(f"{_left(k, before, after)} = {_right(k, before, after)}" for k in key)
    return (
        "SELECT count(o.is_there) AS before, count(n.is_there) AS after, "
        "count(*) FILTER (WHERE o.is_there IS NULL) AS added, "
        "count(*) FILTER (WHERE n.is_there IS NULL) AS removed, "
        f"count(*) FILTER (WHERE {both} AND ({' OR '.join(differ) or 'FALSE'})) AS changed{each} "
        f"FROM (SELECT *, TRUE AS is_there FROM ({old})) AS o "
        f"FULL JOIN (SELECT *, TRUE AS is_there FROM ({new})) AS n ON {joined}"
    )


def _whole(old: str, new: str, before: Columns, after: Columns) -> str:
    names = common(before, after)
    listed = ", ".join(_cast(quoted(n), n, before, after) for n in names) or "1"
    o, n = f"SELECT {listed} FROM ({old})", f"SELECT {listed} FROM ({new})"
    return (
        f"SELECT (SELECT count(*) FROM ({old})) AS before, "
        f"(SELECT count(*) FROM ({new})) AS after, "
        f"(SELECT count(*) FROM ({n} EXCEPT ALL {o})) AS added, "
        f"(SELECT count(*) FROM ({o} EXCEPT ALL {n})) AS removed, 0 AS changed"
    )


def _differ(name: str, before: Columns, after: Columns) -> str:
    left, right = _left(name, before, after), _right(name, before, after)
    return f"{left} IS DISTINCT FROM {right}"


def _left(name: str, before: Columns, after: Columns) -> str:
    return _cast(f"o.{quoted(name)}", name, before, after)


def _right(name: str, before: Columns, after: Columns) -> str:
    return _cast(f"n.{quoted(name)}", name, before, after)


def _cast(term: str, name: str, before: Columns, after: Columns) -> str:
    """Values of two types are compared as the text they are written as."""
    return term if before[name] == after[name] else f"CAST({term} AS VARCHAR)"


def _number(value: object) -> int:
    return int(str(value))
