"""Promises: what the schema of a contract says of every row, as checks."""

from collections.abc import Iterator, Mapping, Sequence

from agora.model.contract import Column, Contract, Relationship
from agora.model.types import Kind, quoted
from agora.quality.checks import Check
from agora.quality.sql import is_text, listed, literal, one_of, present, typed

FORMATS = {
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "uuid": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$",
    "ipv4": r"^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$",
    "hostname": r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$",
    "date": r"^\d{4}-\d{2}-\d{2}$",
}


def checks(contract: Contract, relation: str) -> Iterator[Check]:
    """Every promise of the schema: required, unique, keys, permitted values, lengths, ranges."""
    for column in contract.columns:
        yield from _column(column, relation)
    if contract.key:
        words = ", ".join(f"`{name}`" for name in contract.key)
        yield unique("key", contract.key, relation, f"{words} names each row once")


def _column(column: Column, relation: str) -> Iterator[Check]:
    name = quoted(column.name)
    if column.required or column.key_position:
        yield _row(f"required:{column.name}", column, f"{name} IS NULL", "is always there")
    if column.unique:
        sentence = f"`{column.name}` is never the same twice"
        yield unique(f"unique:{column.name}", (column.name,), relation, sentence)
    yield from _texts(column)
    yield from _bounds(column)
    yield from _items(column)


def _texts(column: Column) -> Iterator[Check]:
    limits, name = column.limits, quoted(column.name)
    if limits.options:
        broken = f"{name} IS NOT NULL AND NOT ({one_of(column.name, limits.options, column.type)})"
        yield _row(f"enum:{column.name}", column, broken, "is one of the permitted values")
    if limits.pattern:
        yield _row(f"pattern:{column.name}", column, unmatched(column.name, limits.pattern), "fits its pattern")
    if limits.format in FORMATS and is_text(column.type):
        broken = unmatched(column.name, FORMATS[limits.format])
        yield _row(f"format:{column.name}", column, broken, f"looks like {limits.format}")
    if is_text(column.type) and limits.min_length is not None:
        broken = f"length({name}) < {limits.min_length}"
        yield _row(f"min-length:{column.name}", column, broken, f"has at least {limits.min_length} letters")
    if is_text(column.type) and limits.max_length is not None:
        broken = f"length({name}) > {limits.max_length}"
        yield _row(f"max-length:{column.name}", column, broken, f"has at most {limits.max_length} letters")


def _bounds(column: Column) -> Iterator[Check]:
    limits, name = column.limits, quoted(column.name)
    bounds = (
        ("minimum", limits.minimum, "<", "is never below"),
        ("maximum", limits.maximum, ">", "is never above"),
        ("exclusive-minimum", limits.exclusive_minimum, "<=", "is always above"),
        ("exclusive-maximum", limits.exclusive_maximum, ">=", "is always below"),
    )
    for kind, bound, broken, words in bounds:
        if bound is not None:
            condition = f"{name} {broken} {typed(bound, column.type)}"
            yield _row(f"{kind}:{column.name}", column, condition, f"{words} {bound}")


def _items(column: Column) -> Iterator[Check]:
    limits, name = column.limits, quoted(column.name)
    if column.type.kind is not Kind.LIST:
        return
    if limits.min_items is not None:
        words = f"has at least {limits.min_items} items"
        yield _row(f"min-items:{column.name}", column, f"len({name}) < {limits.min_items}", words)
    if limits.max_items is not None:
        words = f"has at most {limits.max_items} items"
        yield _row(f"max-items:{column.name}", column, f"len({name}) > {limits.max_items}", words)
    if limits.unique_items:
        broken = f"len({name}) > len(list_distinct({name})) + list_count(list_filter({name}, x -> x IS NULL))"
        yield _row(f"unique-items:{column.name}", column, broken, "holds no item twice")


def _row(check: str, column: Column, broken: str, words: str) -> Check:
    return Check(
        id=check,
        sentence=f"`{column.name}` {words}",
        columns=(column.name,),
        broken=broken,
        value=f"count(*) FILTER (WHERE {broken})",
    )


def unmatched(name: str, pattern: str) -> str:
    """True for a value in which the pattern does not occur (it may anchor itself)."""
    return f"NOT regexp_matches({quoted(name)}, {literal(pattern)})"


def unique(check: str, columns: Sequence[str], relation: str, sentence: str) -> Check:
    """Rows beyond the first of each key; a key with a NULL in it is equal to nothing."""
    return Check(
        id=check,
        sentence=sentence,
        columns=tuple(columns),
        broken=repeated(columns),
        query=repetitions(columns, relation),
    )


def repeated(columns: Sequence[str]) -> str:
    """True for every row of a key but one; needs a window, so only for statements that qualify."""
    keys = listed(columns)
    return f"{present(columns)} AND row_number() OVER (PARTITION BY {keys} ORDER BY ALL_COLUMNS) > 1"


def repetitions(columns: Sequence[str], relation: str) -> str:
    """How many rows repeat a key that another row has."""
    groups = (
        f"SELECT count(*) AS n FROM {quoted(relation)} WHERE {present(columns)} "
        f"GROUP BY {listed(columns)} HAVING count(*) > 1"
    )
    return f"SELECT coalesce(sum(n - 1), 0) AS value FROM ({groups})"


def reference(of: Relationship, relation: str, others: Mapping[str, str]) -> Check:
    """Rows whose reference resolves to nothing; a reference with a NULL in it refers to nothing."""
    names = ", ".join(f"`{name}`" for name in of.columns)
    check = f"reference:{'+'.join(of.columns)}"
    sentence = f"{names} is found in `{of.to}`"
    target = others.get(of.contract or of.to)
    if target is None:
        return Check(
            id=check,
            sentence=sentence,
            severity=of.severity,
            columns=of.columns,
            skip=f"`{of.to}` is not an input of this product, so it cannot be looked at",
        )
    pairs = " AND ".join(
        f"target.{quoted(to)} = source.{quoted(column)}"
        for column, to in zip(of.columns, of.to_columns, strict=True)
    )
    missing = f"NOT EXISTS (SELECT 1 FROM {quoted(target)} AS target WHERE {pairs})"
    broken = f"{present(of.columns, 'source.')} AND {missing}"
    return Check(
        id=check,
        sentence=sentence,
        severity=of.severity,
        columns=of.columns,
        broken=broken,
        query=f"SELECT count(*) AS value FROM {quoted(relation)} AS source WHERE {broken}",
    )
