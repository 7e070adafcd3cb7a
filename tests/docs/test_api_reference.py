"""The reference of the API is what its description says."""

from pathlib import Path

from agora.serve.rest.app import rest
from agora.serve.rest.manual import reference

FILE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def test_the_reference_is_made_from_the_description():
    assert FILE.read_text() == reference(rest(None).openapi())
