"""Tracing: the flow into every column of a SELECT, and into which rows it has."""

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from agora.model.lineage import How
from agora.workshop.lineage.flows import NOTHING, Flow, Traced, merged, through
from agora.workshop.lineage.relations import hanging, renamed, table
from agora.workshop.lineage.scopes import Notes, Scope, Untraceable, only
from agora.workshop.lineage.stars import expand
from agora.workshop.lineage.values import aggregates, spread, value

DIALECT = "duckdb"
_SELECT = frozenset(
    """
    with_ kind expressions hint distinct from_ joins laterals where group having qualify windows
    order limit offset sample
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_WRAPPED = frozenset({"this", "alias", "with_", "order", "limit", "offset", "sample"})
_COMBINED = frozenset(
    {
        "with_",
        "this",
        "expression",
        "distinct",
        "by_name",
        "side",
        "kind",
        "order",
        "limit",
        "offset",
    }
)


def trace(sql: str, tables: Mapping[str, Traced], notes: Notes | None = None) -> Traced:
    """What every column of this SELECT came from; `tables` are the relations by lower-case SQL name.

    A column without a name of its own has an empty one. Raises Untraceable for constructs whose
    columns cannot be told, and sqlglot's errors for texts it cannot read.
    """
    scope = Scope(query=_query, tables=dict(tables), notes=notes or Notes())
    found = _query(parse_one(sql, dialect=DIALECT), scope)
    seen = scope.notes.looked_at
    return replace(
        found,
        reads=frozenset(name for each in seen for name in each.reads),
        conservative=any(each.conservative for each in seen),
    )


def named(sql: str) -> frozenset[str]:
    """Every bare name in FROM, lower-case; names of common tables too; none for what cannot be read."""
    try:
        tree = parse_one(sql, dialect=DIALECT)
    except SqlglotError:
        return frozenset()
    return frozenset(each.name.lower() for each in tree.find_all(exp.Table))


def _query(node: exp.Expr, around: Scope) -> Traced:
    tables = _with(node, around)
    match node:
        case exp.Select():
            return _select(node, around, tables)
        case exp.SetOperation():
            return _combined(node, around.inner(tables))
        case exp.Subquery():
            return _wrapped(node, around, tables)
        case exp.Table() | exp.Values() | exp.Pivot():
            scope = around.inner(tables)
            table(node, scope)
            return _whole(scope)
    raise Untraceable(type(node).__name__)


def _whole(scope: Scope) -> Traced:
    columns, rest = scope.star()
    return Traced(
        columns=tuple(_distinct(columns)),
        rest=rest,
        rows=merged(traced.rows for _, traced in scope.relations),
    )


def _with(node: exp.Expr, around: Scope) -> Mapping[str, Traced]:
    """The relations a query can name: those around it and its own common tables."""
    tables = dict(around.tables)
    clause = node.args.get("with_")
    if clause is None:
        return tables
    for each in clause.expressions:
        name = each.alias.lower()
        scope = Scope(query=_query, tables=tables, parent=around, notes=around.notes)
        recursive = clause.args.get("recursive") and isinstance(each.this, exp.SetOperation)
        if each.args.get("key_expressions"):
            raise Untraceable("using key")
        found = _recursive(each, scope, name) if recursive else _query(each.this, scope)
        tables = tables | {name: renamed(found, each.args.get("alias"))}
    return tables


def _recursive(each: exp.CTE, scope: Scope, name: str) -> Traced:
    """A common table that reads itself: followed until nothing more flows into it."""
    alias = each.args.get("alias")
    known, found = None, renamed(_query(each.this.this, scope), alias)
    while found != known:
        known = found
        found = renamed(_combined(each.this, scope.inner({**scope.tables, name: known})), alias)
    return found


def _wrapped(node: exp.Subquery, around: Scope, tables: Mapping[str, Traced]) -> Traced:
    """A query in brackets, perhaps with an order or a limit behind them."""
    only(node, _WRAPPED)
    scope = around.inner(tables)
    scope.parent = around.parent
    inner = _query(node.this, around.inner(tables))
    scope.relations.append(("", inner))
    return Traced(
        columns=inner.columns,
        rest=inner.rest,
        rows=merged([inner.rows, _order(node, scope, list(inner.columns)), _limit(node, scope)]),
    )


def _combined(node: exp.SetOperation, scope: Scope) -> Traced:
    """UNION, INTERSECT or EXCEPT: columns meet by position or by name."""
    only(node, _COMBINED)
    left, right = _query(node.this, scope), _query(node.expression, scope)
    if left.rest is not None or right.rest is not None:
        raise Untraceable("a set operation on columns that cannot be named")
    columns = _by_name(left, right) if node.args.get("by_name") else _by_place(left, right)
    plain = isinstance(node, exp.Union) and not node.args.get("distinct")
    how = How.GROUP_BY if isinstance(node, exp.Union) else How.FILTER
    chosen = NOTHING if plain else through(merged(flow for _, flow in columns), how)
    scope.aliases = {name.lower(): flow for name, flow in columns}
    rows = [left.rows, right.rows, chosen, _order(node, scope, columns), _limit(node, scope)]
    return Traced(columns=tuple(columns), rows=merged(rows))


def _by_place(left: Traced, right: Traced) -> list[tuple[str, Flow]]:
    if len(left.columns) != len(right.columns):
        raise Untraceable("a set operation on different numbers of columns")
    pairs = zip(left.columns, right.columns, strict=True)
    return [(name, merged([flow, other])) for (name, flow), (_, other) in pairs]


def _by_name(left: Traced, right: Traced) -> list[tuple[str, Flow]]:
    names = {name.lower(): name for name, _ in (*right.columns, *left.columns)}
    ordered = dict.fromkeys(name.lower() for name, _ in (*left.columns, *right.columns))
    return [
        (names[key], merged([left.column(key) or NOTHING, right.column(key) or NOTHING]))
        for key in ordered
    ]


def _select(node: exp.Select, around: Scope, tables: Mapping[str, Traced]) -> Traced:
    only(node, _SELECT)
    scope = around.inner(tables)
    joined = _from(node, scope)
    scope.windows = {each.this.name.lower(): each for each in node.args.get("windows") or ()}
    columns, rest = expand(node.expressions, scope)
    scope.aliases = {name.lower(): flow for name, flow in columns}
    rows = [traced.rows for _, traced in scope.relations]
    rows += [joined, _where(node, scope), _group(node, scope, columns)]
    rows += [spread(each, scope) for each in node.expressions]
    scope.loose = True
    for clause in ("having", "qualify"):
        part = node.args.get(clause)
        rows += [through(value(part.this, scope), How.FILTER)] if part else []
    rows += [_unique(node, scope, columns, rest), _order(node, scope, columns)]
    rows.append(_limit(node, scope))
    return Traced(columns=tuple(_distinct(columns)), rest=rest, rows=merged(rows))


def _from(node: exp.Select, scope: Scope) -> Flow:
    """Every relation of FROM is in the scope; the flow of what joins them."""
    first = node.args.get("from_")
    joined = [table(first.this, scope)] if first else []
    return merged([*joined, hanging(node, scope)])


def _where(node: exp.Select, scope: Scope) -> Flow:
    part = node.args.get("where")
    return through(value(part.this, scope), How.FILTER) if part else NOTHING


def _group(node: exp.Select, scope: Scope, columns: list[tuple[str, Flow]]) -> Flow:
    """What rows are grouped by: the keys as written, or every column that is no aggregate."""
    group = node.args.get("group")
    if group is None:
        return NOTHING
    if group.args.get("all"):
        plain = [each for each in node.expressions if not aggregates(each)]
        return through(merged(flow for _, flow in expand(plain, scope)[0]), How.GROUP_BY)
    keys = [_placed(key, columns) or value(key, scope) for key in group.iter_expressions()]
    return through(merged(keys), How.GROUP_BY)


def _placed(key: exp.Expr, columns: list[tuple[str, Flow]]) -> Flow | None:
    """The column a whole number stands for in GROUP BY and ORDER BY."""
    if not isinstance(key, exp.Literal) or key.is_string:
        return None
    place = int(key.name) - 1 if key.name.isdigit() else -1
    return columns[place][1] if 0 <= place < len(columns) else None


def _unique(
    node: exp.Select, scope: Scope, columns: list[tuple[str, Flow]], rest: Flow | None
) -> Flow:
    distinct = node.args.get("distinct")
    if distinct is None:
        return NOTHING
    on = distinct.args.get("on")
    if on is not None:
        return through(value(on, scope), How.GROUP_BY)
    return through(merged([*(flow for _, flow in columns), rest or NOTHING]), How.GROUP_BY)


def _order(node: exp.Expr, scope: Scope, columns: list[tuple[str, Flow]]) -> Flow:
    order = node.args.get("order")
    if order is None:
        return NOTHING
    scope.loose = True
    found = [_key(each.this, scope, columns) for each in order.expressions]
    return through(merged(found), How.SORT)


def _key(key: exp.Expr, scope: Scope, columns: list[tuple[str, Flow]]) -> Flow:
    if isinstance(key, exp.Var) and key.name.upper() == "ALL":
        return merged(flow for _, flow in columns)
    return _placed(key, columns) or value(key, scope)


def _limit(node: exp.Expr, scope: Scope) -> Flow:
    parts = [node.args.get("limit"), node.args.get("offset")]
    return through(merged(value(part, scope) for part in parts if part), How.FILTER)


def _distinct(columns: list[tuple[str, Flow]]) -> list[tuple[str, Flow]]:
    """The columns under the names a relation gives them: a second `k` is `k_1`."""
    seen: set[str] = set()
    found = []
    for name, flow in columns:
        told, count = name, 0
        while name and told.lower() in seen:
            count += 1
            told = f"{name}_{count}"
        seen.add(told.lower())
        found.append((told, flow))
    return found
