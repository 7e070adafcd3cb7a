"""Nodes: YAML as a tree of nodes that know where they stand.

The C parser reads what it can, ten times as fast; whatever it refuses, or might read as an older
YAML would, is read by the other one, whose words and places people see. Where both read a text they
give the same tree (a property in the tests).
"""

import re
from typing import Any

import yaml
from ruamel.yaml import YAML

_ELSEWHERE = re.compile(
    r"^(?:%| *[|>])|[|>][-+0-9]*#|[\t\x85\u2028\u2029\ufeff]|\?|(?<![\w(/])[!&*%@`]", re.MULTILINE
)
"""Signs that the two versions of YAML read differently, or that are rare enough to read slowly. Within
a word (an address of mail, `count(*)`, `in/*.csv`) they are letters to both."""


def compose(source: str) -> Any:
    """The root node, or None for a text with nothing in it; raises what ruamel.yaml raises."""
    node = None if _ELSEWHERE.search(source) else quickly(source)
    return node if node is not None else slowly(source)


def quickly(source: str) -> Any:
    """The root node as libyaml reads it, or None when it does not or is not there."""
    loader_type = getattr(yaml, "CSafeLoader", None)
    if loader_type is None:
        return None
    loader = None
    try:
        loader = loader_type(source)
        return loader.get_single_node()
    except (yaml.YAMLError, ValueError):
        return None
    finally:
        if loader is not None:
            loader.dispose()


def slowly(source: str) -> Any:
    """The root node as ruamel.yaml reads YAML 1.2."""
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    return reader.compose(source)
