"""Drafting: a query becomes the step of a product, and its columns take along what is known of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from agora.model.contract import Column
from agora.model.draft import DraftColumn
from agora.model.lineage import ColumnName, How, PortLineage
from agora.model.names import PortName, PortVersion
from agora.model.sqlfacts import TableUse
from agora.model.types import Kind, Type, parse_type, quoted
from agora.workshop.lineage.builds import Filled, Relation, SqlStep, lineage
from agora.workshop.lineage.tags import carried
from agora.workshop.lineage.usage import used_columns

Named = Mapping[tuple[str, str], str]
_WIDE = {
    "HUGEINT": Type(kind=Kind.DECIMAL, precision=38),
    "UHUGEINT": Type(kind=Kind.DECIMAL, precision=38),
    "UBIGINT": Type(kind=Kind.DECIMAL, precision=20),
    "UINTEGER": Type(kind=Kind.BIGINT),
    "USMALLINT": Type(kind=Kind.INTEGER),
    "UTINYINT": Type(kind=Kind.INTEGER),
    "UUID": Type(kind=Kind.VARCHAR),
}
"""Types of the engine that no table keeps, and the ones that hold all of their values."""
_INEXACT = frozenset({Kind.REAL, Kind.DOUBLE})
_ASIDE = "statement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at an answer told of a column: its type, and whether it alone tells rows apart."""

    name: str
    type: str
    unique: bool = False


def aliases(
    tables: Sequence[tuple[TableUse, PortVersion]], taken: Collection[str]
) -> dict[tuple[str, str], str]:
    """A name as an input for every table, by schema and table in lower case; `taken` are left out.

    It is that of the port in kebab-case, with the domain's before it where two bear the same.
    """
    found: dict[tuple[str, str], str] = {}
    by_port: dict[PortVersion, str] = {}
    used = {name.lower().replace("_", "-") for name in taken}
    for table, port in tables:
        if port not in by_port:
            by_port[port] = _free(port, used)
            used.add(by_port[port])
        found[(table.schema.lower(), table.table.lower())] = by_port[port]
    return found


def _free(port: PortVersion, used: Collection[str]) -> str:
    own: PortName = port.port
    names = [own.port, f"{own.domain}-{own.port}", f"{own.domain}-{own.product}-{own.port}"]
    names += [f"{own.domain}-{own.product}-{own.port}-v{port.major}-{n}" for n in range(1, 99)]
    return next(name for name in names if name not in used)


def rewritten(sql: str, names: Named) -> str | None:
    """The statement over the names of inputs instead of tables; None for one that cannot be read."""
    from sqlglot import exp, parse  # noqa: PLC0415 (sqlglot loads when it is needed)
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    try:
        trees = [tree for tree in parse(sql, dialect="duckdb") if tree is not None]
    except SqlglotError:
        return None
    if len(trees) != 1:
        return None
    (tree,) = trees
    for table in list(tree.find_all(exp.Table)):
        alias = names.get((table.db.lower(), table.name.lower()))
        if alias is None:
            continue
        called = table.name
        table.set("db", None)
        table.set("this", exp.to_identifier(alias.replace("-", "_")))
        if not table.alias and called.lower() != table.name:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(called)))
    for column in tree.find_all(exp.Column):
        if (column.text("db").lower(), column.table.lower()) in names:
            column.set("db", None)
    return tree.sql(dialect="duckdb", pretty=True)


def look(sql: str, names: Sequence[str]) -> str:
    """One row about the answer: how many rows, and of every column its type and what it tells apart."""
    parts = ["count(*) as n"]
    for place, name in enumerate(names):
        own = quoted(name)
        parts.append(f"typeof(any_value({own})) as t{place}")
        parts.append(f"count(distinct {own}) as d{place}")
    return f"with {_ASIDE} as ({_bare(sql)}) select {', '.join(parts)} from {_ASIDE}"


def seen(names: Sequence[str], row: Mapping[str, object]) -> tuple[Seen, ...]:
    """What that one row says."""
    rows = int(str(row["n"]))
    return tuple(
        Seen(
            name=name,
            type=str(row[f"t{place}"]),
            unique=rows > 0 and int(str(row[f"d{place}"])) == rows,
        )
        for place, name in enumerate(names)
    )


