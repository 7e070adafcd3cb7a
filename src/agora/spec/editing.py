"""Editing: one value of a YAML text changed, every other letter as it was."""

import json
import re
from copy import copy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from agora.spec.texts import Path, Text, read

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*\Z")
_RESERVED = frozenset("true false null yes no on off y n".split())  # noqa: SIM905


class Uneditable(ValueError):
    """The text has no such place, or cannot be changed there without touching its surroundings."""


def edit(text: str, path: Path, value: Any) -> str:
    """The text with this value at the path; comments, order and spelling elsewhere stay.

    A key that is missing and the place behind a list's last item are added; lists and mappings
    that are missing on the way are made. Raises Uneditable.
    """
    before = _values(text)
    node = YAML(typ="safe", pure=True).compose(text)
    if node is None:
        raise Uneditable("there is nothing in the text")
    _settle(text, node)
    changed = _at(text, node, tuple(path), value)
    wanted = _with(before.value, tuple(path), value)
    after = _values(changed)
    if after.value != wanted:
        raise Uneditable(f"`{_spelled(path)}` cannot be changed here")
    return changed


def append(text: str, path: Path, value: Any) -> str:
    """The text with this value behind the last item of the list at the path; a missing list is made."""
    listed = _values(text).get(*path)
    if listed is not None and not isinstance(listed, list):
        raise Uneditable(f"`{_spelled(path)}` is no list")
    return edit(text, (*path, len(listed or ())), value)


def spell(value: Any) -> str:
    """A value as YAML on one line; text is quoted wherever it could be read as something else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            plain = _PLAIN.match(value) and value.lower() not in _RESERVED
            return value if plain else json.dumps(value, ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{spell(str(k))}: {spell(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(spell(item) for item in value) + "]"
    return str(value)


def _values(text: str) -> Text:
    """What the text says, variables left as they are written."""
    found = read("", text.encode(), None)
    if not found.fine:
        raise Uneditable(found.findings[0].sentence)
    return found


def _settle(text: str, node: Node) -> None:
    """Values that are not there stand right behind their key's colon, not behind what follows."""
    if not isinstance(node, CollectionNode):
        return
    for each in node.value:
        key, value = each if isinstance(each, tuple) else (None, each)
        if key is not None and isinstance(value, ScalarNode) and _is_missing(value):
            mark = copy(key.end_mark)
            mark.index = text.index(":", key.end_mark.index) + 1
            value.start_mark = value.end_mark = mark
        elif value.start_mark.index >= node.start_mark.index:
            _settle(text, value)


def _is_missing(value: ScalarNode) -> bool:
    return value.value == "" and value.style not in ("'", '"', "|", ">")


def _at(text: str, node: Node, path: Path, value: Any) -> str:
    if not path:
        return _replaced(text, node, value)
    if isinstance(node, MappingNode):
        return _in_mapping(text, node, path, value)
    if isinstance(node, SequenceNode) and isinstance(path[0], int):
        return _in_list(text, node, path, value)
    if isinstance(node, ScalarNode) and _is_missing(node):
        return _replaced(text, node, _wrapped(path, value))
    raise Uneditable(f"there is no `{_spelled(path)}`")


def _in_mapping(text: str, node: MappingNode, path: Path, value: Any) -> str:
    for key, inner in node.value:
        if key.value == str(path[0]):
            return _at(text, inner, path[1:], value)
    entry = f"{spell(str(path[0]))}: {spell(_wrapped(path[1:], value))}"
    return _added(text, node, entry, column=node.start_mark.column)


def _in_list(text: str, node: SequenceNode, path: Path, value: Any) -> str:
    place = int(path[0])
    if place < len(node.value):
        return _at(text, node.value[place], path[1:], value)
    if place > len(node.value):
        raise Uneditable(f"there is no item {place} to change")
    entry = spell(_wrapped(path[1:], value))
    return _added(
        text, node, entry if node.flow_style else f"- {entry}", column=node.start_mark.column
    )


def _added(text: str, node: CollectionNode, entry: str, *, column: int) -> str:
    """The entry stands behind the last one: before the closing bracket, or on a line of its own."""
    if node.flow_style:
        place = _end(_last(node)) if node.value else int(node.end_mark.index) - 1
        return text[:place] + (", " if node.value else "") + entry + text[place:]
    newline = "\r\n" if "\r\n" in text else "\n"
    end = _line_end(text, _end(node))
    before = text[:end]
    gap = "" if before.endswith("\n") else newline
    return before + gap + " " * column + entry + newline + text[end:]


def _end(node: Node) -> int:
    """Where the last letter of a node stands; a block ends with its last entry, not with what follows."""
    if isinstance(node, CollectionNode) and node.value and not node.flow_style:
        return _end(_last(node))
    return int(node.end_mark.index)


def _last(node: CollectionNode) -> Node:
    last = node.value[-1]
    found: Node = last[1] if isinstance(last, tuple) else last
    return found


def _line_end(text: str, place: int) -> int:
    if place and text[place - 1] == "\n":
        return place
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1


def _replaced(text: str, node: Node, value: Any) -> str:
    begin, end = int(node.start_mark.index), _end(node)
    spelled = spell(value)
    if begin == end and text[begin - 1 : begin] not in (" ", "\n", ""):
        spelled = f" {spelled}"
    tail = "\n" if isinstance(node, ScalarNode) and node.style in ("|", ">") else ""
    return text[:begin] + spelled + tail + text[end:]


def _wrapped(path: Path, value: Any) -> Any:
    for step in reversed(path):
        if isinstance(step, int) and step:
            raise Uneditable(f"there is no item {step} to change")
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _with(whole: Any, path: Path, value: Any) -> Any:
    """The plain values with one changed, to compare with what the changed text says."""
    if not path:
        return list(value) if isinstance(value, tuple) else value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(whole or ())
        return [
            *items[:step],
            _with(items[step] if step < len(items) else None, rest, value),
            *items[step + 1 :],
        ]
    found = dict(whole or {})
    found[str(step)] = _with(found.get(str(step)), rest, value)
    return found


def _spelled(path: Path) -> str:
    return ".".join(str(step) for step in path)
