"""Schema: the JSON Schemas of our own files, for editors and other tools."""

from collections.abc import Mapping
from typing import Any

from agora.model.errors import Missing
from agora.spec.shape import OWN, schema


def schemas(name: str = "") -> Mapping[str, dict[str, Any]]:
    """The JSON Schema (draft 2020-12) of every kind of file of ours, or of one. Raises Missing."""
    if name and name not in OWN:
        raise Missing(
            f"there is no file of the kind `{name}`",
            code="E040",
            hint=f"there are {', '.join(f'`{kind}`' for kind in OWN)}",
        )
    return {kind: schema(kind) for kind in ([name] if name else OWN)}
