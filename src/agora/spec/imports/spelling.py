"""Spelling: names and documents of others as the files of a mesh write them."""

import re
from collections.abc import Iterator
from typing import Any

from agora.model.names import MAX_LENGTH
from agora.spec.editing import spell

WIDTH = 100


def kebab(name: str, otherwise: str = "table") -> str:
    """A name as files and URLs write it: `Dim_Customer` and `dimCustomer` become `dim-customer`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    word = re.sub(r"[^a-z0-9]+", "-", split.lower()).strip("-")
    word = word if word[:1].isalpha() else f"{otherwise}-{word}".strip("-")
    return word[:MAX_LENGTH].strip("-")


def snake(name: str) -> str:
    """The same name as SQL writes it."""
    return kebab(name).replace("-", "_")


def block(value: dict[str, Any], indent: int = 0) -> str:
    """A mapping as YAML, one key a line; what fits on a line stands on one."""
    return "".join(_entries(value, indent))


def _entries(value: dict[str, Any], indent: int) -> Iterator[str]:
    for key, each in value.items():
        yield " " * indent + _entry(spell(str(key)), each, indent)


def _entry(key: str, value: Any, indent: int) -> str:
    if isinstance(value, dict) and value:
        if _fits(value, indent + len(key)) and indent:
            return f"{key}: {spell(value)}\n"
        return f"{key}:\n{block(value, indent + 2)}"
    if isinstance(value, list) and value and not _plain(value, indent + len(key)):
        return f"{key}:\n" + "".join(_item(each, indent + 2) for each in value)
    return f"{key}: {spell(value)}\n"


def _item(value: Any, indent: int) -> str:
    if not isinstance(value, dict) or _fits(value, indent):
        return " " * indent + f"- {spell(value)}\n"
    lines = block(value, indent + 2)
    return " " * indent + "- " + lines[indent + 2 :]


def _fits(value: dict[str, Any], indent: int) -> bool:
    return indent + len(spell(value)) <= WIDTH


def _plain(value: list[Any], indent: int) -> bool:
    return not any(isinstance(each, dict | list) for each in value) and (
        indent + len(spell(value)) <= WIDTH
    )