def difference(sql: str, step: str, names: Named, columns: Sequence[tuple[str, Type]]) -> str:
    """One number: the rows that the step and the statement do not have in common.

    Sums of floats depend on the order of rows, so that of floats only their absence is compared.
    """
    relations = {alias.replace("-", "_"): table for table, alias in names.items()}
    whole = ", ".join(
        f"{quoted(alias)} as (select * from {quoted(schema)}.{quoted(table)})"
        for alias, (schema, table) in relations.items()
    )
    listed = ", ".join(
        f"{quoted(name)} is null as {quoted(name)}" if of.kind in _INEXACT else quoted(name)
        for name, of in columns
    )
    one, other = f"select {listed} from made", f"select {listed} from asked"
    return (
        f"with asked as ({_bare(sql)}), {whole}, made as ({step}) "
        f"select (select count(*) from ({one} except all {other})) "
        f"+ (select count(*) from ({other} except all {one})) as n"
    )


def kept(of: str) -> Type | None:
    """The type a column of the answer has in a table; None where no table keeps such values."""
    if of in _WIDE:
        return _WIDE[of]
    try:
        return parse_type(of)
    except ValueError:
        return None


def used(
    step: str, inputs: Mapping[str, tuple[PortVersion, Sequence[Column]]]
) -> dict[PortVersion, tuple[str, ...]]:
    """The columns of each input the step uses, in the order of its promise; none named means all.

    Of an input whose rows are only counted, one column: there is no asking for none.
    """
    relations = _relations(inputs)
    found = used_columns(step, relations)
    chosen = {}
    for port, promised in inputs.values():
        named = set(found.of(port)) or {next(c.name for c in promised)}
        whole = found.conservative or named >= {c.name for c in promised}
        chosen[port] = () if whole else tuple(c.name for c in promised if c.name in named)
    return chosen


def columns(
    name: PortVersion,
    step: str,
    inputs: Mapping[str, tuple[PortVersion, Sequence[Column]]],
    made: Sequence[tuple[Seen, Type]],
) -> tuple[DraftColumn, ...]:
    """The promised columns: what is passed on keeps its description, and labels travel along.

    `inputs` are by alias. A column that tells every row from the others is the key: the first one.
    """
    traced = _traced(name, step, inputs, [each.name for each, _ in made])
    known = {
        ColumnName(relation=str(port), column=column.name): column
        for port, promised in inputs.values()
        for column in promised
    }
    labels = {origin: column.labels for origin, column in known.items()}
    exact = (each.name for each, of in made if each.unique and of.kind not in _INEXACT)
    key = next(exact, None)
    return tuple(
        DraftColumn(
            name=each.name,
            type=of,
            description=_description(traced, each.name, known),
            tags=tuple(sorted(carried(traced, each.name, labels))),
            key=each.name == key,
        )
        for each, of in made
    )


def _traced(
    name: PortVersion,
    step: str,
    inputs: Mapping[str, tuple[PortVersion, Sequence[Column]]],
    made: Sequence[str],
) -> PortLineage:
    steps = [SqlStep(name=_ASIDE, sql=step, columns=tuple(made))]
    filled = Filled(port=name, columns=tuple(made), relation=_ASIDE)
    (found,) = lineage(_relations(inputs), steps, [filled])
    return found


def _relations(
    inputs: Mapping[str, tuple[PortVersion, Sequence[Column]]],
) -> dict[str, Relation]:
    """What the step reads, by the names it has there."""
    return {
        alias.replace("-", "_"): Relation(name=str(port), columns=tuple(c.name for c in promised))
        for alias, (port, promised) in inputs.items()
    }


def _description(traced: PortLineage, name: str, known: Mapping[ColumnName, Column]) -> str:
    """What is said of the one column it is passed on from, unchanged."""
    same = [edge.origin for edge in traced.origins(name) if edge.how is How.IDENTITY]
    return known[same[0]].description if len(same) == 1 and same[0] in known else ""


def _bare(sql: str) -> str:
    """The statement without the semicolon behind it; a line comment at its end stays one."""
    return sql.strip().rstrip(";") + "\n"
