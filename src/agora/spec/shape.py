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
_KEBAB = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
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
        _report_kind(text, kind)
        return False
    return _check(text, kind, "")


def check_standard(text: Text, standard: str, kind: str) -> bool:
    """The text fits the standard in the version it declares itself."""
    if text.value is None:
        return False
    if text.get("kind") != kind:
        _report_kind(text, kind)
        return False
    version = str(text.get("apiVersion") or "")
    known = schema(standard)["properties"]["apiVersion"]["enum"]
    if version not in known:
        words = (
            f"`{version}` is not one of {_listed(known)}" if version else "it has no `apiVersion`"
        )
        text.report("E108", ("apiVersion",), words)
        return False
    return _check(text, standard, version.removeprefix("v"))


def _report_kind(text: Text, kind: str) -> None:
    found = text.get("kind")
    words = "there is none" if found is None else f"it is `{found}`"
    text.report("E107", ("kind",), f"`kind: {kind}` is expected here, but {words}")


def _check(text: Text, name: str, version: str) -> bool:
    """Note every place where the text differs from the schema."""
    of = versioned(name, version) if version else schema(name)
    errors = list(_validator(name, version).iter_errors(_jsonable(text.value)))
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
def _validator(name: str, version: str) -> jsonschema_rs.Draft202012Validator:
    of = versioned(name, version) if version else schema(name)
    return jsonschema_rs.Draft202012Validator(of)


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
    """One finding for each thing a schema says about one place."""
    path: Path = tuple(error.instance_path)
    kind = error.kind
    where = _where(path)
    match kind.name:
        case "additionalProperties":
            for name in kind.unexpected:
                known = _known_keys(of, list(error.schema_path))
                text.report(
                    "E111", (*path, name), f"there is no key `{name}` here", _near(name, known)
                )
        case "falseSchema":
            text.report("E111", path, f"{where} does not belong here")
        case "required":
            text.report("E112", path, f"{where} lacks `{kind.property}`")
        case "enum":
            hint = _near(str(text.get(*path)), [str(each) for each in kind.options])
            text.report("E113", path, f"{where} should be one of {_listed(kind.options)}", hint)
        case "const":
            text.report("E113", path, f"{where} should always be `{_spelled(kind.expected_value)}`")
        case "pattern" if kind.pattern == _KEBAB:
            text.report("E122", path, f"`{text.get(*path)}` cannot be a name")
        case "anyOf" | "oneOfNotValid":
            _report_best(text, error, of)
        case "minProperties" | "maxProperties":
            keys = _listed(_known_keys(of, list(error.schema_path)))
            text.report("E110", path, f"{where} should hold exactly one of {keys}")
        case _:
            text.report("E110", path, f"{where} {_expected(kind, text.get(*path))}")


def _expected(kind: Any, value: Any) -> str:
    match kind.name:
        case "type":
            return "should be " + " or ".join(_TYPES.get(name, name) for name in kind.types)
        case "pattern":
            return f"cannot be `{value}`"
        case "minItems":
            return f"should have at least {kind.limit} {'item' if kind.limit == 1 else 'items'}"
        case "maxItems":
            return f"should have at most {kind.limit} items"
        case "uniqueItems":
            return "holds the same item twice"
        case "minimum" | "exclusiveMinimum":
            return f"should be at least {kind.limit}, not {value}"
        case "maximum":
            return f"should be at most {kind.limit}, not {value}"
        case "maxLength" | "minLength":
            word = "longer" if kind.name == "maxLength" else "shorter"
            return f"should not be {word} than {kind.limit} letters"
    return "is not what is expected here"


def _report_best(text: Text, error: Any, of: dict[str, Any]) -> None:
    """Of several permitted shapes, what is missing to the one that was meant."""
    meant = [branch for branch in error.kind.context if not _of_other_type(branch, error)]
    if not meant:
        types = [name for branch in error.kind.context for each in branch for name in _types(each)]
        spelled = " or ".join(dict.fromkeys(_TYPES.get(name, name) for name in types))
        words = f"should be {spelled}" if spelled else "is not what is expected here"
        text.report(
            "E110", tuple(error.instance_path), f"{_where(tuple(error.instance_path))} {words}"
        )
        return
    deepest = max(meant, key=lambda branch: max(len(list(each.instance_path)) for each in branch))
    for each in deepest:
        _report(text, each, of)


def _of_other_type(branch: Any, error: Any) -> bool:
    top = list(error.instance_path)
    return any(each.kind.name == "type" and list(each.instance_path) == top for each in branch)


def _types(error: Any) -> list[str]:
    return list(error.kind.types) if error.kind.name == "type" else []


def _where(path: Path) -> str:
    """The place in words: `key`, or which item of which list."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        inside = next((f" of `{step}`" for step in reversed(path) if isinstance(step, str)), "")
        return f"item {path[-1] + 1}{inside}"
    return f"`{path[-1]}`"


def _near(name: str, known: list[str]) -> str:
    found = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{found[0]}`?" if found else ""


def _known_keys(of: dict[str, Any], place: list[Any]) -> list[str]:
    node: Any = of
    for step in place[:-1]:
        node = node.get(step, {}) if isinstance(node, dict) else {}
        while isinstance(node, dict) and "$ref" in node:
            node = of["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return list(node.get("properties", {})) if isinstance(node, dict) else []


def _listed(values: Any) -> str:
    return ", ".join(f"`{'null' if value is None else value}`" for value in values)


def _spelled(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
