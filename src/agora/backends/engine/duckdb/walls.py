"""The worker's own wall: the law is asked again where a statement runs, and its plan is read.

Whoever got past the gate, or came without passing it, still meets the law; and whatever the law
missed still has to be planned as a scan of what this worker holds.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import duckdb

from agora.backends.engine.duckdb.facts import facts
from agora.governance.sql import judge

_LEAVES = frozenset(
    """
    SECURE_VIEW DUMMY_SCAN EMPTY_RESULT RANGE UNNEST GENERATE_SERIES JSON_EACH INOUT_FUNCTION
    COLUMN_DATA_SCAN CTE_SCAN REC_CTE_SCAN RECURSIVE_CTE_SCAN DELIM_SCAN EXPRESSION_SCAN
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_SCANS = frozenset({"READ_PARQUET", "PARQUET_SCAN"})
_KEPT = 256


class Walled(Exception):
    """The statement would read something this worker does not hold."""


@dataclass
class Wall:
    """What this worker holds: its relations, and whether any of them is a plain scan."""

    tables: frozenset[str] = frozenset()
    scans: bool = False
    _known: dict[str, None] = field(default_factory=dict)

    def pass_through(
        self, connection: duckdb.DuckDBPyConnection, parser: duckdb.DuckDBPyConnection, sql: str
    ) -> None:
        """The statement reads bound relations and values only; raises Walled otherwise."""
        if sql in self._known:
            return
        self._look_at_text(parser, sql)
        plan = connection.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()
        for leaf in _leaves(json.loads(plan[0][1])):
            if leaf not in _LEAVES and not (self.scans and leaf in _SCANS):
                raise Walled(f"the plan reads {leaf}")
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[sql] = None

    def _look_at_text(self, parser: duckdb.DuckDBPyConnection, sql: str) -> None:
        stated = facts(parser, sql)
        reasons = judge(stated)
        if reasons:
            raise Walled(reasons[0].sentence)
        for table in stated.tables:
            if f"{table.schema}.{table.table}".lower() not in self.tables:
                raise Walled("an unbound table")


def _leaves(plan: list[dict[str, Any]]) -> set[str]:
    found, stack = set(), list(plan)
    while stack:
        node = stack.pop()
        children = node.get("children") or []
        stack += children
        if not children:
            found.add(str(node.get("name", "")).strip().upper())
    return found
