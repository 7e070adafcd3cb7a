"""Promises: what the schema of a contract says of every row, as checks."""

from collections.abc import Iterator, Sequence

from agora.model.contract import Column, Contract
from agora.model.types import quoted
from agora.quality import values
from agora.quality.checks import Check
from agora.quality.sql import names_of, present

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
    if column.required or column.key_position:
        words = f"`{column.name}` is always there"
        broken, value = f"{quoted(column.name)} IS NULL", empty(column.name)
        named = (column.name,)
        yield Check(
            id=f"required:{column.name}", sentence=words, columns=named, broken=broken, value=value
        )
    if column.unique:
        words = f"`{column.name}` is never the same twice"
        yield unique(f"unique:{column.name}", (column.name,), relation, words)
    yield from values.checks(values.Place.of(column))
