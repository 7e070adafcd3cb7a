"""Values: what the value of a SQL expression came from."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from agora.model.lineage import How
from agora.workshop.lineage.flows import NOTHING, Flow, merged, through
from agora.workshop.lineage.scopes import Scope, Untraceable

AGGREGATES = frozenset(
    """
    any_value approx_quantile approx_top_k arbitrary arg_max_null arg_min_null array_agg bool_and
    bool_or covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram
    kahan_sum kurtosis kurtosis_pop last list listagg mad mean mode product quantile quantile_disc
    regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    reservoir_quantile sem skewness string_agg sum_no_overflow sumkahan wavg weighted_avg
    bit_and bit_or bit_xor bitstring_agg json_group_array json_group_object count_star
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
"""Aggregates of the engine that sqlglot does not know as such."""

_COUNTS = (exp.Count, exp.ApproxDistinct)
_SPREADS = (exp.Explode, exp.Unnest, exp.Posexplode)
_UNKNOWN = (exp.Columns, exp.PositionalColumn, exp.Star)
_EMPTY = (exp.Literal, exp.Boolean, exp.Null, exp.DataType, exp.Var, exp.Placeholder)


def value(node: exp.Expr, scope: Scope) -> Flow:
    """The flow into the value of an expression; raises Untraceable where nobody can tell."""
    if isinstance(node, _UNKNOWN):
        raise Untraceable(type(node).__name__)
    if isinstance(node, _EMPTY):
        return NOTHING
    for kinds, follow in _FOLLOWED:
        if isinstance(node, kinds):
            return follow(node, scope)
    return _call(node, scope)


def aggregates(node: exp.Expr) -> bool:
    """True when an expression computes one value of many rows, outside of subqueries."""
    if isinstance(node, exp.Query | exp.Subquery):
        return False
    return _aggregate(node) or any(aggregates(each) for each in node.iter_expressions())


def spread(node: exp.Expr, scope: Scope) -> Flow:
    """The flow into the number of rows where an expression makes several rows of one."""
    found = [value(each, scope) for each in _spreads(node)]
    return through(merged(found), How.JOIN)


def _spreads(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Query | exp.Subquery):
        return
    if isinstance(node, _SPREADS):
        yield node
    for each in node.iter_expressions():
        yield from _spreads(each)


def _column(node: exp.Expr, scope: Scope) -> Flow:
    if isinstance(node.this, exp.Star):
        raise Untraceable("a star inside an expression")
    return scope.resolve(tuple(part.name.lower() for part in getattr(node, "parts", ())))


def _inner(node: exp.Expr, scope: Scope) -> Flow:
    return value(node.this, scope)


def _word(node: exp.Expr, scope: Scope) -> Flow:
    """A name the parser did not take for a column, which may be one all the same."""
    name = (node.name.lower(),)
    return through(scope.resolve(name), How.TRANSFORMATION) if scope.knows(*name) else NOTHING


def _nested(node: exp.Expr, scope: Scope) -> Flow:
    """The value of a query used as an expression; which rows it has decides too."""
    traced = scope.query(node, scope)
    return merged([through(traced.values, How.TRANSFORMATION), traced.rows])


def _exists(node: exp.Expr, scope: Scope) -> Flow:
    """Whether there are rows tells nothing of their values, only of what they were chosen by."""
    traced = scope.query(node.this, scope)
    return merged([through(traced.values, How.TRANSFORMATION, counted=True), traced.rows])


def _window(node: exp.Expr, scope: Scope) -> Flow:
    """A window's function; where it is told no column, its value is the place in the order itself."""
    inner = value(node.this, scope)
    named = scope.windows.get(node.alias.lower()) if node.alias else None
    parts: list[Flow] = []
    orders: list[Flow] = []
    for each in (node, named):
        if each is None:
            continue
        parts += [value(key, scope) for key in each.args.get("partition_by") or ()]
        order = each.args.get("order")
        orders += [value(key, scope) for key in order.expressions] if order else []
        spec = each.args.get("spec")
        parts += [value(bound, scope) for bound in spec.iter_expressions()] if spec else []
    ranks = not any(way.tells for ways in inner.values() for way in ways)
    placed = through(merged(orders), How.TRANSFORMATION if ranks else How.WINDOW)
    return merged([inner, placed, through(merged(parts), How.WINDOW)])


def _narrowed(node: exp.Expr, scope: Scope) -> Flow:
    """An aggregate over some of the rows, or over them in an order that it is about."""
    inner = value(node.this, scope)
    if isinstance(node, exp.Filter):
        return merged([inner, through(value(node.expression.this, scope), How.CONDITIONAL)])
    keys = [value(key, scope) for key in node.expression.expressions]
    return merged([inner, through(merged(keys), How.AGGREGATION)])


