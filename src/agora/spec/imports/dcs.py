"""Data Contract Specification 1.x: each model as an ODCS contract.

What ODCS has no word for is kept as a custom property, so that nothing a file says is lost.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from agora.spec.imports.drafts import Draft, Found, Notes
from agora.spec.imports.spelling import snake
from agora.spec.imports.sqltypes import one_of, promised
from agora.spec.texts import Text
from agora.spec.texts import read as values

_LIMITS = {
    "minLength": "minLength", "maxLength": "maxLength", "pattern": "pattern", "format": "format",
    "minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "exclusiveMinimum",
    "exclusiveMaximum": "exclusiveMaximum",
}  # fmt: skip
_TYPES = {
    "string": "VARCHAR", "text": "VARCHAR", "varchar": "VARCHAR", "integer": "INTEGER", "int": "INTEGER",
    "long": "BIGINT", "bigint": "BIGINT", "float": "FLOAT", "double": "DOUBLE", "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ", "timestamp_tz": "TIMESTAMPTZ", "timestamp_ntz": "TIMESTAMP",
    "date": "DATE", "time": "TIME", "bytes": "BLOB",
}  # fmt: skip
_FLAGS = ("required", "unique", "classification", "description", "tags", "examples", "quality")
_READ = frozenset(
    {"type", "title", "primary", "primaryKey", "references", "enum", "pii", "precision", "scale",
     "items", "fields", *_FLAGS, *_LIMITS}
)  # fmt: skip
_MODEL = frozenset(
    {"description", "type", "title", "fields", "primaryKey", "quality", "tags", "examples"}
)
_ROOT = frozenset(
    {"dataContractSpecification", "id", "info", "terms", "models", "servicelevels", "tags"}
)
_LEVELS = {
    "availability": ("percentage", "availability"), "retention": ("period", "retention"),
    "latency": ("threshold", "latency"), "freshness": ("threshold", "latency"),
    "frequency": ("interval", "frequency"),
}  # fmt: skip
_UNITS = {"D": "d", "H": "h", "M": "min", "S": "s", "Y": "y", "W": "w"}


def read(file: str, content: bytes, *, dialect: str = "") -> Found:  # noqa: ARG001 (one form of reader for every format)
    """One draft for each model."""
    text, notes = values(file, content, None), Notes(file)
    if not text.fine or text.value is None:
        return Found(findings=tuple(text.findings))
    version = str(text.get("dataContractSpecification"))
    if not version.startswith(("1.", "0.9")):
        notes.wrong(f"`{version}` is not a version that is read here", hint="1.x is")
    models = text.get("models")
    if not isinstance(models, dict) or not models:
        notes.wrong("it describes no model")
        models = {}
    drafts = tuple(_draft(text, name, node or {}, notes) for name, node in models.items())
    return Found(drafts=drafts, findings=tuple(notes.findings))


def _draft(text: Text, name: str, model: dict[str, Any], notes: Notes) -> Draft:
    info = text.get("info") or {}
    version = str(info.get("version") or "1.0.0")
    if model.get("examples"):
        words = f"the example rows of `{name}` are left out: rows are read under a decision"
        line, column = text.place(("models", name, "examples"))
        notes.lost(words, line=line, column=column)
    for field, node in (model.get("fields") or {}).items():
        if (node or {}).get("pii") and node.get("examples"):
            notes.lost(f"the examples of `{field}` are left out: it is personal")
    number = version.removeprefix("v").split(".")[0].isdigit()
    if not number:
        notes.lost(f"`{version}` is no version: 1.0.0 stands in its place")
    return Draft(
        table=name,
        version=version if number else "1.0.0",
        title=str(model.get("title") or info.get("title") or ""),
        description=str(model.get("description") or info.get("description") or "").strip(),
        node=dict(_contract(text, name, model)),
    )


def _contract(text: Text, name: str, model: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    info, terms = text.get("info") or {}, text.get("terms") or {}
    told = {
        "purpose": info.get("description"),
        "usage": terms.get("usage"),
        "limitations": terms.get("limitations"),
    }
    described = {key: str(value).strip() for key, value in told.items() if value}
    if described:
        yield "description", described
    if text.get("tags"):
        yield "tags", list(text.get("tags"))
    yield "schema", [_table(text, name, model)]
    levels = [
        level
        for key, node in (text.get("servicelevels") or {}).items()
        if (level := _level(key, node))
    ]
    if levels:
        yield "slaProperties", levels
    rest = {
        f"dcs.info.{k}": v for k, v in info.items() if k not in ("title", "version", "description")
    }
    rest |= {f"dcs.terms.{k}": v for k, v in terms.items() if k not in ("usage", "limitations")}
    rest |= {f"dcs.{k}": v for k, v in text.value.items() if k not in _ROOT}
    rest |= {
        f"dcs.servicelevels.{k}": v
        for k, v in (text.get("servicelevels") or {}).items()
        if not _level(k, v)
    }
    yield "customProperties", [{"property": "dcs.id", "value": text.get("id")}, *_custom(rest)]


def _custom(rest: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": key, "value": value} for key, value in rest.items() if value is not None]


def _table(text: Text, name: str, model: dict[str, Any]) -> dict[str, Any]:
    keys = [str(key) for key in model.get("primaryKey") or ()]
    fields = model.get("fields") or {}
    columns = [_field(text, each, node or {}) for each, node in fields.items()]
    for column in columns:
        for rule in column.get("quality", ()):
            rule.update(_rule(rule, name))
        if column["name"] in keys:
            place = keys.index(column["name"]) + 1
            column |= {"required": True, "primaryKey": True, "primaryKeyPosition": place}
    found: dict[str, Any] = {"name": snake(name), "physicalName": snake(name)}
    found |= {"businessName": model["title"]} if model.get("title") else {}
    found |= {"description": str(model["description"]).strip()} if model.get("description") else {}
    found |= {"logicalType": "object", "physicalType": "table", "properties": columns}
    rules = [_rule(rule, name) for rule in model.get("quality") or ()]
    found |= {"quality": rules} if rules else {}
    found |= {"tags": list(model["tags"])} if model.get("tags") else {}
    rest = _custom({f"dcs.{k}": v for k, v in model.items() if k not in _MODEL})
    return found | ({"customProperties": rest} if rest else {})


def _field(text: Text, name: str, node: dict[str, Any]) -> dict[str, Any]:
    node = _defined(text, node)
    found: dict[str, Any] = {"name": name} | _type(text, node)
    found |= {"businessName": node["title"]} if node.get("title") else {}
    found |= {key: node[key] for key in _FLAGS if node.get(key) not in (None, "", [], False)}
    if "description" in found:
        found["description"] = str(found["description"]).strip()
    if node.get("primaryKey") or node.get("primary"):
        found |= {"required": True, "primaryKey": True, "primaryKeyPosition": 1}
    limits = {theirs: node[ours] for ours, theirs in _LIMITS.items() if node.get(ours) is not None}
    if limits and found.get("logicalType") not in ("object", "array", "boolean"):
        found["logicalTypeOptions"] = found.get("logicalTypeOptions", {}) | limits
    rules = [_rule(rule, "") for rule in node.get("quality") or ()]
    rules += [one_of(list(node["enum"]))] if node.get("enum") else []
    found |= {"quality": rules} if rules else {}
    if node.get("references"):
        table, _, column = str(node["references"]).rpartition(".")
        found["relationships"] = [{"to": f"{snake(table)}.{column}"}]
    if node.get("pii"):
        found.pop("examples", None)
        found["tags"] = [*found.get("tags", []), "personal"]
    return _with_rest(found, node)


def _with_rest(found: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Everything ODCS has no word for, under the word it had."""
    rest = _custom({f"dcs.{k}": v for k, v in node.items() if k not in _READ})
    listed = [*found.get("customProperties", []), *rest]
    return found | ({"customProperties": listed} if listed else {})


