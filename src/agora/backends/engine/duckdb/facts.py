"""Facts about a SQL text from DuckDB's own syntax tree, so that no second parser can disagree."""

import json
from dataclasses import dataclass, field
from typing import Any

import duckdb

from agora.model.sqlfacts import FunctionUse, ParameterUse, SqlFacts, TableUse

Tree = dict[str, object]
_NOTHING = '{"error": true, "error_message": "nothing was parsed"}'
MAX_NODES = 200_000
_OPERATOR_CLASSES = frozenset({"FUNCTION", "WINDOW"})


def facts(connection: duckdb.DuckDBPyConnection, sql: str) -> SqlFacts:
    """What the text holds; a text that does not parse gives the parser's first line as `error`."""
    try:
        row = connection.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()
        tree: dict[str, Any] = json.loads(row[0] if row else _NOTHING)
    except (duckdb.Error, RecursionError, UnicodeError) as problem:
        return SqlFacts(error=str(problem).splitlines()[0])
    if tree.get("error"):
        return SqlFacts(
            error=str(tree.get("error_message", "")).splitlines()[0],
            position=int(tree.get("position") or -1),
        )
    return _Walk().over(tree["statements"])


@dataclass
class _Walk:
    kinds: set[str] = field(default_factory=set)
    tables: list[TableUse] = field(default_factory=list)
    functions: list[FunctionUse] = field(default_factory=list)
    parameters: set[tuple[int, str]] = field(default_factory=set)
    ctes: list[str] = field(default_factory=list)
    depth: int = 0

    def over(self, statements: list[Tree]) -> SqlFacts:
        """Walk every statement without recursion; deep texts must not exhaust the stack."""
        stack: list[tuple[object, frozenset[str], int]] = [(s, frozenset(), 0) for s in statements]
        seen = 0
        while stack:
            item, scope, depth = stack.pop()
            seen += 1
            if seen > MAX_NODES:
                return SqlFacts(error="the statement is too large")
            self.depth = max(self.depth, depth)
            if isinstance(item, list):
                stack += [(each, scope, depth) for each in item]
            elif isinstance(item, dict):
                inner = self._enter(item, scope, stack, depth)
                stack += [(v, inner, depth + 1) for k, v in item.items() if k != "cte_map"]
        return SqlFacts(
            statements=len(statements),
            kinds=frozenset(self.kinds),
            tables=tuple(self.tables),
            functions=tuple(self.functions),
            parameters=tuple(
                ParameterUse(name=name, position=place) for place, name in sorted(self.parameters)
            ),
            ctes=tuple(self.ctes),
            depth=self.depth,
        )

    def _enter(
        self,
        item: Tree,
        scope: frozenset[str],
        stack: list[tuple[object, frozenset[str], int]],
        depth: int,
    ) -> frozenset[str]:
        kind = item.get("type")
        if not isinstance(kind, str):
            return scope
        if "class" in item:
            self._expression(item, kind)
        elif kind.endswith("_NODE"):
            self.kinds.add(f"node:{kind}")
            if item.get("sample") is not None:
                self.kinds.add("sample:SAMPLE")
            return self._scoped(item, scope, stack, depth)
        elif kind.endswith("_MODIFIER"):
            self.kinds.add(f"modifier:{kind}")
        elif "sample" in item:
            self.kinds.add(f"table:{kind}")
            if item["sample"] is not None:
                self.kinds.add("sample:SAMPLE")
            self._table(item, kind, scope)
        return scope

    def _expression(self, item: Tree, kind: str) -> None:
        self.kinds |= {f"expression:{kind}", f"expression:{item['class']}"}
        if item["class"] == "PARAMETER":
            self.parameters.add((_place(item), str(item.get("identifier", ""))))
        if item["class"] in _OPERATOR_CLASSES:
            self.functions.append(_function(item))

    def _table(self, item: Tree, kind: str, scope: frozenset[str]) -> None:
        if kind == "TABLE_FUNCTION" and isinstance(call := item.get("function"), dict):
            self.functions.append(_function(call, table=True))
        if kind != "BASE_TABLE":
            return
        use = TableUse(
            catalog=str(item.get("catalog_name", "")),
            schema=str(item.get("schema_name", "")),
            table=str(item.get("table_name", "")),
            at=item.get("at_clause") is not None,
            position=_place(item),
        )
        if use.schema or use.catalog or use.table.lower() not in scope:
            self.tables.append(use)

    def _scoped(
        self,
        item: Tree,
        scope: frozenset[str],
        stack: list[tuple[object, frozenset[str], int]],
        depth: int,
    ) -> frozenset[str]:
        """The names a node's body sees; each common table sees only those before it."""
        inner = scope
        if item["type"] == "RECURSIVE_CTE_NODE":
            inner |= {str(item.get("cte_name", "")).lower()}
        held = item.get("cte_map")
        entries = held.get("map", []) if isinstance(held, dict) else []
        for entry in entries:
            name = str(entry["key"])
            self.ctes.append(name)
            stack.append((entry["value"], inner, depth + 1))
            inner |= {name.lower()}
        return inner


def _function(item: Tree, *, table: bool = False) -> FunctionUse:
    arguments = item.get("arguments")
    given = arguments if isinstance(arguments, list) else item.get("children")
    constants = tuple(_constant(each) for each in given) if isinstance(given, list) else ()
    return FunctionUse(
        name=str(item.get("function_name", "")).lower(),
        schema=str(item.get("schema", "") or item.get("catalog", "")),
        table=table,
        constants=constants,
        position=_place(item),
    )


def _constant(argument: object) -> str | None:
    expression = argument.get("expression", argument) if isinstance(argument, dict) else None
    if not isinstance(expression, dict) or expression.get("class") != "CONSTANT":
        return None
    literal = expression.get("literal") or expression.get("value")
    if isinstance(literal, dict):
        return str(literal.get("text", literal.get("value", "")))
    return None


def _place(item: Tree) -> int:
    place = item.get("query_location")
    return place if isinstance(place, int) and place < 1 << 32 else 0
