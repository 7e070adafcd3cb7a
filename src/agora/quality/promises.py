"""Promises: what the schema of a contract says of every row, as checks."""

from collections.abc import Iterator, Sequence

from agora.model.contract import Column, Contract, Scalar
from agora.model.types import Kind, quoted
from agora.quality.checks import Check
from agora.quality.patterns import FORMATS, problem, unmatched
from agora.quality.sql import (
    EXACT,
    FLOATS,
    MOMENTS,
    constant,
    constants,
    count_of,
    names_of,
    one_of,
    present,
)

_BITS = (8, 16, 32, 64, 128)
RANGES = {f"i{n}": (-(2 ** (n - 1)), 2 ** (n - 1) - 1) for n in _BITS} | {
    f"u{n}": (0, 2**n - 1) for n in _BITS
}
TYPES = "types"


def checks(contract: Contract, relation: str) -> Iterator[Check]:
    """Every promise of the schema: types, required, unique, keys, permitted values, lengths, ranges."""
    yield types(contract, relation)
    for column in contract.columns:
        yield from _column(column, relation)
    if contract.key:
        words = ", ".join(f"`{name}`" for name in contract.key)
        yield unique("key", contract.key, relation, f"{words} names each row once")


def types(contract: Contract, relation: str) -> Check:
    """How many columns are missing or have another type; reads the table's description, no row."""
    promised = ", ".join(
        f"CAST(NULL AS {c.type.sql}) AS {quoted(c.name)}" for c in contract.columns
    )
    query = (
        f"SELECT count(*) AS value FROM (DESCRIBE SELECT {promised}) AS promised "
        f"LEFT JOIN (DESCRIBE SELECT * FROM {quoted(relation)}) AS found USING (column_name) "
        "WHERE found.column_type IS DISTINCT FROM promised.column_type"
    )
    return Check(id=TYPES, sentence="every column has its promised type", query=query)


def unique(check: str, columns: Sequence[str], relation: str, sentence: str) -> Check:
    """Rows beyond the first of each key; a key with a NULL in it is equal to nothing."""
    return Check(
        id=check,
        sentence=sentence,
        columns=tuple(columns),
        repeats=tuple(columns),
        query=repetitions(columns, relation),
    )


def repetitions(columns: Sequence[str], relation: str) -> str:
    """How many rows repeat a key that another row has.

    Keys with NULL are left out behind the grouping: before it they cost half as much again. Equal
    sets of columns give equal texts, which are asked once.
    """
    keys = sorted(set(columns))
    groups = (
        f"SELECT count(*) AS n FROM {quoted(relation)} GROUP BY {names_of(keys)} "
        f"HAVING count(*) > 1 AND {present(keys)}"
    )
    return f"SELECT coalesce(sum(n - 1), 0) AS value FROM ({groups}) AS repeated"


def empty(name: str) -> str:
    """How many values are NULL, as a difference of counts that statistics can answer."""
    return f"count(*) - count({quoted(name)})"


def _column(column: Column, relation: str) -> Iterator[Check]:
    name = quoted(column.name)
    if column.required or column.key_position:
        yield _row(
            "required", column, f"{name} IS NULL", "is always there", value=empty(column.name)
        )
    if column.unique:
        sentence = f"`{column.name}` is never the same twice"
        yield unique(f"unique:{column.name}", (column.name,), relation, sentence)
    yield from _values(column)
    yield from _lengths(column)
    yield from _bounds(column)
    yield from _items(column)


def _values(column: Column) -> Iterator[Check]:
    limits, name = column.limits, quoted(column.name)
    if limits.options:
        found = constants(limits.options, column.type)
        broken = f"{name} IS NOT NULL AND NOT ({one_of(column.name, found)})"
        broke = "" if found else f"none of the permitted values is a {column.type}"
        yield _row("enum", column, broken, "is one of the permitted values", broke=broke)
    if limits.pattern:
        broken = unmatched(column.name, limits.pattern, column.type)
        yield _row("pattern", column, broken, "fits its pattern", broke=problem(limits.pattern))
    if limits.format and column.type.kind is Kind.VARCHAR:
        yield _format(column)