def _defined(text: Text, node: dict[str, Any]) -> dict[str, Any]:
    """The field with what its definition says, its own words before."""
    name = str(node.get("$ref") or "").removeprefix("#/definitions/")
    found = text.get("definitions", name)
    if not isinstance(found, dict):
        return node
    meant = {k: v for k, v in found.items() if k not in ("domain", "name", "fields")}
    return meant | {k: v for k, v in node.items() if k != "$ref"}


def _type(text: Text, node: dict[str, Any]) -> dict[str, Any]:
    word = str(node.get("type") or "").lower()
    if word in ("array", "list"):
        items = _field(text, "items", node.get("items") or {})
        items.pop("name")
        return {"logicalType": "array", "items": items}
    if word in ("object", "record", "struct"):
        fields = node.get("fields") or {}
        inner = [_field(text, name, each or {}) for name, each in fields.items()]
        return {"logicalType": "object", "properties": inner}
    if word in ("decimal", "numeric", "number"):
        precision = node.get("precision")
        size = f"({precision},{node.get('scale') or 0})" if precision else ""
        return promised(f"DECIMAL{size}", "")
    return promised(_TYPES.get(word, str(node.get("type") or "unknown")), "")


def _rule(rule: dict[str, Any], model: str) -> dict[str, Any]:
    """A quality rule, which is written as in ODCS but for its placeholders and the model's own name."""
    found = dict(rule)
    if "query" in found:
        query = re.sub(r"\{(model|table)\}", "{object}", str(found["query"]))
        query = re.sub(r"\{(field|column)\}", "{property}", query)
        own = rf"\b(from|join)\s+{re.escape(model)}\b" if model else "(?!)"
        found["query"] = re.sub(own, r"\1 {object}", query, flags=re.IGNORECASE)
    return found


def _level(key: str, node: dict[str, Any]) -> dict[str, Any] | None:
    """A service level as ODCS writes it; None when it has no word for it."""
    if key not in _LEVELS or not isinstance(node, dict):
        return None
    field, word = _LEVELS[key]
    value = node.get(field)
    if value is None:
        return None
    found: dict[str, Any] = {"property": word} | _amount(str(value))
    if node.get("timestampField") or node.get("sourceTimestampField"):
        found["element"] = str(node.get("timestampField") or node["sourceTimestampField"])
    return found | ({"description": node["description"]} if node.get("description") else {})


def _amount(value: str) -> dict[str, Any]:
    """`P1Y`, `PT25H`, `25h` and `99.9%` as a value and its unit."""
    word = value.removeprefix("P").removeprefix("T") if value.startswith("P") else value
    number, unit = word[:-1], word[-1:]
    if number.replace(".", "", 1).isdigit() and unit == "%":
        return {"value": Decimal(number), "unit": "percent"}
    if number.isdigit() and unit.upper() in _UNITS:
        calendar = value.startswith("P") and not value.startswith("PT") and unit.upper() == "M"
        return {"value": int(number), "unit": "months" if calendar else _UNITS[unit.upper()]}
    return {"value": value}