def _ordered(node: exp.Expr, scope: Scope) -> Flow:
    """The argument of an aggregate that takes its rows in an order."""
    keys = [value(key, scope) for key in node.expressions]
    inner = value(node.this, scope) if node.this else NOTHING
    return merged([inner, through(merged(keys), How.SORT)])


def _case(node: exp.Expr, scope: Scope) -> Flow:
    """One of several values, chosen by conditions."""
    if isinstance(node, exp.Nullif):
        both = merged([value(node.this, scope), value(node.expression, scope)])
        return through(both, How.TRANSFORMATION)
    if isinstance(node, exp.If):
        conditions = [node.this]
        chosen = [node.args.get("true"), node.args.get("false")]
    else:
        ifs = node.args["ifs"]
        conditions = [node.args.get("this"), *(each.this for each in ifs)]
        chosen = [*(each.args["true"] for each in ifs), node.args.get("default")]
    deciding = merged(value(each, scope) for each in conditions if each is not None)
    values = merged(value(each, scope) for each in chosen if each is not None)
    return merged([through(values, How.TRANSFORMATION), through(deciding, How.CONDITIONAL)])


def _lambda(node: exp.Expr, scope: Scope) -> Flow:
    names = frozenset(each.name.lower() for each in node.expressions)
    return through(value(node.this, scope.within(names)), How.TRANSFORMATION)


def _comprehension(node: exp.Expr, scope: Scope) -> Flow:
    names = frozenset({node.expression.name.lower()})
    inside = [node.this, node.args.get("condition")]
    flows = [value(each, scope.within(names)) for each in inside if each is not None]
    return through(merged([*flows, value(node.args["iterator"], scope)]), How.TRANSFORMATION)


def _field(node: exp.Expr, scope: Scope) -> Flow:
    """A field of a struct, or a named argument: the name itself is no column."""
    if not isinstance(node, exp.Dot):
        return through(value(node.expression, scope), How.TRANSFORMATION)
    if isinstance(node.this, exp.Identifier) and node.this.name.lower() not in scope.parameters:
        raise Untraceable(node.this.name)
    called = isinstance(node.expression, exp.Func)
    inner = value(node.expression, scope) if called else NOTHING
    return through(merged([value(node.this, scope), inner]), How.TRANSFORMATION)


def _call(node: exp.Expr, scope: Scope) -> Flow:
    """Any other operator or function: every value in it has a part in its value."""
    counts = isinstance(node, _COUNTS)
    flow = merged(
        value(each, scope) for each in (_args(node) if counts else node.iter_expressions())
    )
    if counts:
        return _counted(node, flow)
    if _aggregate(node):
        return through(flow, How.AGGREGATION)
    inert = isinstance(node, exp.Ordered | exp.Distinct | exp.Tuple) and len(flow) <= 1
    return flow if inert else through(flow, How.TRANSFORMATION)


def _counted(node: exp.Expr, flow: Flow) -> Flow:
    """A count of whole columns tells no value; a count of what was computed may tell all of it."""
    inner = [each.expressions if isinstance(each, exp.Distinct) else [each] for each in _args(node)]
    bare = all(isinstance(each, exp.Column) for several in inner for each in several)
    return {
        origin: frozenset().union(
            *(
                through(
                    {origin: frozenset({way})},
                    How.AGGREGATION,
                    counted=bare and way.how is How.IDENTITY,
                )[origin]
                for way in ways
            )
        )
        for origin, ways in flow.items()
    }


def _args(node: exp.Expr) -> list[exp.Expr]:
    return [
        each for each in node.iter_expressions() if not isinstance(each, exp.Star | exp.Literal)
    ]


def _aggregate(node: exp.Expr) -> bool:
    if isinstance(node, exp.AggFunc):
        return True
    return isinstance(node, exp.Anonymous) and node.name.lower() in AGGREGATES


_FOLLOWED: tuple[tuple[tuple[type, ...], Callable[[exp.Expr, Scope], Flow]], ...] = (
    ((exp.Column,), _column),
    ((exp.Alias, exp.Paren), _inner),
    ((exp.Query, exp.Subquery), _nested),
    ((exp.Exists,), _exists),
    ((exp.Window,), _window),
    ((exp.Filter, exp.WithinGroup), _narrowed),
    ((exp.Order,), _ordered),
    ((exp.Case, exp.If, exp.Nullif), _case),
    ((exp.Lambda,), _lambda),
    ((exp.Comprehension,), _comprehension),
    ((exp.Dot, exp.PropertyEQ, exp.Kwarg), _field),
    ((exp.Identifier,), _word),
)
