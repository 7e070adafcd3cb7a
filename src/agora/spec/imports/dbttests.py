"""dbt tests as promises of a contract."""

import re
from typing import Any

from agora.spec.imports.spelling import snake
from agora.spec.imports.sqlrules import promise as checked
from agora.spec.imports.sqltypes import one_of, parsed

_REF = re.compile(r"""ref\(\s*(?:['"][^'"]+['"]\s*,\s*)?['"]([^'"]+)['"]""")
_SEVERITIES = {"warn": "warning", "error": "error"}


def promise(table: dict[str, Any], test: dict[str, Any], dialect: str) -> str:
    """The table's node promises what the test tries; else why it does not."""
    about = test.get("test_metadata")
    if not about:
        return "it is a statement of its own, not a test of columns"
    arguments = dict(about.get("kwargs") or {})
    config = test.get("config") or {}
    if config.get("where") or config.get("enabled") is False:
        return "it holds for a part of the rows only, or is switched off"
    severity = _SEVERITIES.get(str(config.get("severity") or "error").lower(), "error")
    name = str(test.get("column_name") or arguments.get("column_name") or "")
    column = next((c for c in table["properties"] if c["name"].lower() == name.lower()), None)
    kind = f"{about.get('namespace') or ''}.{about.get('name')}".strip(".")
    if column is None and name:
        return f"the manifest describes no column `{name}`"
    if column is None:
        return _of_table(table, kind, arguments, severity, dialect)
    return _of_column(column, kind, arguments, severity)


def unpromised(node: dict[str, Any]) -> str:
    """Why a constraint says nothing that a contract could promise."""
    return f"`{node.get('expression') or node.get('type')}` cannot be counted here"


def _of_column(
    column: dict[str, Any],
    kind: str,
    arguments: dict[str, Any],
    severity: str,
) -> str:
    warned = severity == "warning"
    match kind:
        case "not_null" if not warned:
            column["required"] = True
        case "unique" if not warned:
            column["unique"] = True
        case "not_null":
            _rule(column, {"metric": "nullValues", "mustBe": 0}, severity)
        case "unique":
            _rule(column, {"metric": "duplicateValues", "mustBe": 0}, severity)
        case "accepted_values":
            _rule(column, one_of(list(arguments.get("values") or ())), severity)
        case "relationships":
            target = _REF.search(str(arguments.get("to")))
            if target is None:
                return f"`{arguments.get('to')}` is no model"
            link = {"to": f"{snake(target[1])}.{arguments.get('field')}"}
            column.setdefault("relationships", []).append(link)
        case "dbt_utils.accepted_range" if not warned:
            return _range(column, arguments)
        case "dbt_utils.not_empty_string":
            _rule(
                column,
                {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "."}},
                severity,
            )
        case _:
            return f"`{kind}` is no test a contract has a word for"
    return ""


def _of_table(
    table: dict[str, Any], kind: str, arguments: dict[str, Any], severity: str, dialect: str
) -> str:
    match kind:
        case "dbt_utils.unique_combination_of_columns":
            columns = list(arguments.get("combination_of_columns") or ())
            rule = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": columns}}
            _rule(table, rule, severity)
        case "dbt_utils.expression_is_true" if severity == "error":
            condition = parsed(str(arguments.get("expression")), dialect)
            if condition is None:
                return "its expression cannot be read"
            checked(table, condition)
        case _:
            return f"`{kind}` is no test a contract has a word for"
    return ""


def _rule(node: dict[str, Any], rule: dict[str, Any], severity: str) -> None:
    told = {"severity": severity} if severity != "error" else {}
    node.setdefault("quality", []).append(rule | told)


def _range(column: dict[str, Any], arguments: dict[str, Any]) -> str:
    if column.get("logicalType") not in ("integer", "number"):
        return "only numbers have a range here"
    inclusive = arguments.get("inclusive", True)
    words = ("minimum", "maximum") if inclusive else ("exclusiveMinimum", "exclusiveMaximum")
    values = (arguments.get("min_value"), arguments.get("max_value"))
    if any(isinstance(value, str) for value in values):
        return "its bounds are no numbers"
    limits = {word: value for word, value in zip(words, values, strict=True) if value is not None}
    column.setdefault("logicalTypeOptions", {}).update(limits)
    return ""
