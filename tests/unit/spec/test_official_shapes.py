"""Our schemas against the official ones, key by key and value by value.

The wheels of `datacontract-cli` and `dataproduct-cli` carry the official JSON Schemas. Where they
are at hand (`.ci/run` fetches them; AGORA_WHEELS names their folder) every key of every place is
tried with every kind of value, and both must say the same, but for the differences listed here with
their reason.
"""

import copy
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import jsonschema_rs
import pytest

from agora.spec.shape import versioned
from tests.absence import absent

WHEELS = Path(os.environ.get("AGORA_WHEELS", Path(__file__).parents[3] / ".cache" / "wheels"))
OFFICIAL = {
    ("odcs", "3.0.2"): ("datacontract_cli-*.whl", "datacontract/schemas/odcs-3.0.2.schema.json"),
    ("odcs", "3.1.0"): ("datacontract_cli-*.whl", "datacontract/schemas/odcs-3.1.0.schema.json"),
    ("odcs", "3.2.0"): ("datacontract_cli-*.whl", "datacontract/schemas/odcs-3.2.0.schema.json"),
    ("odps", "1.0.0"): ("dataproduct_cli-*.whl", "dataproduct/schemas/odps-1.0.0.schema.json"),
    ("odps", "1.1.0"): ("dataproduct_cli-*.whl", "dataproduct/schemas/odps-1.1.0.schema.json"),
}
VALUES = (
    "a text", "a.b", 1, 1.5, True, None, [], {}, ["a"], [1, 2], [{"a": 1}], {"a": 1},
    "library", "sql", "string", "integer", "array", "object", "foreignKey", "active", "rows", "rest",
    ["a.b"], [["a"]],
)  # fmt: skip

PROPERTY = {"name": "a", "logicalType": "string"}
CONTRACT = {
    "apiVersion": "", "kind": "DataContract", "id": "x", "version": "1.0.0", "status": "active",
    "description": {"purpose": "p"},
    "servers": [{"server": "here", "type": "custom"}],
    "schema": [{
        "name": "t",
        "properties": [
            {"name": "a", "logicalType": "string", "logicalTypeOptions": {"minLength": 1},
             "quality": [{"type": "library", "metric": "nullValues", "rule": "nullValues", "mustBe": 0}],
             "authoritativeDefinitions": [{"url": "https://x.example", "type": "definition"}],
             "customProperties": [{"property": "p", "value": "v"}]},
            {"name": "b", "logicalType": "integer", "logicalTypeOptions": {"minimum": 1},
             "quality": [{"type": "sql", "query": "SELECT 1", "mustBe": 1}]},
            {"name": "c", "logicalType": "array", "logicalTypeOptions": {"minItems": 1},
             "items": {"logicalType": "string"}},
            {"name": "d", "logicalType": "object", "properties": [{"name": "e", "logicalType": "date"}]},
            {"name": "f", "logicalType": "date", "logicalTypeOptions": {"format": "x"}},
            {"name": "g", "logicalType": "number", "logicalTypeOptions": {"maximum": 5},
             "quality": [{"type": "custom", "engine": "e", "implementation": "i"},
                         {"type": "text", "description": "d"}]},
        ],
        "quality": [{"type": "library", "metric": "rowCount", "rule": "rowCount", "mustBeGreaterThan": 1}],
    }],
    "support": [{"channel": "c", "url": "https://x.example"}],
    "price": {"priceAmount": 1, "priceCurrency": "EUR"},
    "team": [{"username": "u"}],
    "roles": [{"role": "r", "access": "read"}],
    "slaProperties": [{"property": "latency", "value": 4}],
    "customProperties": [{"property": "p", "value": "v"}],
    "authoritativeDefinitions": [{"url": "https://x.example", "type": "definition"}],
}  # fmt: skip
PRODUCT = {
    "apiVersion": "", "kind": "DataProduct", "id": "x", "status": "active",
    "description": {"purpose": "p"},
    "inputPorts": [{"name": "i", "version": "1.0.0", "contractId": "c"}],
    "outputPorts": [{"name": "o", "version": "1.0.0", "contractId": "c",
                     "sbom": [{"type": "external", "url": "https://x.example"}],
                     "inputContracts": [{"id": "c", "version": "1.0.0"}]}],
    "managementPorts": [{"name": "m", "content": "dictionary"}],
    "support": [{"channel": "c", "url": "https://x.example"}],
    "team": {"name": "t", "members": [{"username": "u"}]},
    "customProperties": [{"property": "p", "value": "v"}],
    "authoritativeDefinitions": [{"url": "https://x.example", "type": "definition"}],
}  # fmt: skip


@cache
def official(standard, version):
    pattern, path = OFFICIAL[standard, version]
    wheels = sorted(WHEELS.glob(pattern)) if WHEELS.is_dir() else []
    if not wheels:
        absent(
            "the official schemas are not at hand: `.ci/run` fetches them; AGORA_WHEELS names them"
        )
    with zipfile.ZipFile(wheels[-1]) as wheel:
        return json.loads(wheel.read(path))


