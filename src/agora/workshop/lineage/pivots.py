"""Pivots: columns that become rows, and rows that become columns whose names only the data know."""

from collections.abc import Sequence

from sqlglot import exp

from agora.model.lineage import How
from agora.workshop.lineage.flows import NOTHING, Traced, merged, through
from agora.workshop.lineage.scopes import Scope, Untraceable
from agora.workshop.lineage.values import value


def pivoted(inner: Traced, node: exp.Pivot, scope: Scope) -> Traced:
    """The relation after PIVOT or UNPIVOT; `scope` holds the one before it."""
    return _unpivoted(inner, node) if node.args.get("unpivot") else _pivoted(inner, node, scope)


def _unpivoted(inner: Traced, node: exp.Pivot) -> Traced:
    """Other columns stay; the values of the named ones come below one another, nulls left out."""
    fields = node.args.get("fields") or ()
    listed = [each for part in fields for each in part.expressions] or node.expressions
    taken = _columns(listed)
    label = fields[0].this if fields else getattr(node.args.get("into"), "this", None)
    values = [inner.column(name) for name in taken]
    flow = merged(each if each is not None else inner.rest or NOTHING for each in values)
    stay = [(name, kept) for name, kept in inner.columns if name.lower() not in taken]
    told = [(label.name, NOTHING)] if isinstance(label, exp.Identifier | exp.Column) else []
    return Traced(
        columns=(*stay, *told),
        rest=merged([through(flow, How.TRANSFORMATION), inner.rest or NOTHING]),
        rows=merged([inner.rows, through(flow, How.FILTER)]),
    )


def _pivoted(inner: Traced, node: exp.Pivot, scope: Scope) -> Traced:
    """Group columns stay; every new cell is an aggregate of the rows with one of the values."""
    fields = node.args.get("fields") or ()
    on = [part.this for part in fields] or node.expressions
    using = node.expressions if fields else (node.args.get("using") or [])
    deciding = merged(value(each, scope) for each in on)
    computed = merged(value(each, scope) for each in using)
    used = set(_columns([*on, *using]))
    group = node.args.get("group")
    if group:
        keys = _columns(group.expressions)
        stay = [(name, flow) for name, flow in inner.columns if name.lower() in keys]
    else:
        stay = [(name, flow) for name, flow in inner.columns if name.lower() not in used]
    grouped = merged([*(flow for _, flow in stay), inner.rest or NOTHING])
    cells = [computed, through(deciding, How.CONDITIONAL), inner.rest or NOTHING]
    return Traced(
        columns=tuple(stay),
        rest=merged(cells),
        rows=merged([inner.rows, through(grouped, How.GROUP_BY), through(deciding, How.FILTER)]),
    )


def _columns(nodes: Sequence[exp.Expr]) -> list[str]:
    """The bare names of every column in these expressions; a star cannot be told."""
    if any(part for node in nodes for part in node.find_all(exp.Star, exp.Columns)):
        raise Untraceable("a pivot over a star")
    return [part.name.lower() for node in nodes for part in node.find_all(exp.Column)]
