"""The files the documents show are files that can be: each block of YAML fits a schema of ours."""

import json

import jsonschema_rs
import pytest
import yaml

from tests.docs.walking import DOCUMENTS, ROOT, blocks

SCHEMAS = {
    file.stem: {**json.loads(file.read_text(encoding="utf-8")), "required": []}
    for file in sorted((ROOT / "src/agora/spec/schemas").glob("*.json"))
}
"""What a block shows is often a part of a file, so no key must be there."""
CHECKS = {kind: jsonschema_rs.validator_for(schema) for kind, schema in SCHEMAS.items()}
SHOWN = [
    pytest.param(block.text, id=f"{document}: {block.text.splitlines()[0]}")
    for document in DOCUMENTS
    for block in blocks(document)
    if block.language == "yaml"
]


def fits(text):
    """The kinds of file that this may be a part of."""
    shown = yaml.safe_load(text)
    if isinstance(shown, list):  # columns of a contract
        shown = {"schema": [{"name": "shown", "properties": shown}]}
    return [] if not shown else [kind for kind, check in CHECKS.items() if check.is_valid(shown)]


@pytest.mark.parametrize("text", SHOWN)
def test_a_file_that_is_shown_can_be(text):
    only_words = all(line.startswith("#") for line in text.splitlines())
    assert only_words or fits(text)


def test_a_file_that_cannot_be_is_found():
    assert fits("outputs:\n  - {port: visits, from: clean}\n") == ["build"]
    assert fits("outputs:\n  - {port: visits, form: clean}\n") == []
    assert fits("- {name: week, logicalType: whole}\n") == []
