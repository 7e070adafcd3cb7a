"""Manual: the reference of the API, made from its own description."""

from collections.abc import Mapping
from typing import Any

_HEAD = """# The API

Made from `/api/v1/openapi.json`; [the guide](../guides/rest.md) says how to use it. *Scope* is what a token must allow.
"""


def reference(spec: Mapping[str, Any]) -> str:
    """Every endpoint with what it does, what a token must allow and how it refuses, as Markdown."""
    rows: dict[str, list[str]] = {}
    for path, methods in spec["paths"].items():
        for method, told in methods.items():
            codes = ", ".join(code for code in sorted(told["responses"]) if code < "300" or code in OWN)  # fmt: skip
            line = f"| `{method.upper()} {path}` | {told['summary']} | {told['x-agora-scope']} | {codes} |"
            rows.setdefault(told["tags"][0], []).append(line)
    parts = [
        f"## {tag.capitalize()}\n\n| endpoint | what | scope | answers |\n|---|---|---|---|\n"
        + "\n".join(lines)
        for tag, lines in rows.items()
    ]
    always = "Any of them may answer 400, 401, 403, 413, 422, 429 and 503 as well.\n"
    return "\n\n".join((_HEAD + "\n" + always.rstrip(), *parts)) + "\n"


OWN = frozenset({"404", "409"})
"""Refusals that not every endpoint has."""
