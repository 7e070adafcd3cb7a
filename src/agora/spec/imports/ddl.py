"""SQL DDL: CREATE TABLE statements of many dialects as contracts, comments and constraints included."""

from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from agora.spec.imports.drafts import Draft, Found, Notes
from agora.spec.imports.spelling import snake
from agora.spec.imports.sqlrules import promise
from agora.spec.imports.sqltypes import column, unbounded

DIALECTS = (
    "postgres",
    "duckdb",
    "mysql",
    "tsql",
    "snowflake",
    "bigquery",
    "oracle",
    "sqlite",
    "databricks",
)


def read(file: str, content: bytes, *, dialect: str = "") -> Found:
    """One draft for each CREATE TABLE; what is no promise of a table is said to be left out."""
    notes = Notes(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        notes.wrong(f"the byte {content[problem.start]:02X} is not UTF-8")
        return Found(findings=tuple(notes.findings))
    spoken, statements = _parsed(text, dialect, notes)
    tables: dict[str, tuple[str, dict[str, Any]]] = {}
    for statement in statements:
        _statement(statement, spoken, tables, notes)
    if not tables and not notes.grave:
        notes.wrong("there is no CREATE TABLE in it")
    drafts = (
        Draft(
            table=name,
            description=str(node.get("description", "")),
            node={"schema": [node]},
        )
        for name, node in tables.values()
    )
    return Found(drafts=tuple(drafts), findings=tuple(notes.findings))


def _parsed(text: str, dialect: str, notes: Notes) -> tuple[str, list[exp.Expr]]:
    """The statements in the dialect that was named, or in the first that reads all of them."""
    problem: ParseError | None = None
    for each in [dialect] if dialect else DIALECTS:
        try:
            found = [s for s in sqlglot.parse(text, dialect=each) if s is not None]
        except ParseError as error:
            problem = problem or error
            continue
        except (SqlglotError, ValueError) as error:
            notes.wrong(str(error).splitlines()[0], hint=f"use one of {', '.join(DIALECTS)}")
            return dialect, []
        if dialect or not any(isinstance(s, exp.Command) for s in found):
            return each, found
    if problem is None:
        return DIALECTS[0], [s for s in sqlglot.parse(text, dialect=DIALECTS[0]) if s is not None]
    first = problem.errors[0] if problem.errors else {}
    notes.wrong(
        f"the SQL cannot be read: {first.get('description', 'it is not finished')}",
        line=int(first.get("line") or 1),
        column=int(first.get("col") or 1),
        hint="say which dialect it is in with `--dialect`",
    )
    return dialect, []


def _statement(
    statement: exp.Expr, dialect: str, tables: dict[str, tuple[str, dict[str, Any]]], notes: Notes
) -> None:
    if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
        name = statement.this.this.name
        tables[name.lower()] = (name, _table(statement, dialect, notes))
    elif isinstance(statement, exp.Comment):
        _comment(statement, tables)
    elif isinstance(statement, exp.Alter) and statement.this.name.lower() in tables:
        node = tables[statement.this.name.lower()][1]
        for action in statement.args.get("actions") or ():
            for part in getattr(action, "expressions", ()) or [action]:
                _constraint(node, part, "", notes)
    else:
        words = " ".join(statement.sql(dialect=dialect).split()[:3])
        notes.lost(f"`{words} …` is left out: it is no table")


def _table(statement: exp.Create, dialect: str, notes: Notes) -> dict[str, Any]:
    name = snake(statement.this.this.name)
    node: dict[str, Any] = {"name": name, "physicalName": name}
    node |= {"logicalType": "object", "physicalType": "table", "properties": []}
    for word in statement.find_all(exp.SchemaCommentProperty):
        node["description"] = word.this.name
    rest = []
    for part in statement.this.expressions:
        if isinstance(part, exp.ColumnDef):
            node["properties"].append(_column(part, dialect, notes))
        else:
            rest.append(part)
    for part in statement.this.expressions:
        if isinstance(part, exp.ColumnDef):
            for each in part.args.get("constraints") or ():
                _of_column(node, part.name, each)
    for part in rest:
        _constraint(node, part, "", notes)
    return node


def _column(part: exp.ColumnDef, dialect: str, notes: Notes) -> dict[str, Any]:
    kind = part.args.get("kind")
    if kind is None:
        return {"name": part.name}
    if unbounded(kind):
        meta = part.this.meta
        notes.lost(
            f"`{part.name}` is a decimal without a precision: DECIMAL(18,3) is promised",
            line=int(meta.get("line") or 1),
            column=int(meta.get("col") or 1),
            hint="write the precision you need into the contract",
        )
    return {"name": part.name} | column(kind, dialect)


def _of_column(node: dict[str, Any], name: str, constraint: exp.Expr) -> None:
    """One constraint of one column as a promise; a default value is no promise and only recorded."""
    own = _find(node, name)
    kind = constraint.args.get("kind")
    match kind:
        case exp.NotNullColumnConstraint():
            own |= {} if kind.args.get("allow_null") else {"required": True}
        case exp.PrimaryKeyColumnConstraint():
            own |= {"required": True, "primaryKey": True, "primaryKeyPosition": 1}
        case exp.UniqueColumnConstraint():
            own["unique"] = True
        case exp.CommentColumnConstraint():
            own["description"] = kind.this.name
        case exp.CheckColumnConstraint():
            promise(node, kind.this, constraint.name)
        case exp.Reference():
            own.setdefault("relationships", []).append({"to": _target(kind, [name])[0]})
        case exp.DefaultColumnConstraint():
            default = {"property": "default", "value": kind.this.sql(dialect="duckdb")}
            own.setdefault("customProperties", []).append(default)
        case _:
            told = {"property": "sqlConstraint", "value": constraint.sql(dialect="duckdb")}
            own.setdefault("customProperties", []).append(told)


def _constraint(node: dict[str, Any], part: exp.Expr, name: str, notes: Notes) -> None:
    """One constraint of the whole table as a promise."""
    match part:
        case exp.Constraint():
            for each in part.expressions:
                _constraint(node, each, part.name, notes)
        case exp.PrimaryKey():
            for place, column_name in enumerate(_names(part.expressions), start=1):
                key = {"required": True, "primaryKey": True, "primaryKeyPosition": place}
                _find(node, column_name).update(key)
        case exp.UniqueColumnConstraint():
            inner = part.this.expressions if isinstance(part.this, exp.Schema) else part.expressions
            _unique(node, list(_names(inner)))
        case exp.CheckColumnConstraint() | exp.Check():
            promise(node, part.this, name)
        case exp.ForeignKey():
            columns = list(_names(part.expressions))
            targets = _target(part.args["reference"], columns)
            _link(node, columns, targets)
        case _:
            words = " ".join(part.sql(dialect="duckdb").split())
            notes.lost(f"`{words}` of `{node['name']}` is left out")


def _unique(node: dict[str, Any], columns: list[str]) -> None:
    if len(columns) == 1:
        _find(node, columns[0])["unique"] = True
    else:
        rule = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": columns}}
        node.setdefault("quality", []).append(rule)


def _link(node: dict[str, Any], columns: list[str], targets: list[str]) -> None:
    if len(columns) == 1:
        _find(node, columns[0]).setdefault("relationships", []).append({"to": targets[0]})
    else:
        link = {"from": [f"{node['name']}.{name}" for name in columns], "to": targets}
        node.setdefault("relationships", []).append(link)


def _target(reference: exp.Expr, columns: list[str]) -> list[str]:
    """The columns a reference points at; those of the same names where it names none."""
    there = reference.this
    table = there.this.name if isinstance(there, exp.Schema) else there.name
    names = list(_names(there.expressions)) if isinstance(there, exp.Schema) else columns
    return [f"{snake(table)}.{name}" for name in names]


def _names(parts: Any) -> Iterator[str]:
    for part in parts:
        inner = part.this if isinstance(part, exp.Ordered) else part
        yield inner.name


def _find(node: dict[str, Any], name: str) -> dict[str, Any]:
    columns: list[dict[str, Any]] = node["properties"]
    return next((c for c in columns if c["name"].lower() == name.lower()), {})


def _comment(statement: exp.Comment, tables: dict[str, tuple[str, dict[str, Any]]]) -> None:
    """COMMENT ON TABLE and COMMENT ON COLUMN become descriptions."""
    words = statement.expression.name
    place = statement.this
    if isinstance(place, exp.Column) and place.table.lower() in tables:
        _find(tables[place.table.lower()][1], place.name)["description"] = words
    elif place.name.lower() in tables:
        tables[place.name.lower()][1]["description"] = words
