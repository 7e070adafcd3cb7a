"""Relations: those in FROM, what joins them, and what they are called."""

from sqlglot import exp

from agora.model.lineage import How
from agora.workshop.lineage.flows import NOTHING, Flow, Traced, merged, through
from agora.workshop.lineage.pivots import pivoted
from agora.workshop.lineage.scopes import Scope, Untraceable, only
from agora.workshop.lineage.values import value

_TABLE = frozenset({"this", "db", "alias", "joins", "laterals", "pivots", "sample"})
_JOIN = frozenset({"this", "on", "using", "side", "kind", "method"})
_NESTED = frozenset({"this", "alias", "joins", "laterals", "pivots", "sample"})
_MEETINGS = {
    *((kind, "") for kind in ("", "INNER", "OUTER", "CROSS", "SEMI", "ANTI")),
    *((kind, method) for kind in ("", "INNER", "OUTER") for method in ("NATURAL", "ASOF")),
    ("", "POSITIONAL"),
}


def table(node: exp.Expr, scope: Scope) -> Flow:
    """What a part of FROM reads is in the scope; the flow of what joins it inside."""
    match node:
        case exp.Table():
            return _table(node, scope)
        case exp.Subquery() if isinstance(node.this, exp.Table | exp.Subquery):
            return _bracketed(node, scope)
        case exp.Subquery():
            only(node, _NESTED | {"with_", "order", "limit", "offset"})
            return _add(scope.query(_bare(node), scope), node, scope)
        case exp.Values():
            return _add(_values(node, scope), node, scope)
        case exp.Unnest():
            return _add(_spread(merged(value(e, scope) for e in node.expressions)), node, scope)
        case exp.Lateral():
            return _lateral(node, scope)
        case exp.Pivot():
            inner = scope.inner()
            table(node.this, inner)
            return _add(pivoted(_together(inner), node, inner), node, scope)
    raise Untraceable(type(node).__name__)


def join(node: exp.Join, scope: Scope) -> Flow:
    """What is joined is in the scope, unless it only chooses rows; the flow into which rows meet."""
    only(node, _JOIN)
    kind, method = (str(node.args.get(key) or "").upper() for key in ("kind", "method"))
    if (kind, method) not in _MEETINGS:
        raise Untraceable(f"{method} {kind} join")
    before = list(scope.relations)
    flows = [table(node.this, scope)]
    added = scope.relations[len(before) :]
    on = node.args.get("on")
    flows += [through(value(on, scope), How.JOIN)] if on is not None else []
    shared = [each.name.lower() for each in node.args.get("using") or ()]
    if method == "NATURAL":
        shared = _common(before, added)
    flows += [
        _shared(name, before, added, scope, keep=kind not in ("SEMI", "ANTI")) for name in shared
    ]
    if kind in ("SEMI", "ANTI"):
        scope.relations = before
        flows += [traced.rows for _, traced in added]
    return merged(flows)


def hanging(node: exp.Expr, scope: Scope) -> Flow:
    """What hangs on to a part of FROM is in the scope; the flow of what joins it."""
    hung = [*(node.args.get("laterals") or ()), *(node.args.get("joins") or ())]
    return merged(
        join(each, scope) if isinstance(each, exp.Join) else table(each, scope) for each in hung
    )


def renamed(traced: Traced, alias: exp.Expr | None) -> Traced:
    """The relation with the column names its alias gives it, from the left."""
    names = [each.name for each in alias.args.get("columns") or ()] if alias is not None else []
    if not names:
        return traced
    if len(names) > len(traced.columns) and traced.rest is None:
        raise Untraceable("more names than columns")
    flows = [flow for _, flow in traced.columns]
    flows += [traced.rest or NOTHING] * (len(names) - len(flows))
    left = traced.columns[len(names) :]
    columns = (*zip(names, flows, strict=False), *left)
    return Traced(columns=columns, rows=traced.rows, rest=traced.rest)


def _table(node: exp.Table, scope: Scope) -> Flow:
    only(node, _TABLE)
    if not isinstance(node.this, exp.Identifier):
        return _add(_spread(_arguments(node.this, scope)), node, scope)
    name = ".".join(part for part in (node.db, node.name) if part).lower()
    return _add(scope.table(name), node, scope, name)


