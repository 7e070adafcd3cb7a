"""References: values that must be found in another table."""

from collections.abc import Mapping
from dataclasses import replace

from agora.model.contract import Contract, Relationship
from agora.model.types import quoted
from agora.quality.checks import Check
from agora.quality.sql import present


def reference(
    of: Relationship, contract: Contract, relation: str, others: Mapping[str, str]
) -> Check:
    """Rows whose reference resolves to nothing; a reference with a NULL in it refers to nothing.

    A table that refers to itself is looked up in the relation that is checked, also after rows of
    it were put aside.
    """
    made = Check(
        id=f"reference:{'+'.join(of.columns)}",
        sentence=f"{', '.join(f'`{name}`' for name in of.columns)} is found in `{of.to}`",
        severity=of.severity,
        columns=of.columns,
    )
    unknown = [name for name in of.columns if contract.column(name) is None]
    if unknown or len(of.columns) != len(of.to_columns):
        return replace(made, broke="the reference and what it refers to do not fit together")
    itself = of.to == contract.table and of.contract in ("", contract.id)
    target = relation if itself else others.get(of.contract or of.to)
    if target is None:
        words = f"`{of.to}` is not an input of this product, so it cannot be looked at"
        return replace(made, skip=words)
    return _looked_up(made, of, relation, target)


def _looked_up(made: Check, of: Relationship, relation: str, target: str) -> Check:
    pairs = " AND ".join(
        f"target.{quoted(to)} = source.{quoted(column)}"
        for column, to in zip(of.columns, of.to_columns, strict=True)
    )
    filled = present(of.columns, "source.")
    query = (
        f"SELECT count(*) AS value FROM {quoted(relation)} AS source "
        f"ANTI JOIN {quoted(target)} AS target ON {pairs} WHERE {filled}"
    )
    missing = f"NOT EXISTS (SELECT 1 FROM {quoted(target)} AS target WHERE {pairs})"
    return replace(made, broken=f"{filled} AND {missing}", query=query, target=target)
