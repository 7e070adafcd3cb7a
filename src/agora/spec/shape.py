"""Shape: a text against the JSON Schema of its kind, in words a person understands."""

import difflib
import json
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from agora.spec.texts import Path, Text

OWN = ("mesh", "people", "domain", "build", "policy", "guardrail", "purposes", "tags")
_TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "object": "a mapping", "array": "a list", "null": "nothing",
}  # fmt: skip


def check_own(text: Text, kind: str) -> bool:
    """The text is one of our files of this kind; every difference is noted. True when it fits."""
    found = text.get("kind")
    if text.value is None:
        return False
    if found != kind:
        text.report("E107", ("kind",), f"`kind: {kind}` is expected here, not `{found}`")
        return False
    return check(text, schema(kind))


def check_standard(text: Text, standard: str, kind: str) -> bool:
    """The text fits the standard in the version it declares itself."""
    if text.value is None:
        return False
    if text.get("kind") != kind:
        text.report("E107", ("kind",), f"`kind: {kind}` is expected here, not `{text.get('kind')}`")
        return False
    version = str(text.get("apiVersion") or "")
    known = schema(standard)["properties"]["apiVersion"]["enum"]
    if version not in known:
        text.report("E108", ("apiVersion",), f"`{version}` is not one of {_listed(known)}")
        return False
    return check(text, versioned(standard, version.removeprefix("v")))


def check(text: Text, of: dict[str, Any]) -> bool:
    """Note every place where the text differs from the schema."""
    errors = list(_validator(json.dumps(of)).iter_errors(_jsonable(text.value)))
    for error in errors:
        _report(text, error, of)
    return not errors


@cache
def schema(name: str) -> dict[str, Any]:
    """One of the schemas that come with Agora."""
    source = resources.files("agora.spec") / "schemas" / f"{name}.json"
    found: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return found


@cache
def versioned(name: str, version: str) -> dict[str, Any]:
    """The schema as it was in an earlier version: later keys gone, earlier shapes back."""
    found: dict[str, Any] = _at(schema(name), _order(version))
    return found


def _at(node: Any, version: tuple[int, ...]) -> Any:
    if isinstance(node, list):
        return [_at(item, version) for item in node if not _later(item, version)]
    if not isinstance(node, dict):
        return node
    before = node.get("x-before")
    if before and version < _order(before["version"]):
        return _at(before["schema"], version)
    kept = {
        key: _at(value, version)
        for key, value in node.items()
        if not key.startswith("x-") and not _later(value, version)
    }
    if "required" in node and isinstance(node["required"], list):
        kept["required"] = _required(node, version)
    return kept


def _later(value: Any, version: tuple[int, ...]) -> bool:
    return isinstance(value, dict) and version < _order(str(value.get("x-since", "0")))


def _required(node: dict[str, Any], version: tuple[int, ...]) -> list[str]:
    """The keys that had to be there in that version."""
    later = node.get("x-required-since", {})
    earlier = node.get("x-optional-since", {})
    return [
        key
        for key in node["required"]
        if version >= _order(later.get(key, "0")) and version < _order(earlier.get(key, "999"))
    ]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@cache
def _validator(text: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def _jsonable(value: Any) -> Any:
    match value:
        case dict():
            return {key: _jsonable(item) for key, item in value.items()}
        case list():
            return [_jsonable(item) for item in value]
        case Decimal():
            return float(value)
    return value


def _report(text: Text, error: Any, of: dict[str, Any]) -> None:
    path: Path = tuple(error.instance_path)
    kind = error.kind
    where = f"`{path[-1]}`" if path else "the file"
    match kind.name:
        case "additionalProperties":
            for name in kind.unexpected:
                near = difflib.get_close_matches(name, _known_keys(of, list(error.schema_path)), n=1)
                hint = f"did you mean `{near[0]}`?" if near else ""
                text.report("E111", (*path, name), f"there is no key `{name}` here", hint)
        case "required":
            text.report("E112", path, f"{where} lacks `{kind.property}`")
        case "enum":
            text.report("E113", path, f"{where} is one of {_listed(kind.options)}")
        case "const":
            text.report("E113", path, f"{where} is always `{kind.expected_value}`")
        case "type":
            names = " or ".join(_TYPES.get(name, name) for name in kind.types)
            text.report("E110", path, f"{where} is {names}")
        case "pattern":
            text.report("E110", path, f"{where} cannot be `{text.get(*path)}`")
        case _:
            text.report("E110", path, f"{where}: {_plain(error.message)}")


def _known_keys(of: dict[str, Any], place: list[Any]) -> list[str]:
    node: Any = of
    for step in place[:-1]:
        node = node.get(step, {}) if isinstance(node, dict) else {}
        while isinstance(node, dict) and "$ref" in node:
            node = of["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return list(node.get("properties", {})) if isinstance(node, dict) else []


def _listed(values: Any) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _plain(message: str) -> str:
    return message if len(message) < 200 else message[:200] + " …"  # noqa: PLR2004 (one line)
