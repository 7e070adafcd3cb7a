"""CHECK constraints as promises of a contract: limits and rules where they fit, else counted SQL."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlglot import exp

from agora.spec.imports.sqltypes import one_of

_BOUNDS: dict[type[exp.Expr], str] = {
    exp.GTE: "minimum", exp.GT: "exclusiveMinimum", exp.LTE: "maximum", exp.LT: "exclusiveMaximum",
}  # fmt: skip
_TURNED = {
    exp.GTE: exp.LTE, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.LT: exp.GT, exp.EQ: exp.EQ,
}  # fmt: skip
_NUMERIC = ("integer", "number")


def promise(table: dict[str, Any], condition: exp.Expr, name: str = "") -> None:
    """The table's node promises what the condition says; NULL breaks no condition, as in SQL."""
    for part in _parts(condition):
        if not _limit(table, part):
            table.setdefault("quality", []).append(_counted(part, name))


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """What is joined by AND, each for itself."""
    inner = condition.unnest()
    if isinstance(inner, exp.And):
        yield from _parts(inner.left)
        yield from _parts(inner.right)
    else:
        yield inner


def _limit(table: dict[str, Any], part: exp.Expr) -> bool:
    """True when the part is a limit or rule of one column, which then stands in it."""
    if isinstance(part, exp.In):
        return _listed(table, part)
    if isinstance(part, exp.Between):
        low, high = _number(part.args["low"]), _number(part.args["high"])
        column = _column(table, part.this)
        bounds = {"minimum": low, "maximum": high}
        return None not in (low, high) and _bounded(column, bounds)
    if isinstance(part, exp.RegexpLike):
        return _pattern(table, part)
    if isinstance(part, exp.Not) and isinstance(part.this, exp.Is):
        column = _column(table, part.this.this)
        if column is not None and isinstance(part.this.expression, exp.Null):
            column["required"] = True
            return True
        return False
    return isinstance(part, exp.Binary) and _compared(table, part)


def _compared(table: dict[str, Any], part: exp.Binary) -> bool:
    kind: type[exp.Expr] = type(part)
    left, right = part.left, part.right
    if isinstance(left, exp.Literal | exp.Neg) and kind in _TURNED:
        kind, left, right = _TURNED[kind], right, left
    number = _number(right)
    if number is None:
        return False
    if isinstance(left, exp.Length):
        return _length(_column(table, left.this), kind, number)
    return kind in _BOUNDS and _bounded(_column(table, left), {_BOUNDS[kind]: number})


def _length(column: dict[str, Any] | None, kind: type[exp.Expr], number: Any) -> bool:
    limits: dict[str, Any] | None = {
        exp.LTE: {"maxLength": number}, exp.LT: {"maxLength": number - 1},
        exp.GTE: {"minLength": number}, exp.GT: {"minLength": number + 1},
        exp.EQ: {"minLength": number, "maxLength": number},
    }.get(kind)  # type: ignore[arg-type]  # fmt: skip
    if column is None or limits is None or column.get("logicalType") != "string":
        return False
    return _added(column, limits)


def _bounded(column: dict[str, Any] | None, bounds: dict[str, Any]) -> bool:
    if column is None or column.get("logicalType") not in _NUMERIC:
        return False
    return _added(column, bounds)


def _added(column: dict[str, Any], limits: dict[str, Any]) -> bool:
    options = column.setdefault("logicalTypeOptions", {})
    if set(limits) & set(options):
        return False
    options |= limits
    return True


def _listed(table: dict[str, Any], part: exp.In) -> bool:
    column = _column(table, part.this)
    values = [_value(each) for each in part.expressions]
    if column is None or not values or None in values:
        return False
    column.setdefault("quality", []).append(one_of(values))
    return True


def _pattern(table: dict[str, Any], part: exp.RegexpLike) -> bool:
    column = _column(table, part.this)
    pattern = part.expression
    if column is None or column.get("logicalType") != "string" or not pattern.is_string:
        return False
    return _added(column, {"pattern": pattern.name})


def _column(table: dict[str, Any], place: exp.Expr) -> dict[str, Any] | None:
    inner = place.unnest()
    if isinstance(inner, exp.Cast):
        inner = inner.this
    if not isinstance(inner, exp.Column):
        return None
    found: list[dict[str, Any]] = table["properties"]
    return next((c for c in found if c["name"].lower() == inner.name.lower()), None)


def _value(of: exp.Expr) -> str | int | Decimal | None:
    inner = of.this if isinstance(of, exp.Cast) else of
    if isinstance(inner, exp.Literal) and inner.is_string:
        return str(inner.name)
    return _number(inner)


def _number(of: exp.Expr) -> int | Decimal | None:
    sign = -1 if isinstance(of, exp.Neg) else 1
    inner = of.this if isinstance(of, exp.Neg) else of
    if not isinstance(inner, exp.Literal) or inner.is_string:
        return None
    try:
        number = sign * Decimal(inner.name)
    except InvalidOperation:
        return None
    return int(number) if number == number.to_integral_value() else number


def _counted(part: exp.Expr, name: str) -> dict[str, Any]:
    """The rule that no row breaks the condition."""
    condition = part.sql(dialect="duckdb")
    found = {
        "type": "sql",
        "description": f"check {condition}",
        "query": f"select count(*) from {{object}} where not ({condition})",  # noqa: S608 (parsed and written anew)
        "mustBe": 0,
    }
    return ({"id": name} if name else {}) | found
