"""Each endpoint says in words what it does, and by example what it takes and answers."""

import json

import jsonschema_rs
import pytest

from agora.serve.rest.app import rest
from agora.serve.rest.examples import PLAIN, examples

SPEC = rest(None).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in SPEC["paths"].items()
    for method, operation in methods.items()
}
BINARY = "application/octet-stream"


def contents(operation):
    """The bodies an endpoint takes, and those it answers with when it goes well."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    well = [answer for code, answer in operation["responses"].items() if code < "300"]
    told = [answer.get("content", {}) for answer in well]
    assert told, "no answer is described"
    shown = [content for content in told if any("example" in each for each in content.values())]
    for content in shown or told:
        yield from content.items()


def fits(content):
    schema = {**content["schema"], "components": SPEC["components"]}
    jsonschema_rs.validator_for(schema).validate(content["example"])


@pytest.mark.parametrize("endpoint", OPERATIONS)
def test_an_endpoint_tells_what_it_does(endpoint):
    operation = OPERATIONS[endpoint]
    assert operation["summary"]
    assert operation["description"].strip()


@pytest.mark.parametrize("endpoint", OPERATIONS)
def test_an_endpoint_shows_what_it_takes_and_answers(endpoint):
    found = dict(contents(OPERATIONS[endpoint]))
    shown = {media: content for media, content in found.items() if "example" in content}
    wanted = {media for media in found if media == "application/json"}
    assert wanted <= shown.keys()
    assert shown or not set(found) - {BINARY}
    for content in shown.values():
        if "schema" in content:
            fits(content)


def test_no_example_holds_a_secret_or_a_place_on_a_disk():
    text = json.dumps(examples())
    for each in ("agora_pat_", "agora_whs_", "/tmp/", "/work/", "password"):
        assert each not in text


def test_an_example_that_does_not_fit_is_found():
    operation = OPERATIONS["POST /query"]["requestBody"]["content"]["application/json"]
    with pytest.raises(jsonschema_rs.ValidationError):
        fits({**operation, "example": {"sql": 1}})
    assert "application/json" in PLAIN
