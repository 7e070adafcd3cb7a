"""ODCS contracts as nouns: what Agora acts on, with every doubt noted."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from agora.model.contract import (
    Column,
    Contract,
    Limits,
    Relationship,
    ServiceLevel,
)
from agora.model.types import Kind, Type, parse_type
from agora.spec.quality import rules
from agora.spec.shape import check_standard
from agora.spec.texts import Path, Text, texts

_LOGICAL = {
    "string": Kind.VARCHAR, "integer": Kind.BIGINT, "number": Kind.DOUBLE, "boolean": Kind.BOOLEAN,
    "date": Kind.DATE, "timestamp": Kind.TIMESTAMP, "time": Kind.TIME, "object": Kind.STRUCT,
    "array": Kind.LIST,
}  # fmt: skip
_NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.REAL, Kind.DOUBLE})
_FITS = {
    "string": frozenset({Kind.VARCHAR, Kind.BLOB}),
    "integer": frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL}),
    "number": _NUMBERS,
    "timestamp": frozenset({Kind.TIMESTAMP, Kind.INSTANT}),
}
_UNKNOWN = Type(kind=Kind.VARCHAR)


def contract(text: Text) -> Contract | None:
    """The contract of one file, or None when its shape or its first table cannot be used."""
    if not check_standard(text, "odcs", "DataContract"):
        return None
    major = str(text.get("version") or "").lstrip("v").split(".")[0]
    if not major.isdigit():
        text.report("E137", ("version",), f"`{text.get('version')}` is no version")
        return None
    if not text.get("schema") or not text.get("schema", 0, "properties"):
        text.report("E133", ("schema",), "the contract describes no table with columns")
        return None
    columns = tuple(_columns(text, ("schema", 0, "properties")))
    _no_schedule_alone(text)
    return Contract(
        id=str(text.get("id")),
        version=str(text.get("version")),
        status=str(text.get("status") or "active"),
        table=_effective(text.get("schema", 0)),
        columns=columns,
        name=str(text.get("name") or ""),
        title=str(text.get("schema", 0, "businessName") or text.get("name") or ""),
        description=str(
            text.get("schema", 0, "description") or text.get("description", "purpose") or ""
        ),
        tags=texts(text.get("tags")),
        rules=tuple(rules(text, columns)),
        relationships=tuple(_relationships(text, columns)),
        service_levels=tuple(_levels(text)),
        terms=str(text.get("description", "usage") or ""),
        limitations=str(text.get("description", "limitations") or ""),
        standard=str(text.get("apiVersion")),
        file=text.file,
        hash=_hash(text.value),
    )


def _effective(node: Any) -> str:
    return str(node.get("physicalName") or node.get("name"))


def _columns(text: Text, path: Path) -> Iterator[Column]:
    seen: dict[str, str] = {}
    for place, node in enumerate(text.get(*path)):
        here = (*path, place)
        name = _effective(node)
        if name.lower() in seen:
            text.report("E123", (*here, "name"), f"the columns `{seen[name.lower()]}` and `{name}` are one in SQL")
        seen[name.lower()] = name
        yield _column(text, here, node, name)


def _column(text: Text, path: Path, node: dict[str, Any], name: str) -> Column:
    key = node.get("primaryKeyPosition", -1) if node.get("primaryKey") else 0
    return Column(
        name=name,
        type=_type(text, path, node),
        id=str(node.get("id") or ""),
        title=str(node.get("businessName") or ""),
        description=str(node.get("description") or ""),
        required=bool(node.get("required")),
        unique=bool(node.get("unique")),
        key_position=key if key > 0 else int(bool(node.get("primaryKey"))),
        tags=texts(node.get("tags")),
        classification=str(node.get("classification") or ""),
        limits=_limits(node),
    )


def _type(text: Text, path: Path, node: dict[str, Any]) -> Type:
    logical, physical = node.get("logicalType"), node.get("physicalType")
    if logical in ("object", "array") and not (physical and _parsed(physical)):
        return _nested(text, path, node, str(logical))
    if physical:
        found = _parsed(str(physical))
        if found is None:
            text.report("E140", (*path, "physicalType"), f"`{physical}` cannot be kept")
            return _UNKNOWN
        if logical and found.kind not in _FITS.get(logical, {_LOGICAL.get(logical, found.kind)}):
            text.report("E141", (*path, "physicalType"), f"`{logical}` is not `{physical}`")
        return found
    if logical is None:
        text.report("E140", path, "it has neither a logical nor a physical type")
        return _UNKNOWN
    if logical not in _LOGICAL:
        text.report("E140", (*path, "logicalType"), f"`{logical}` cannot be kept")
        return _UNKNOWN
    zoned = logical == "timestamp" and node.get("logicalTypeOptions", {}).get("timezone") is True
    return Type(kind=Kind.INSTANT if zoned else _LOGICAL[logical])


def _nested(text: Text, path: Path, node: dict[str, Any], logical: str) -> Type:
    if logical == "array":
        if "items" not in node:
            text.report("E142", path, "it is an array, but does not say of what")
            return _UNKNOWN
        return Type(kind=Kind.LIST, element=_type(text, (*path, "items"), node["items"]))
    if not node.get("properties"):
        text.report("E140", path, "it is an object without properties")
        return _UNKNOWN
    members = tuple(
        (_effective(each), _type(text, (*path, "properties", place), each))
        for place, each in enumerate(node["properties"])
    )
    return Type(kind=Kind.STRUCT, fields=members)


def _parsed(physical: str) -> Type | None:
    try:
        return parse_type(str(physical))
    except ValueError:
        return None


def _limits(node: dict[str, Any]) -> Limits:
    options = node.get("logicalTypeOptions") or {}
    low, high = options.get("exclusiveMinimum"), options.get("exclusiveMaximum")
    minimum, maximum = options.get("minimum"), options.get("maximum")
    enum = node.get("enum") or ()
    return Limits(
        min_length=options.get("minLength"),
        max_length=options.get("maxLength"),
        pattern=str(options.get("pattern") or ""),
        format=str(options.get("format") or ""),
        minimum=None if low is True else minimum,
        maximum=None if high is True else maximum,
        exclusive_minimum=minimum if low is True else (None if low is False else low),
        exclusive_maximum=maximum if high is True else (None if high is False else high),
        min_items=options.get("minItems"),
        max_items=options.get("maxItems"),
        unique_items=bool(options.get("uniqueItems")),
        options=tuple(each["value"] if isinstance(each, dict) else each for each in enum),
    )


def _relationships(text: Text, columns: tuple[Column, ...]) -> Iterator[Relationship]:
    for place, node in enumerate(text.get("schema", 0, "properties")):
        for number, link in enumerate(node.get("relationships") or ()):
            path: Path = ("schema", 0, "properties", place, "relationships", number, "to")
            yield from _link(text, path, [_effective(node)], link["to"], columns)
    for number, link in enumerate(text.get("schema", 0, "relationships") or ()):
        path = ("schema", 0, "relationships", number, "to")
        yield from _link(text, path, [_last(each) for each in _many(link["from"])], link["to"], columns)


def _link(
    text: Text, path: Path, own: list[str], to: Any, columns: tuple[Column, ...]
) -> Iterator[Relationship]:
    targets = _many(to)
    known = {column.name for column in columns}
    parts = [each.rpartition("/" if "/" in each else ".") for each in targets]
    objects = {_object(part[0]) for part in parts}
    if len(own) != len(targets) or len(objects) != 1 or "" in objects or not set(own) <= known:
        text.report("E146", path, f"`{', '.join(targets)}` is no column that can be referred to")
        return
    target = objects.pop()
    file = targets[0].partition("#")[0] if "#" in targets[0] else ""
    yield Relationship(
        columns=tuple(own),
        to=target,
        to_columns=tuple(part[2] for part in parts),
        contract=file.removesuffix(".odcs.yaml").removesuffix(".yaml"),
    )


def _object(text: str) -> str:
    """The table's name in `object`, `schema/object/properties` and `file.yaml#/schema/object/properties`."""
    return text.rpartition("#/")[2].removeprefix("schema/").removesuffix("/properties").strip("/")


def _last(text: str) -> str:
    return text.rpartition("/")[2].rpartition(".")[2]


def _many(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _levels(text: Text) -> Iterator[ServiceLevel]:
    for node in text.get("slaProperties") or ():
        yield ServiceLevel(
            property=str(node["property"]),
            value=str(node["value"]),
            unit=str(node.get("unit") or ""),
            element=str(node.get("element") or ""),
            description=str(node.get("description") or ""),
        )


def _no_schedule_alone(text: Text) -> None:
    """A schedule means nothing without the scheduler that reads it."""
    places: list[Path] = [("slaProperties", n) for n in range(len(text.get("slaProperties") or ()))]
    places += [("schema", 0, "quality", n) for n in range(len(text.get("schema", 0, "quality") or ()))]
    for place, node in enumerate(text.get("schema", 0, "properties")):
        count = len(node.get("quality") or ())
        places += [("schema", 0, "properties", place, "quality", n) for n in range(count)]
    for path in places:
        if text.get(*path, "schedule") and not text.get(*path, "scheduler"):
            text.report("E143", (*path, "schedule"), "it has a schedule, but no scheduler")


def _hash(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()