def base(standard, version):
    found = copy.deepcopy(CONTRACT if standard == "odcs" else PRODUCT)
    found["apiVersion"] = f"v{version}"
    rules = [rule for table in found.get("schema", ()) for rule in table["quality"]]
    for table in found.get("schema", ()):
        rules += [rule for column in table["properties"] for rule in column.get("quality", ())]
    for rule in rules:
        rule.pop("metric" if version == "3.0.2" else "rule", None)
    if standard == "odcs" and version != "3.0.2":
        found["team"] = {"name": "t", "members": [{"username": "u"}]}
        found["schema"][0]["properties"][0]["relationships"] = [{"to": "t.a"}]
        found["schema"][0]["relationships"] = [{"from": "t.a", "to": "t.b"}]
    return found


def keys_of(schema: object) -> set[str]:
    """Every key any place of a schema knows."""
    found: set[str] = set()
    if isinstance(schema, dict):
        named = schema.get("properties")
        found |= set(named) if isinstance(named, dict) else set()
        for value in schema.values():
            found |= keys_of(value)
    elif isinstance(schema, list):
        for item in schema:
            found |= keys_of(item)
    return found


def places(value: object, path: tuple = ()) -> Iterator[tuple]:
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from places(inner, (*path, place))


@contextmanager
def changed(document: dict, path: tuple, key: str, value: object) -> Iterator[None]:
    """The document with another value at one place, for as long as it is looked at."""
    node = document
    for step in path:
        node = node[step]
    before = dict(node)
    if value is ...:
        del node[key]
    else:
        node[key] = value
    try:
        yield
    finally:
        node.clear()
        node.update(before)


def trials(document: dict, keys: set[str]) -> Iterator[tuple]:
    for path in places(document):
        node = document
        for step in path:
            node = node[step]
        if path and path[-1] in ("arguments", "implementation"):
            continue
        for key in node:
            yield path, key, ...
        for key in sorted(keys):
            for value in VALUES:
                yield path, key, value


def differences(standard, version, document):
    """Where the two say different things: (place, key) to values, ours first."""
    theirs_schema, ours_schema = official(standard, version), versioned(standard, version)
    theirs, ours = (jsonschema_rs.validator_for(s) for s in (theirs_schema, ours_schema))
    said: dict[tuple, list] = {}
    keys = keys_of(theirs_schema) | keys_of(ours_schema)
    for path, key, value in list(trials(document, keys)):
        kind = "gone" if value is ... else "set"
        with changed(document, path, key, value):
            verdicts = (ours.is_valid(document), theirs.is_valid(document))
        said.setdefault((path, key, kind), []).append((value, *verdicts))
    for place, tried in said.items():
        open_there = place[2] == "set" and all(theirs for _, _, theirs in tried)
        stricter = [v for v, ours, theirs in tried if theirs and not ours]
        looser = [v for v, ours, theirs in tried if ours and not theirs]
        if stricter and not open_there:
            yield (*place, "stricter"), stricter
        if looser:
            yield (*place, "looser"), looser


RULE_KEYS = frozenset(
    [
        "mustBe",
        "mustNotBe",
        "mustBeGreaterThan",
        "mustBeGreaterOrEqualTo",
        "mustBeLessThan",
        "mustBeLessOrEqualTo",
        "mustBeBetween",
        "mustNotBeBetween",
        "type",
        "rule",
        "metric",
        "query",
        "arguments",
    ]
)


def excused(version, place, values):
    """Why the two may differ here, or an empty text; keys the standard leaves open are errors here."""
    path, key, kind, how = place
    if how == "stricter" and version == "3.0.2" and values in ([[{"a": 1}]], [{"a": 1}]):
        return "3.0 leaves unknown keys open; here they are errors"
    if how == "stricter" and key == "description" and values == [{"a": 1}]:
        return "unknown keys of a description are errors here"
    if how == "looser" and "quality" in path and key in RULE_KEYS:
        return "which keys a rule needs and how many operators it has is judged as meaning (E144)"
    if how == "looser" and key in ("items", "properties"):
        return "what is neither array nor object may carry them; it is not looked at"
    if how == "looser" and key == "logicalType" and (kind == "gone" or version == "3.0.2"):
        return "options without a logical type are judged as meaning (E140)"
    if how == "looser" and path[:1] == ("servers",):
        return "keys of another server type do no harm"
    return ""


@pytest.mark.parametrize(("standard", "version"), sorted(OFFICIAL))
def test_says_what_the_official_schema_says(standard, version):
    document = base(standard, version)
    theirs = jsonschema_rs.validator_for(official(standard, version))
    ours = jsonschema_rs.validator_for(versioned(standard, version))
    assert theirs.is_valid(document), [e.message for e in theirs.iter_errors(document)]
    assert ours.is_valid(document), [e.message for e in ours.iter_errors(document)]
    found = differences(standard, version, document)
    assert [(p, v) for p, v in found if not excused(version, p, v)] == []
