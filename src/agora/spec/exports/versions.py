"""Versions: a text of a standard in another version of it, or every reason why that loses something."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from agora.model.findings import Finding
from agora.spec.editing import edit
from agora.spec.shape import check_standard
from agora.spec.texts import Path, Text, read

KINDS = {"odcs": "DataContract", "odps": "DataProduct"}
NEWEST = {"odcs": "v3.1.0", "odps": "v1.0.0"}
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_MOMENTS = {"TIMESTAMP": "timestamp", "DATETIME": "timestamp", "TIME": "time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The text in the wanted version; with findings it would lose something and is not to be used."""

    text: str
    findings: tuple[Finding, ...] = ()


def written(file: str, content: str, standard: str, version: str) -> Written:
    """The text in this version of its standard: letter for letter where it is in that version."""
    found = read(file, content.encode(), None)
    declared = str(found.get("apiVersion") or "")
    if declared == version or found.value is None:
        return Written(text=content, findings=tuple(found.findings))
    changed = edit(content, ("apiVersion",), version)
    if standard == "odcs":
        for path, value in _reshaped(found, declared, version):
            changed = edit(changed, path, value)
    after = read(file, changed.encode(), None)
    check_standard(after, standard, KINDS[standard])
    return Written(text=changed, findings=tuple(after.findings))


def without(content: str, path: Path, hidden: Collection[str], key: str) -> str:
    """The text with those items of a list left out whose `key` is hidden."""
    found = read("", content.encode(), None)
    listed = found.get(*path)
    if not isinstance(listed, list):
        return content
    kept = [each for each in listed if str(each.get(key)) not in hidden]
    return content if kept == listed else edit(content, path, kept)


def _reshaped(text: Text, declared: str, version: str) -> Iterator[tuple[Path, Any]]:
    """What is said in another form from ODCS 3.1 on: exclusive bounds, and moments called `date`."""
    if not declared.startswith("v3.0") or version.startswith("v3.0"):
        return
    for path, node in _columns(text):
        options = node.get("logicalTypeOptions")
        if isinstance(options, dict) and set(_EXCLUSIVE) & set(options):
            yield (*path, "logicalTypeOptions"), _bounds(options)
        word = str(node.get("physicalType") or "").partition("(")[0].split(" ")[0].upper()
        if node.get("logicalType") == "date" and word in _MOMENTS:
            yield (*path, "logicalType"), _MOMENTS[word]


def _bounds(options: dict[str, Any]) -> dict[str, Any]:
    """Bounds as ODCS 3.1 writes them: an exclusive bound is the number itself, not a yes or no."""
    found = dict(options)
    for exclusive, plain in _EXCLUSIVE.items():
        if found.get(exclusive) is True and plain in found:
            found[exclusive] = found.pop(plain)
        elif isinstance(found.get(exclusive), bool):
            found.pop(exclusive)
    return found


def _columns(text: Text) -> Iterator[tuple[Path, dict[str, Any]]]:
    for place in range(len(text.get("schema") or ())):
        yield from _below(text, ("schema", place))


def _below(text: Text, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    listed = text.get(*path, "properties")
    inner = (
        [(*path, "properties", n) for n in range(len(listed))] if isinstance(listed, list) else []
    )
    inner += [(*path, "items")] if isinstance(text.get(*path, "items"), dict) else []
    for here in inner:
        yield here, text.get(*here)
        yield from _below(text, here)
