"""Shape: each version of a standard has its own, and differences are said so that one can act."""

import json
from importlib import resources

import jsonschema_rs
import pytest

from agora.spec.shape import OWN, check_own, check_standard, schema, versioned
from agora.spec.texts import read

VERSIONS = [
    ("odcs", v.removeprefix("v")) for v in schema("odcs")["properties"]["apiVersion"]["enum"]
]
VERSIONS += [
    ("odps", v.removeprefix("v")) for v in schema("odps")["properties"]["apiVersion"]["enum"]
]


@pytest.mark.parametrize("name", OWN)
def test_our_own_schemas_are_schemas(name):
    found = schema(name)
    jsonschema_rs.meta.validate(found)
    assert found["additionalProperties"] is False
    assert found["properties"]["kind"]["const"] == name
    assert found["properties"]["agora"]["const"] == 1
    assert {"agora", "kind"} <= set(found["required"])
    assert found["title"]
    assert found["description"]


def test_every_schema_that_ships_is_used():
    shipped = {
        file.name.removesuffix(".json")
        for file in (resources.files("agora.spec") / "schemas").iterdir()
    }
    assert shipped == {*OWN, "odcs", "odps"}


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_every_version_is_a_schema_without_our_marks(name, version):
    found = versioned(name, version)
    jsonschema_rs.meta.validate(found)
    assert '"x-' not in json.dumps(found)
    for each in objects(found):
        assert (
            set(each.get("required", ())) <= set(each["properties"])
            or "additionalProperties" not in each
        )


def objects(node):
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            yield node
        for value in node.values():
            yield from objects(value)
    if isinstance(node, list):
        for item in node:
            yield from objects(item)


def told(text, kind="domain"):
    found = read("x.yaml", text.encode(), {})
    own = kind in OWN
    fits = check_own(found, kind) if own else check_standard(found, kind, "DataContract")
    assert fits == (not found.findings)
    return [f"{f.line}:{f.column} {f.code} {f.sentence} | {f.hint}" for f in found.findings]


def test_a_text_that_fits_has_no_findings():
    assert told("agora: 1\nkind: domain\nid: sales\nteam: sales\nowners: [ana]\n") == []


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("agora: 1\nkind: domain\nid: a\nteam: a\nowners: a\n", "domain", ["5:1 E110 `owners` should be a list"]),
        ("agora: 1\nkind: domain\nid: a\nteam: a\nowners: [1]\n", "domain", ["5:10 E110 item 1 of `owners` should be text"]),
        ("agora: 1\nkind: domain\nid: a\nteam: a\nownrs: [a]\n", "domain", ["E112 the file lacks `owners`", "5:1 E111 there is no key `ownrs` here | did you mean `owners`?"]),
        ("agora: 1\nkind: mesh\nname: a\nlimits: {threads: 0}\n", "mesh", ["4:10 E110 `threads` should be at least 1, not 0"]),
        ("agora: 1\nkind: mesh\nname: a\nlimits: {threads: 999}\n", "mesh", ["`threads` should be at most 256, not 999"]),
        ("agora: 1\nkind: guardrail\nid: a\neffect: {}\n", "guardrail", ["4:1 E110 `effect` should hold exactly one of `deny`, `rows`, `mask`, `expires`"]),
        ("agora: 1\nkind: guardrail\nid: a\neffect: {mask: 5}\n", "guardrail", ["4:10 E113 `mask` should be one of `null-value`, `hidden`"]),
        ("agora: 1\nkind: guardrail\nid: a\neffect: {mask: {constant: [1]}}\n", "guardrail", ["`constant` should be true or false or a number or text"]),
        ("agora: 1\nkind: guardrail\nid: a\neffect: {deny: false}\n", "guardrail", ["E113 `deny` should always be `true`"]),
        ("agora: 1\nkind: guardrail\nid: " + "a" * 64 + "\neffect: {deny: true}\n", "guardrail", ["`id` should not be longer than 63 letters"]),
        ("agora: 2\nkind: domain\nid: a\nteam: a\nowners: []\n", "domain", ["1:1 E113 `agora` should always be `1`"]),
        ("agora: true\nkind: domain\nid: a\nteam: a\nowners: []\n", "domain", ["`agora` should always be `1`"]),
        ("[1]", "domain", ["E107 `kind: domain` is expected here, but there is none"]),
        ("apiVersion: v9\nkind: DataContract\n", "odcs", ["1:1 E108 `v9` is not one of"]),
        ("apiVersion: [v3.1.0]\nkind: DataContract\n", "odcs", ["E108"]),
        ("kind: DataContract\n", "odcs", ["E108 it has no `apiVersion`"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(text, kind, expected):
    found = told(text, kind)
    assert len(found) == len(expected), found
    for words in expected:
        assert any(words in each for each in found), found


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("3.0.2", "3.1.0", {"schema": [{"name": "t", "relationships": []}]}),
        ("3.1.0", "3.2.0", {"schema": [{"name": "t", "synonyms": []}]}),
        ("3.1.0", "3.2.0", {"context": "x"}),
        ("3.0.2", "3.1.0", {"team": {"name": "t"}}),
        (
            "3.0.2",
            "3.1.0",
            {"schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "timestamp"}]}]},
        ),
        (
            "3.0.2",
            "3.1.0",
            {"servers": [{"server": "s", "type": "hive", "host": "h", "database": "d"}]},
        ),
    ],
)
def test_a_key_exists_from_its_version_on(before, after, key):
    document = {"kind": "DataContract", "id": "x", "version": "1.0.0", "status": "active", **key}
    for version, fits in ((before, False), (after, True)):
        whole = {"apiVersion": f"v{version}", **document}
        assert jsonschema_rs.is_valid(versioned("odcs", version), whole) is fits
