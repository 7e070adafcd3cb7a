"""Scans of a label: as few statements as count everything that is told of one port.

One pass of the table counts what one row at a time can tell. A grouping each is needed by an offered
join, a column of days, a column that counts periods, and the quasi-identifiers.
"""

from collections.abc import Iterator, Sequence

from agora.model.contract import Column, Contract, Relationship
from agora.model.types import Kind, quoted
from agora.quality.checks import MOST_COUNTS
from agora.quality.sql import EXACT, FLOATS, names_of, present

DAYS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT})
BOUNDED = EXACT | FLOATS | DAYS
COUNTED = BOUNDED | {Kind.VARCHAR, Kind.TIME}
STEPS = (1, 7, 31, 92, 366)


def overview(relation: str, contract: Contract, classified: frozenset[str]) -> str:
    """One pass: rows, and of the n-th column its values (`f`), how many differ (`d`), its bounds."""
    fields = ["count(*) AS rows"]
    for place, column in enumerate(contract.columns):
        fields += _fields(place, column, secret=bool(column.labels & classified))
    parts = [fields[at : at + MOST_COUNTS] for at in range(0, len(fields), MOST_COUNTS)]
    selects = [f"SELECT {', '.join(part)} FROM {quoted(relation)} AS source" for part in parts]
    joined = ", ".join(f"({select}) AS part{place}" for place, select in enumerate(selects))
    return selects[0] if len(selects) == 1 else f"SELECT * FROM {joined}"


def _fields(place: int, column: Column, *, secret: bool) -> Iterator[str]:
    name, kind = quoted(column.name), column.type.kind
    yield f"count({name}) AS f{place}"
    if kind in COUNTED:
        yield f"approx_count_distinct({name}) AS d{place}"
    if kind in BOUNDED and not secret:
        yield f"CAST(min({name}) AS VARCHAR) AS l{place}"
        yield f"CAST(max({name}) AS VARCHAR) AS m{place}"


def reference(of: Relationship, relation: str, target: str) -> str:
    """Of an offered join: what resolves, what of the other table is met, and how often."""
    sides = [_keys(relation, of.columns), _keys(target, of.to_columns)]
    pairs = " AND ".join(f"here.k{n} = there.k{n}" for n in range(len(of.columns)))
    return (
        f"WITH here AS ({sides[0]}), there AS ({sides[1]}) "
        "SELECT coalesce(sum(here.n), 0) AS rows, count(*) AS values, "
        "coalesce(sum(here.n) FILTER (there.n IS NULL), 0) AS missing, count(there.n) AS found, "
        "(SELECT count(*) FROM there) AS targets, max(there.n) AS most, "
        "sum(here.n * there.n) AS pairs, max(here.n) FILTER (there.n IS NOT NULL) AS met "
        f"FROM here LEFT JOIN there ON {pairs}"
    )


def _keys(relation: str, columns: Sequence[str]) -> str:
    listed = ", ".join(f"{quoted(name)} AS k{n}" for n, name in enumerate(columns))
    grouped = ", ".join(str(n + 1) for n in range(len(columns)))
    return (
        f"SELECT {listed}, count(*) AS n FROM {quoted(relation)} "
        f"WHERE {present(columns)} GROUP BY {grouped}"
    )


def day(column: Column) -> str:
    """The calendar day of a moment; of an instant, in UTC."""
    name = quoted(column.name)
    return f"CAST(timezone('UTC', {name}) AS DATE)" if _zoned(column) else f"CAST({name} AS DATE)"


def days(column: Column, relation: str) -> str:
    """The days a column covers: ends, usual step, wide steps, and the days of the outer periods."""
    gaps = ", ".join(f"count_if(step > {step}) AS over{step}" for step in STEPS)
    ends = ", ".join(
        f"count_if(day >= date_trunc('{unit}', last)) AS last_{unit}, "
        f"count_if(day < date_trunc('{unit}', first) + INTERVAL 1 {unit}) AS first_{unit}"
        for unit in ("week", "month")
    )
    return (
        f"WITH days AS (SELECT {day(column)} AS day FROM {quoted(relation)} "
        f"WHERE isfinite({quoted(column.name)}) GROUP BY 1), "
        "steps AS (SELECT day, day - lag(day) OVER (ORDER BY day) AS step FROM days), "
        "ends AS (SELECT min(day) AS first, max(day) AS last FROM days) "
        "SELECT count(*) AS covered, CAST(min(first) AS VARCHAR) AS first, "
        "CAST(max(last) AS VARCHAR) AS last, quantile_disc(step, 0.5) AS step, "
        "max(step) AS longest, CAST(arg_max(day, step) AS VARCHAR) AS gap_to, "
        f"{gaps}, {ends} FROM steps, ends"
    )


def periods(column: Column, moment: Column | None, relation: str) -> str:
    """What a column counts: its ends, holes, rows and days of the outer periods and of a usual one."""
    name = quoted(column.name)
    date = day(moment) if moment else "NULL"
    ends = ", ".join(
        f"{end}({of}, period) AS {word}_{of}"
        for word, end in (("first", "arg_min"), ("last", "arg_max"))
        for of in ("rows", "days")
    )
    return (
        f"WITH each AS (SELECT {name} AS period, {date} AS day, count(*) AS n "
        f"FROM {quoted(relation)} WHERE {name} IS NOT NULL GROUP BY 1, 2), "
        "periods AS (SELECT period, sum(n) AS rows, count(day) AS days FROM each GROUP BY 1), "
        "steps AS (SELECT *, lag(period) OVER (ORDER BY period) AS before FROM periods) "
        "SELECT count(*) AS covered, CAST(min(period) AS VARCHAR) AS first, "
        "CAST(max(period) AS VARCHAR) AS last, quantile_disc(rows, 0.5) AS rows, "
        f"quantile_disc(days, 0.5) AS days, {ends}, {_holes(column)} FROM steps"
    )


def _holes(column: Column) -> str:
    """Where a whole number is left out; of other values nobody can tell what lies between."""
    if column.type.kind not in EXACT:
        return "0 AS gaps, NULL AS gap_from, NULL AS gap_to"
    step = "period - before"
    return (
        f"coalesce(count_if({step} > 1), 0) AS gaps, "
        f"CAST(arg_max(before, {step}) AS VARCHAR) AS gap_from, "
        f"CAST(arg_max(period, {step}) AS VARCHAR) AS gap_to"
    )


def group(columns: Sequence[str], relation: str) -> str:
    """How few rows share the same values of these columns."""
    return (
        "SELECT count(*) AS groups, min(n) AS smallest, coalesce(count_if(n = 1), 0) AS alone "
        f"FROM (SELECT count(*) AS n FROM {quoted(relation)} GROUP BY {names_of(columns)}) AS sizes"
    )


def _zoned(column: Column) -> bool:
    return column.type.kind is Kind.INSTANT
