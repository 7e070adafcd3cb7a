"""Editing a text by machine: one value changes, comments, order and quoting stay."""

import io
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from agora.model.errors import Invalid


def edit(text: str, path: Sequence[str | int], value: Any) -> str:
    """The text with the value at this path set; a new key or list item is added at the end.

    Raises Invalid when the text cannot be read or the path leads through something else.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=_indent(text) + 2, offset=_indent(text))
    try:
        root = yaml.load(text)
        node = root
        for step in path[:-1]:
            node = node[step]
        if isinstance(node, list) and path[-1] == len(node):
            node.append(value)
        else:
            node[path[-1]] = value
    except (YAMLError, KeyError, IndexError, TypeError) as problem:
        where = ".".join(str(step) for step in path)
        raise Invalid(f"`{where}` cannot be set in this text", code="E157") from problem
    out = io.StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _indent(text: str) -> int:
    """How far lists stand in from their key in this text."""
    lines = text.splitlines()
    for above, below in zip(lines, lines[1:], strict=False):
        if above.rstrip().endswith(":") and below.lstrip().startswith("- "):
            return (len(below) - len(below.lstrip())) - (len(above) - len(above.lstrip()))
    return 2
