"""dbt manifests (v12 and its elders): models as contracts, their tests and constraints as promises."""

import json
from collections.abc import Iterator
from typing import Any

from agora.spec.imports.dbttests import promise, unpromised
from agora.spec.imports.drafts import Draft, Found, Notes
from agora.spec.imports.spelling import snake
from agora.spec.imports.sqlrules import promise as checked
from agora.spec.imports.sqltypes import parsed, promised

OLDEST = 4


def read(file: str, content: bytes, *, dialect: str = "") -> Found:
    """One draft for each model, seed and snapshot of the manifest."""
    notes = Notes(file)
    try:
        manifest = json.loads(content)
        version = str(manifest["metadata"]["dbt_schema_version"])
        nodes = manifest["nodes"]
    except (ValueError, KeyError, TypeError):
        notes.wrong("it is no manifest of dbt", hint="`dbt parse` writes `target/manifest.json`")
        return Found(findings=tuple(notes.findings))
    if _number(version) < OLDEST:
        notes.wrong(f"`{version}` is too old", hint="run `dbt parse` with dbt 1.0 or newer")
    spoken = dialect or str(manifest["metadata"].get("adapter_type") or "")
    tests = [node for node in nodes.values() if node.get("resource_type") == "test"]
    models = {
        key: node
        for key, node in nodes.items()
        if node.get("resource_type") in ("model", "seed", "snapshot")
        and node.get("config", {}).get("materialized") != "ephemeral"
    }
    drafts = tuple(
        _draft(node, [t for t in tests if _of(t, key)], spoken, notes)
        for key, node in models.items()
    )
    if not drafts:
        notes.wrong("it holds no model")
    return Found(drafts=drafts, findings=tuple(notes.findings))


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
    columns = [_column(each, dialect, name, notes) for each in (node.get("columns") or {}).values()]
    table: dict[str, Any] = {"name": snake(name), "physicalName": snake(name)}
    description = str(node.get("description") or "").strip()
    table |= {"description": description} if description else {}
    table |= {"logicalType": "object", "physicalType": "table", "properties": columns}
    for constraint in node.get("constraints") or ():
        _constraint(table, constraint, list(constraint.get("columns") or ()), dialect, notes)
    for column, each in zip(columns, (node.get("columns") or {}).values(), strict=True):
        for constraint in each.get("constraints") or ():
            _constraint(table, constraint, [column["name"]], dialect, notes)
    for test in tests:
        problem = promise(table, test, dialect)
        if problem:
            notes.lost(f"the test `{test.get('name')}` of `{name}` is left out: {problem}")
    if not columns:
        notes.lost(
            f"`{name}` has no columns in the manifest", hint="describe them in its schema.yml"
        )
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


def _column(each: dict[str, Any], dialect: str, table: str, notes: Notes) -> dict[str, Any]:
    name, written = str(each["name"]), each.get("data_type")
    if not written:
        notes.lost(
            f"`{table}.{name}` has no type in the manifest: text is promised",
            hint="set `data_type` in its schema.yml, or change the contract",
        )
    found: dict[str, Any] = {"name": name} | promised(str(written or "VARCHAR"), dialect)
    description = str(each.get("description") or "").strip()
    found |= {"description": description} if description else {}
    tags = [str(tag) for tag in each.get("tags") or ()]
    custom = [*found.get("customProperties", []), *_meta(each)]
    custom += [{"property": "dbt.tags", "value": tags}] if tags else []
    return found | ({"customProperties": custom} if custom else {})


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