def _arguments(node: exp.Expr, scope: Scope) -> Flow:
    return merged(value(each, scope) for each in node.iter_expressions())


def _spread(flow: Flow) -> Traced:
    """Rows made of values: what they are made of decides how many there are, too."""
    return Traced(rest=through(flow, How.TRANSFORMATION), rows=through(flow, How.JOIN))


def _bare(node: exp.Subquery) -> exp.Expr:
    """The query of a subquery; an order or limit behind its brackets is kept with it."""
    clauses = [key for key in ("order", "limit", "offset", "with_") if node.args.get(key)]
    if not clauses:
        return node.unnest()
    whole = node.copy()
    for key in ("alias", "joins", "laterals", "pivots", "sample"):
        whole.set(key, None)
    return whole


def _bracketed(node: exp.Subquery, scope: Scope) -> Flow:
    """A join in brackets: its relations keep their names unless the brackets have one."""
    only(node, _NESTED)
    if node.alias or node.args.get("pivots"):
        inner = scope.inner()
        flows = [table(node.this, inner), hanging(node, inner)]
        return merged([*flows, _add(_together(inner), node, scope, more=False)])
    return merged([table(node.this, scope), hanging(node, scope)])


def _together(scope: Scope) -> Traced:
    columns, rest = scope.star()
    rows = merged(traced.rows for _, traced in scope.relations)
    return Traced(columns=tuple(columns), rest=rest, rows=rows)


def _add(
    traced: Traced, node: exp.Expr, scope: Scope, name: str = "", *, more: bool = True
) -> Flow:
    """The relation is in the scope under its alias or name; the flow of what hangs on to it."""
    alias = node.args.get("alias")
    for each in node.args.get("pivots") or ():
        inner = scope.inner()
        inner.relations.append((name, traced))
        traced = pivoted(traced, each, inner)
        alias = each.args.get("alias") or alias
    called = alias.name.lower() if isinstance(alias, exp.TableAlias) and alias.this else name
    scope.relations.append(
        (called, renamed(traced, alias if isinstance(alias, exp.TableAlias) else None))
    )
    return hanging(node, scope) if more else NOTHING


def _values(node: exp.Values, scope: Scope) -> Traced:
    rows = [
        [value(each, scope) for each in row.expressions]
        if isinstance(row, exp.Tuple)
        else [value(row, scope)]
        for row in node.expressions
    ]
    flows = [merged(column) for column in zip(*rows, strict=True)]
    return Traced(columns=tuple((f"col{place}", flow) for place, flow in enumerate(flows)))


def _lateral(node: exp.Lateral, scope: Scope) -> Flow:
    if node.args.get("view") or node.args.get("ordinality") or node.args.get("cross_apply"):
        raise Untraceable("a lateral view")
    inner = node.this
    if isinstance(inner, exp.Subquery):
        return _add(scope.query(inner, scope), node, scope)
    parts = inner.expressions if isinstance(inner, exp.Unnest) else [inner]
    return _add(_spread(merged(value(each, scope) for each in parts)), node, scope)


def _common(before: list[tuple[str, Traced]], added: list[tuple[str, Traced]]) -> list[str]:
    if any(traced.rest is not None for _, traced in (*before, *added)):
        raise Untraceable("a natural join of columns that cannot be named")
    left = {name.lower() for _, traced in before for name, _ in traced.columns}
    return [name.lower() for _, t in added for name, _ in t.columns if name.lower() in left]


def _shared(
    name: str,
    before: list[tuple[str, Traced]],
    added: list[tuple[str, Traced]],
    scope: Scope,
    *,
    keep: bool,
) -> Flow:
    """A column both sides share: it is one column, and decides which rows meet."""
    sides = [
        flow
        for _, traced in (*before, *added)
        if (flow := traced.column(name) if traced.column(name) is not None else traced.rest)
        is not None
    ]
    whole = merged([*sides, scope.joined.get(name, NOTHING)])
    scope.notes.touched.append(whole)
    if keep:
        scope.joined = {**scope.joined, name: whole}
    return through(whole, How.JOIN)
