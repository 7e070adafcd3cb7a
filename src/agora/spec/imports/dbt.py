"""dbt manifests (v12 and its elders): models as contracts, their tests and constraints as promises."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from agora.spec.imports.dbttests import promise, unpromised
from agora.spec.imports.drafts import Draft, Found, Notes
from agora.spec.imports.spelling import snake
from agora.spec.imports.sqlrules import promise as checked
from agora.spec.imports.sqltypes import parsed, promised

OLDEST = 4
_HINT = "`dbt docs generate` writes `target/catalog.json`: name it with a `--from` of its own"
_SPOKEN = {"fabric": "tsql", "sqlserver": "tsql", "synapse": "tsql", "athena": "trino"}


def read(file: str, content: bytes, *, dialect: str = "", catalogs: Sequence[bytes] = ()) -> Found:
    """One draft for each model, seed and snapshot that has columns; catalogues bring their types."""
    notes = Notes(file)
    try:
        manifest = json.loads(content)
        version = str(manifest["metadata"]["dbt_schema_version"])
        nodes = {key: _typed(key, node, catalogs) for key, node in manifest["nodes"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        notes.wrong("it is no manifest of dbt", hint="`dbt parse` writes `target/manifest.json`")
        return Found(findings=tuple(notes.findings))
    if _number(version) < OLDEST:
        notes.wrong(f"`{version}` is too old", hint="run `dbt parse` with dbt 1.0 or newer")
    spoken = dialect or str(manifest["metadata"].get("adapter_type") or "")
    tests = [node for node in nodes.values() if node.get("resource_type") == "test"]
    drafts = tuple(
        _draft(node, [t for t in tests if _of(t, key)], _SPOKEN.get(spoken, spoken), notes)
        for key, node in nodes.items()
        if _is_table(node) and _has_columns(node, notes)
    )
    if not drafts:
        notes.wrong("it holds no model whose columns are described", hint=_HINT)
    return Found(drafts=drafts, findings=tuple(notes.findings))


def _typed(key: str, node: dict[str, Any], catalogs: Sequence[bytes]) -> dict[str, Any]:
    """The node with the columns and types the catalogues found in the warehouse."""
    columns = {name.lower(): each for name, each in (node.get("columns") or {}).items()}
    for catalog in catalogs:
        found = json.loads(catalog).get("nodes", {}).get(key, {}).get("columns", {})
        for name, each in sorted(found.items(), key=lambda pair: pair[1].get("index") or 0):
            said = columns.setdefault(name.lower(), {"name": name})
            said.setdefault("description", each.get("comment"))
            said["data_type"] = said.get("data_type") or each.get("type")
    return node | ({"columns": columns} if columns else {})


def _is_table(node: dict[str, Any]) -> bool:
    kinds = ("model", "seed", "snapshot")
    ephemeral = (node.get("config") or {}).get("materialized") == "ephemeral"
    return node.get("resource_type") in kinds and not ephemeral


def _has_columns(node: dict[str, Any], notes: Notes) -> bool:
    """False for a model nobody has described, which cannot be promised and is left out."""
    if not node.get("columns"):
        notes.lost(
            f"`{node.get('name')}` is left out: it has no columns in the manifest", hint=_HINT
        )
        return False
    return True


def _number(version: str) -> int:
    word = version.rpartition("/v")[2].removesuffix(".json")
    return int(word) if word.isdigit() else 0


def _of(test: dict[str, Any], model: str) -> bool:
    """True for a test of this model; elder manifests only say what a test depends on."""
    if test.get("attached_node"):
        return bool(test["attached_node"] == model)
    depends = test.get("depends_on", {}).get("nodes") or [""]
    return bool(depends[-1 if _kind(test) == "relationships" else 0] == model)


def _kind(test: dict[str, Any]) -> str:
    return str((test.get("test_metadata") or {}).get("name") or "")


def _draft(node: dict[str, Any], tests: list[dict[str, Any]], dialect: str, notes: Notes) -> Draft:
    name = str(node["name"])
    columns = [_column(each, dialect) for each in node["columns"].values()]
    _untyped(node, notes)
    table: dict[str, Any] = {"name": snake(name), "physicalName": snake(name)}
    description = str(node.get("description") or "").strip()
    table |= {"description": description} if description else {}
    table |= {"logicalType": "object", "physicalType": "table", "properties": columns}
    for constraint in node.get("constraints") or ():
        _constraint(table, constraint, list(constraint.get("columns") or ()), dialect, notes)
    for column, each in zip(columns, node["columns"].values(), strict=True):
        for constraint in each.get("constraints") or ():
            _constraint(table, constraint, [column["name"]], dialect, notes)
    for test in tests:
        problem = promise(table, test, dialect)
        if problem:
            notes.lost(f"the test `{test.get('name')}` of `{name}` is left out: {problem}")
    custom = [{"property": "dbt.uniqueId", "value": node.get("unique_id")}, *_meta(node)]
    return Draft(
        table=name,
        description=description,
        node={"schema": [table], "customProperties": custom} | _tags(node),
    )


def _tags(node: dict[str, Any]) -> dict[str, Any]:
    tags = [str(tag) for tag in node.get("tags") or ()]
    return {"tags": tags} if tags else {}


def _meta(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    meta = node.get("meta") or node.get("config", {}).get("meta") or {}
    for key, value in meta.items():
        yield {"property": f"dbt.meta.{key}", "value": value}


def _column(each: dict[str, Any], dialect: str) -> dict[str, Any]:
    name, written = str(each["name"]), each.get("data_type")
    found: dict[str, Any] = {"name": name} | promised(str(written or "VARCHAR"), dialect)
    description = str(each.get("description") or "").strip()
    found |= {"description": description} if description else {}
    tags = [str(tag) for tag in each.get("tags") or ()]
    custom = [*found.get("customProperties", []), *_meta(each)]
    custom += [{"property": "dbt.tags", "value": tags}] if tags else []
    return found | ({"customProperties": custom} if custom else {})


def _untyped(node: dict[str, Any], notes: Notes) -> None:
    """Columns without a type are promised as text, which is said once for each model."""
    names = [str(each["name"]) for each in node["columns"].values() if not each.get("data_type")]
    if names:
        shown = ", ".join(f"`{name}`" for name in names[:5]) + (" …" if len(names) > 5 else "")  # noqa: PLR2004
        words = f"text is promised for columns of `{node['name']}` without a type: {shown}"
        notes.lost(words, hint=_HINT)


def _constraint(
    table: dict[str, Any], node: dict[str, Any], columns: list[str], dialect: str, notes: Notes
) -> None:
    """A constraint of an enforced model contract."""
    own = [c for c in table["properties"] if c["name"] in columns]
    match node.get("type"):
        case "not_null":
            for column in own:
                column["required"] = True
        case "primary_key":
            for place, column in enumerate(own, start=1):
                column |= {"required": True, "primaryKey": True, "primaryKeyPosition": place}
        case "unique" if len(own) == 1:
            own[0]["unique"] = True
        case "unique":
            rule = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": columns}}
            table.setdefault("quality", []).append(rule)
        case "check" if (
            condition := parsed(str(node.get("expression") or ""), dialect)
        ) is not None:
            checked(table, condition, str(node.get("name") or ""))
        case other:
            notes.lost(
                f"the constraint `{other}` of `{table['name']}` is left out: {unpromised(node)}"
            )
