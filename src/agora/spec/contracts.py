"""ODCS contracts as nouns: what Agora acts on, with every doubt noted."""

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from agora.model.contract import (
    Column,
    Contract,
    Limits,
)
from agora.model.findings import Weight
from agora.model.types import Kind, Type, parse_type
from agora.spec import labels, offers
from agora.spec.quality import readable, rules
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
_DATES_OF_3_0 = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT})
_VERSION = re.compile(r"v?[0-9]{1,5}(\.[0-9]+)*([-+.][0-9A-Za-z.-]+)?\Z")
_UNKEEPABLE = frozenset({"u64", "u128", "i128"})
_UNKNOWN = Type(kind=Kind.VARCHAR)


def contract(text: Text) -> Contract | None:
    """The contract of one file, or None when its shape or its first table cannot be used."""
    if not check_standard(text, "odcs", "DataContract"):
        return None
    if not _VERSION.match(str(text.get("version"))):
        text.report("E137", ("version",), f"`{text.get('version')}` is no version")
        return None
    if not text.get("schema", 0, "properties") or text.get("schema", 0, "logicalType") == "blob":
        text.report("E133", ("schema",), "the contract describes no table with columns")
        return None
    columns = tuple(_columns(text, ("schema", 0, "properties")))
    _no_schedule_alone(text)
    _nothing_lost(text)
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
        service_levels=tuple(offers.levels(text)),
        roles=offers.roles(text),
        servers=offers.servers(text),
        price=offers.price(text),
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
            text.report(
                "E123",
                (*here, "name"),
                f"the columns `{seen[name.lower()]}` and `{name}` are one in SQL",
            )
        if not name.strip():
            text.report("E122", (*here, "name"), "a column needs a name")
        seen[name.lower()] = name
        yield _column(text, here, node, name)


def _column(text: Text, path: Path, node: dict[str, Any], name: str) -> Column:
    _limits_hold(text, (*path, "logicalTypeOptions"), node.get("logicalTypeOptions") or {})
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
        unit=labels.stated(node, "unit"),
        zone=labels.zone(node),
        period=labels.stated(node, "period"),
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
        if logical and found.kind not in _fitting(text, str(logical), found.kind):
            text.report("E141", (*path, "physicalType"), f"`{logical}` is not `{physical}`")
        return found
    if logical is None:
        text.report("E140", path, "it has neither a logical nor a physical type")
        return _UNKNOWN
    if logical not in _LOGICAL:
        text.report("E140", (*path, "logicalType"), f"`{logical}` cannot be kept")
        return _UNKNOWN
    if node.get("logicalTypeOptions", {}).get("format") in _UNKEEPABLE and logical == "integer":
        word = node["logicalTypeOptions"]["format"]
        text.report("E140", (*path, "logicalTypeOptions", "format"), f"`{word}` cannot be kept")
        return _UNKNOWN
    zoned = logical == "timestamp" and node.get("logicalTypeOptions", {}).get("timezone") is True
    return Type(kind=Kind.INSTANT if zoned else _LOGICAL[logical])


def _fitting(text: Text, logical: str, found: Kind) -> frozenset[Kind]:
    """The kinds of a logical type; before ODCS 3.1 `date` stood for every moment."""
    if logical == "date" and str(text.get("apiVersion")).startswith("v3.0"):
        return _DATES_OF_3_0
    return _FITS.get(logical, frozenset({_LOGICAL.get(logical, found)}))


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


def _limits_hold(text: Text, path: Path, options: dict[str, Any]) -> None:
    """A pattern can be read, and every lower bound leaves room below its upper one."""
    if "pattern" in options and not readable(options["pattern"]):
        text.report("E157", (*path, "pattern"), f"`{options['pattern']}` cannot be read")
    pairs = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
    for low, high in pairs:
        lower, upper = options.get(low), options.get(high)
        if _above(lower, upper):
            text.report("E158", (*path, low), f"`{low}` {lower} is above `{high}` {upper}")


def _above(lower: Any, upper: Any) -> bool:
    if isinstance(lower, str) and isinstance(upper, str):
        return lower > upper
    numbers = isinstance(lower, int | Decimal) and isinstance(upper, int | Decimal)
    return numbers and lower > upper


def _nothing_lost(text: Text) -> None:
    """What nobody counts is said: further tables, and rules inside nested columns."""
    for place, node in enumerate(text.get("schema")[1:], start=1):
        words = (
            f"the port's table is `{text.get('schema', 0, 'name')}`; `{node['name']}` is left aside"
        )
        text.report(
            "E149",
            ("schema", place),
            words,
            "give it a port and a contract of its own",
            weight=Weight.WARNING,
        )
    for place, node in enumerate(text.get("schema", 0, "properties")):
        for path, inner in _inner(("schema", 0, "properties", place), node):
            if inner.get("quality"):
                words = "rules inside nested columns are not counted"
                text.report(
                    "E149",
                    (*path, "quality"),
                    words,
                    "write it as an `sql` rule",
                    weight=Weight.WARNING,
                )


def _inner(path: Path, node: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    nested = [
        ((*path, "properties", n), each) for n, each in enumerate(node.get("properties") or ())
    ]
    nested += [((*path, "items"), node["items"])] if "items" in node else []
    for here, each in nested:
        yield here, each
        yield from _inner(here, each)


def _no_schedule_alone(text: Text) -> None:
    """A schedule means nothing without the scheduler that reads it."""
    places: list[Path] = [("slaProperties", n) for n in range(len(text.get("slaProperties") or ()))]
    places += [
        ("schema", 0, "quality", n) for n in range(len(text.get("schema", 0, "quality") or ()))
    ]
    for place, node in enumerate(text.get("schema", 0, "properties")):
        count = len(node.get("quality") or ())
        places += [("schema", 0, "properties", place, "quality", n) for n in range(count)]
    for path in places:
        if text.get(*path, "schedule") and not text.get(*path, "scheduler"):
            text.report("E143", (*path, "schedule"), "it has a schedule, but no scheduler")


def _hash(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