def _format(column: Column) -> Check:
    name, form = quoted(column.name), column.limits.format
    words = f"`{column.name}` looks like {form}"
    if form not in FORMATS:
        skip = f"the format `{form}` is recorded; nothing to count"
        return Check(id=f"format:{column.name}", sentence=words, columns=(column.name,), skip=skip)
    broken = unmatched(column.name, FORMATS[form], column.type)
    if form == "date":
        broken += f" OR {name} IS NOT NULL AND TRY_CAST({name} AS DATE) IS NULL"
    return _row("format", column, broken, f"looks like {form}")


def _lengths(column: Column) -> Iterator[Check]:
    limits, name = column.limits, quoted(column.name)
    if column.type.kind is not Kind.VARCHAR:
        return
    if limits.min_length is not None:
        words = f"has at least {limits.min_length} letters"
        yield _row("min-length", column, f"length({name}) < {limits.min_length}", words)
    if limits.max_length is not None:
        words = f"has at most {limits.max_length} letters"
        yield _row("max-length", column, f"length({name}) > {limits.max_length}", words)


def _bounds(column: Column) -> Iterator[Check]:
    limits = column.limits
    low, high = limits.minimum, limits.maximum
    yield from _bound(column, "minimum", low, "<", "is never below")
    yield from _bound(column, "maximum", high, ">", "is never above")
    yield from _bound(
        column, "exclusive-minimum", limits.exclusive_minimum, "<=", "is always above"
    )
    yield from _bound(
        column, "exclusive-maximum", limits.exclusive_maximum, ">=", "is always below"
    )
    if limits.format in RANGES and column.type.kind in EXACT:
        low, high = RANGES[limits.format]
        name = quoted(column.name)
        words = f"fits into {limits.format}"
        yield _row("format", column, f"{name} < {low} OR {name} > {high}", words)


def _bound(column: Column, kind: str, bound: Scalar, broken: str, words: str) -> Iterator[Check]:
    """One bound; a float that is no number lies within no bounds."""
    if bound is None:
        return
    name, comparable = quoted(column.name), column.type.kind in EXACT | FLOATS | MOMENTS
    against = constant(bound, column.type) if comparable else None
    broke = "" if against else f"`{bound}` is no bound of a {column.type}"
    condition = f"{name} {broken} {against}"
    if column.type.kind in FLOATS:
        condition += f" OR isnan({name})"
    yield _row(kind, column, condition, f"{words} {bound}", broke=broke)


def _items(column: Column) -> Iterator[Check]:
    limits, name = column.limits, quoted(column.name)
    if column.type.kind is not Kind.LIST:
        return
    if limits.min_items is not None:
        words = f"has at least {limits.min_items} items"
        yield _row("min-items", column, f"len({name}) < {limits.min_items}", words)
    if limits.max_items is not None:
        words = f"has at most {limits.max_items} items"
        yield _row("max-items", column, f"len({name}) > {limits.max_items}", words)
    if limits.unique_items:
        filled = f"list_aggregate({name}, 'count')"
        broken = f"{filled} > len(list_distinct({name})) OR len({name}) - {filled} > 1"
        yield _row("unique-items", column, broken, "holds no item twice")


def _row(
    kind: str, column: Column, broken: str, words: str, *, value: str = "", broke: str = ""
) -> Check:
    sentence = f"`{column.name}` {words}"
    named = (column.name,)
    if broke:
        return Check(id=f"{kind}:{column.name}", sentence=sentence, columns=named, broke=broke)
    counted = value or count_of(broken)
    return Check(
        id=f"{kind}:{column.name}", sentence=sentence, columns=named, broken=broken, value=counted
    )
