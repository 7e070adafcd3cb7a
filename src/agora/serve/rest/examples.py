"""Examples: what each endpoint was sent and answered in a real mesh, as part of its description.

They are kept as data beside this file; `tests/journeys/rest/recording.py` makes them anew.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

FILE = "examples.json"


def examples() -> Mapping[str, Mapping[str, Any]]:
    """By endpoint: its `request`, and with which `status` and `answer` it went well."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(
        files("agora.serve.rest").joinpath(FILE).read_text(encoding="utf-8")
    )
    return found


def shown(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    """The description of an endpoint has the example of its body and of its answer."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "request" in example:
            content["example"] = example["request"]
    answer = operation["responses"].get(example.get("status", ""), {})
    for media, content in answer.get("content", {}).items():
        if "answer" in example and (media in PLAIN or len(answer["content"]) == 1):
            content["example"] = example["answer"]


PLAIN = ("application/json", "text/csv", "text/plain", "text/event-stream")
"""Forms of which an example can be read."""
