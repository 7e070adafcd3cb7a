"""Counting for tests: contracts from short notations, real tables, and the scans run on DuckDB."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from agora.model.checks import CheckResult
from agora.model.contract import (
    Column,
    Contract,
    Limits,
    Metric,
    Operator,
    QualityRule,
    Relationship,
    RuleKind,
    Severity,
)
from agora.model.names import PortName, PortVersion
from agora.model.types import Kind, Type, parse_type, quoted
from agora.quality.checks import SHARED, CheckPlan
from agora.quality.conclude import conclude
from agora.quality.plans import plan

PORT = PortVersion(PortName("sales", "weekly", "weekly"), 1)
RELATION = "checked"
_STATED = {"unit", "zone", "period"}
_PLAIN = {"type", "required", "unique", "key", "tags", "classification", *_STATED}


def contract(case: Mapping[str, Any], table: str = "weekly") -> Contract:
    """A contract from a case's columns, rules and references."""
    return Contract(
        id=f"{table}-contract",
        version="1.0.0",
        status="active",
        table=table,
        columns=tuple(_column(name, of) for name, of in case["columns"].items()),
        rules=tuple(_rule(number, of) for number, of in enumerate(case.get("rules", ()))),
        relationships=tuple(_reference(of) for of in case.get("references", ())),
    )


def _column(name: str, of: Any) -> Column:
    told = {"type": of} if isinstance(of, str) else dict(of)
    inner = tuple(_column(*field) for field in told.pop("properties", {}).items())
    if inner:
        told["type"] = Type(kind=Kind.STRUCT, fields=tuple((f.name, f.type) for f in inner))
    limits = {key: _frozen(value) for key, value in told.items() if key not in _PLAIN}
    return Column(
        name=name,
        type=_type(told["type"]),
        required=told.get("required", False),
        unique=told.get("unique", False),
        key_position=told.get("key", 0),
        tags=tuple(told.get("tags", ())),
        classification=told.get("classification", ""),
        limits=Limits(**limits),
        properties=inner,
        **{word: told[word] for word in _STATED & told.keys()},
    )


def _type(of: Any) -> Type:
    return parse_type(of) if isinstance(of, str) else of


def _rule(number: int, of: Mapping[str, Any]) -> QualityRule:
    operator = next((each for each in Operator if each.value in of), None)
    threshold = of[operator.value] if operator else ()
    numbers = threshold if isinstance(threshold, list) else [threshold] if operator else []
    return QualityRule(
        id=of.get("id", f"rule-{number}"),
        kind=RuleKind(of.get("type", "library")),
        column=of.get("column", ""),
        metric=Metric(of["metric"]) if "metric" in of else None,
        operator=operator,
        threshold=tuple(Decimal(str(each)) for each in numbers),
        percent=of.get("unit") == "percent",
        missing=_frozen(of.get("missingValues", [])),
        valid=_frozen(of.get("validValues", [])),
        pattern=of.get("pattern", ""),
        properties=_frozen(of.get("properties", [])),
        query=of.get("query", ""),
        engine=of.get("engine", ""),
        severity=Severity(of.get("severity", "block")),
        description=of.get("description", ""),
    )


def _reference(of: Mapping[str, Any]) -> Relationship:
    return Relationship(
        columns=_frozen(of["from"]),
        to=of["to"],
        to_columns=_frozen(of["to_columns"]),
        contract=of.get("contract", ""),
        severity=Severity(of.get("severity", "block")),
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def table(
    connection: duckdb.DuckDBPyConnection, name: str, of: Contract, rows: Sequence[Sequence[Any]]
) -> None:
    """A table with the contract's columns and these rows."""
    columns = ", ".join(f"{quoted(c.name)} {c.type.sql}" for c in of.columns)
    connection.execute(f"CREATE TABLE {quoted(name)} ({columns})")
    if rows:
        marks = ", ".join(f"CAST(? AS {c.type.sql})" for c in of.columns)
        connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", rows)


def planned(
    of: Contract, others: Mapping[str, str] | None = None, classified: str = ""
) -> CheckPlan:
    """The plan over the test's table."""
    return plan(
        of,
        PORT,
        relation=RELATION,
        others=others or {},
        classified=frozenset(classified.split()),
    )


def asked(
    connection: duckdb.DuckDBPyConnection, scans: Sequence[Any]
) -> tuple[dict[str, tuple[dict[str, Any], ...]], dict[str, str]]:
    """The answers of the scans that run, the errors of the others."""
    answers, errors = {}, {}
    for scan in scans:
        try:
            answers[scan.id] = rows(connection, scan.sql)
        except duckdb.Error as problem:
            errors[scan.id] = type(problem).__name__
    return answers, errors


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[dict[str, Any], ...]:
    """The rows of one statement as mappings."""
    result = connection.execute(sql)
    names = [each[0] for each in result.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in result.fetchall())


def counted(connection: duckdb.DuckDBPyConnection, made: CheckPlan) -> tuple[CheckResult, ...]:
    """Results as a run gets them: shared scan first, single scans when it does not run."""
    answers, errors = asked(connection, made.scans)
    if SHARED in errors:
        singles, problems = asked(connection, made.singles)
        answers, errors = answers | singles, errors | problems
    return conclude(made, answers, errors)


def counted_singly(
    connection: duckdb.DuckDBPyConnection, made: CheckPlan
) -> tuple[CheckResult, ...]:
    """The same results without the shared scan."""
    own = [scan for scan in made.scans if scan.id != SHARED]
    answers, errors = asked(connection, [*own, *made.singles])
    return conclude(made, answers, errors)
