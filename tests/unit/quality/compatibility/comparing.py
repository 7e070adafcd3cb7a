"""Contracts for tests of compatibility, made from the few parts that matter."""

from agora.model.contract import Contract
from agora.spec.contracts import contract
from agora.spec.promises import kept, read
from agora.spec.texts import Text

WHOLE = [{"name": "a", "logicalType": "integer"}]


def document(parts):
    """A whole ODCS contract around the parts of a case."""
    table = {"name": "t", "physicalName": parts.get("table", "t"), "logicalType": "object"}
    table["properties"] = parts.get("columns", WHOLE)
    table |= {key: parts[key] for key in ("quality", "relationships") if key in parts}
    made = {
        "apiVersion": parts.get("standard", "v3.1.0"),
        "kind": "DataContract",
        "id": "some-contract",
        "version": "1.0.0",
        "status": parts.get("status", "active"),
        "schema": [table],
    }
    made |= {key: parts[key] for key in ("roles", "servers", "price") if key in parts}
    if "levels" in parts:
        made["slaProperties"] = parts["levels"]
    if "terms" in parts:
        made["description"] = {"usage": parts["terms"]}
    return made


def promise(parts) -> Contract:
    """The contract of these parts, read as a release would keep it."""
    text = Text(file="t.odcs.yaml", value=document(parts))
    made = contract(text)
    assert made is not None, text.findings
    assert text.fine, text.findings
    again = read(kept(text, made))
    assert again is not None
    return again
