"""Stars: the columns a list of projections makes, names and order included."""

from collections.abc import Sequence

from sqlglot import exp

from agora.workshop.lineage.flows import Flow, merged
from agora.workshop.lineage.scopes import Scope, Untraceable
from agora.workshop.lineage.values import value

Columns = list[tuple[str, Flow]]


def expand(projections: Sequence[exp.Expr], scope: Scope) -> tuple[Columns, Flow | None]:
    """Every column with its flow, and the flow of those nobody can name, or None.

    A column may use the aliases of those before it. One without a name of its own has an empty one.
    """
    columns: Columns = []
    rest: list[Flow] = []
    for each in projections:
        star, of = _star(each)
        if star is None:
            columns.append((_name(each), value(each, scope)))
        else:
            found, more = _expanded(star, of, scope)
            columns += found
            rest += [more] if more is not None else []
        scope.aliases = scope.aliases | {name.lower(): flow for name, flow in columns if name}
    return columns, merged(rest) if rest else None


def _star(node: exp.Expr) -> tuple[exp.Star | None, str]:
    """The star of a projection and the relation in front of it."""
    if isinstance(node, exp.Star):
        return node, ""
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
        return node.this, ".".join(part.name.lower() for part in node.parts[:-1])
    return None, ""


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Alias):
        return node.alias
    return node.name if isinstance(node, exp.Column) else ""


def _expanded(star: exp.Star, of: str, scope: Scope) -> tuple[Columns, Flow | None]:
    if star.args.get("ilike"):
        raise Untraceable("a star with a pattern")
    columns, rest = scope.star(of)
    gone = {_last(each) for each in star.args.get("except_") or ()}
    replaced = {
        each.alias.lower(): value(each.this, scope) for each in star.args.get("replace") or ()
    }
    names = {_last(each.this): each.alias for each in star.args.get("rename") or ()}
    kept = [
        (names.get(name.lower(), name), replaced.get(name.lower(), flow))
        for name, flow in columns
        if name.lower() not in gone
    ]
    return kept, rest if rest is None else merged([rest, *replaced.values()])


def _last(node: exp.Expr) -> str:
    return node.name.lower()
