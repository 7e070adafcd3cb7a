"""Texts: YAML read into plain values that remember where each of them stood.

Nothing is guessed: dates stay text, `yes` stays text, a key that stands twice is a finding, and
aliases are unfolded only up to a bound.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from agora.model.findings import Finding, Weight
from agora.spec import nodes
from agora.spec.codes import CODES

Path = tuple[str | int, ...]
Node = Any
MAX_VALUES = 200_000
MAX_ALIASED = 10_000
MAX_DEPTH = 60
_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_NUMBER = re.compile(r"[-+]?([0-9]*\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?\Z")
_WORDS = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "~": None,
    "": None,
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(r"\$\{(env|file|keyring):[^}]+\}")


@dataclass
class Text:
    """One file: its values, where each stood (1-based line and column), and what is wrong in it."""

    file: str
    value: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def place(self, path: Path) -> tuple[int, int]:
        """Where a value stands, or the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def report(
        self, code: str, path: Path, sentence: str, hint: str = "", *, weight: Weight = Weight.ERROR
    ) -> None:
        """Note that something is wrong at this place."""
        line, column = self.place(path)
        self.findings.append(
            Finding(
                file=self.file,
                line=line,
                column=column,
                code=code,
                sentence=sentence,
                hint=hint or CODES[code][1],
                weight=weight,
            )
        )

    def undecodable(self, content: bytes, position: int) -> None:
        """Note where the bytes stop being UTF-8."""
        before = content[:position]
        self.places[()] = (before.count(b"\n") + 1, position - before.rfind(b"\n"))
        self.report("E101", (), f"the byte {content[position]:02X} is not UTF-8")

    @property
    def fine(self) -> bool:
        """True when nothing in it is an error."""
        return not any(finding.weight is Weight.ERROR for finding in self.findings)

    def get(self, *path: str | int) -> Any:
        """The value at a path, or None."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def read(file: str, content: bytes, environment: Mapping[str, str] | None) -> Text:
    """The values of a YAML file with every problem of its text noted; `value` is None on failure.

    Without an environment `${VAR}` stays as it is written, for texts that will be written back.
    """
    text = Text(file=file)
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        text.undecodable(content, problem.start)
        return text
    node = _compose(text, source)
    if node is None:
        if text.fine:
            text.report("E105", (), "there is nothing in it")
        return text
    reader = _Reader(text, environment)
    value = reader.read(node, (), 0)
    text.value = value if text.fine or not reader.broken else None
    if text.value is None and text.fine:
        text.report("E105", (), "there is nothing in it")
    return text


def _compose(text: Text, source: str) -> Node | None:
    try:
        node: Node | None = nodes.compose(source)
    except MarkedYAMLError as problem:
        _report_yaml(text, problem)
        return None
    except ReaderError as problem:
        before = source[: problem.position]
        text.places[()] = (before.count("\n") + 1, problem.position - before.rfind("\n"))
        text.report(
            "E102", (), f"the sign U+{ord(source[problem.position]):04X} cannot stand in a text"
        )
        return None
    except RecursionError:
        text.report("E104", (), "it is nested more deeply than can be read")
        return None
    except (YAMLError, ValueError) as problem:
        words = str(problem).splitlines()[0] if str(problem) else "it cannot be read"
        text.report("E102", (), words)
        return None
    return node


def _report_yaml(text: Text, problem: MarkedYAMLError) -> None:
    """What the YAML reader found, where it began to go wrong."""
    words = (problem.problem or "it cannot be read").strip()
    unended = "end of stream" in words and problem.context_mark is not None
    mark = problem.context_mark if unended else problem.problem_mark or problem.context_mark
    text.places[()] = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if "'\\t'" in words:
        words = "a tab stands where spaces belong"
    elif "another document" in words:
        words = "a second document begins here; a file holds one"
    elif unended:
        words = "what begins here never ends"
    text.report("E102", (), words)


class _Reader:
    def __init__(self, text: Text, environment: Mapping[str, str] | None) -> None:
        self._text, self._environment = text, environment
        self._seen: set[int] = set()
        self._values = self._aliased = 0
        self.broken = False

    def read(self, node: Node, path: Path, depth: int) -> Any:
        """The plain value of a node; counts what aliases unfold to."""
        self._text.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        self._values += 1
        self._aliased += id(node) in self._seen
        self._seen.add(id(node))
        if self._values > MAX_VALUES or self._aliased > MAX_ALIASED or depth > MAX_DEPTH:
            if not self.broken:
                self._text.report("E104", path, "it unfolds to more than can be read")
            self.broken = True
            return None
        if node.id == "scalar":
            return self._scalar(node, path)
        if node.id == "mapping":
            return self._mapping(node, path, depth)
        return [self.read(item, (*path, place), depth + 1) for place, item in enumerate(node.value)]

    def _mapping(self, node: Node, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                self._text.places[path] = (key.start_mark.line + 1, key.start_mark.column + 1)
                self._text.report("E102", path, "a key is a single word, not a list or a mapping")
                continue
            name = str(key.value)
            here = (*path, name)
            if name in found:
                self._text.places[here] = (key.start_mark.line + 1, key.start_mark.column + 1)
                self._text.report("E103", here, f"the key `{name}` stands twice")
                continue
            found[name] = self.read(value, here, depth + 1)
            self._text.places[here] = (key.start_mark.line + 1, key.start_mark.column + 1)
            if self.broken:
                break
        return found

    def _scalar(self, node: Node, path: Path) -> Any:
        if node.style in ("'", '"', "|", ">"):
            return self._filled(node.value, path)
        value = node.value
        if value in _WORDS:
            return _WORDS[value]
        if _INT.match(value) and len(value) < 40:  # noqa: PLR2004 (more digits than any type holds)
            return int(value.replace("_", ""))
        if _NUMBER.match(value):
            return Decimal(value)
        return self._filled(value, path)

    def _filled(self, value: str, path: Path) -> str:
        """Variables replaced; a variable without a value is a finding, never an empty text."""

        def replace(found: re.Match[str]) -> str:
            name = found[1]
            if self._environment is None:
                return found[0]
            if name not in self._environment:
                self._text.report("E106", path, f"the variable `{name}` has no value")
                return found[0]
            return self._environment[name]

        if _SURROGATE.search(value):
            self._text.report("E102", path, "it holds half of a sign that needs two")
            return ""
        return value if _SECRET.fullmatch(value) else _VARIABLE.sub(replace, value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of words as a tuple; anything else as none."""
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
