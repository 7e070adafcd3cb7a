"""Every wrong text of `tests/cases/texts` is reported where it is wrong, and nothing else is.

How a case is written stands in `tests/cases/texts/README.md`.
"""

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from agora.governance import policies
from agora.model.findings import Weight
from agora.spec.codes import CODES
from agora.spec.mesh import read
from agora.usecases.check import forgotten_tags, retired

HERE = Path(__file__).parents[2]
MESHES = HERE / "meshes"
CASES = HERE / "cases" / "texts"
SUFFIXES = {".yaml", ".yml", ".sql", ".md", ".py"}


@dataclass
class Case:
    title: str
    mesh: str = "market"
    changes: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    expected: list = field(default_factory=list)
    broken: list = field(default_factory=list)
    no_mesh: bool = False


@cache
def folder(name):
    root = MESHES / name
    files = (p for p in root.rglob("*") if p.is_file() and p.suffix in SUFFIXES)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


@cache
def cases():
    return tuple(written())


def written():
    found = []
    for file in sorted(CASES.glob("*.case")):
        case = None
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("==="):
                case = Case(title=line.removeprefix("===").strip())
                found.append(pytest.param(case, id=f"{file.stem}: {case.title}"))
            elif case is not None:
                take(case, line, f"{file.name}:{number}")
    return found


def take(case, line, where):
    word, _, rest = line.partition(" ")
    match word:
        case "" | "#":
            return
        case "in" | "file" | "without" | "bytes":
            case.changes.append((word, rest.strip(), []))
        case "-" | "+" | "*":
            case.changes[-1][2].append((word, rest))
        case "with":
            name, _, value = rest.partition("=")
            case.environment[name.strip()] = value.strip()
        case "expect":
            if rest != "nothing":
                case.expected.append(rest)
        case "broken":
            case.broken += rest.split(", ")
        case "no" if rest == "mesh":
            case.no_mesh = True
        case _:
            raise AssertionError(
                f"{where}: a case line begins with in, file, without, bytes, +, -, expect …"
            )


def changed(case):
    files = dict(folder(case.mesh))
    for word, path, lines in case.changes:
        if word == "without":
            gone = [f for f in files if f == path or f.startswith(f"{path}/")]
            assert gone, path
            for each in gone:
                del files[each]
        elif word == "file":
            files[path] = ("\n".join(text for _, text in lines) + "\n" if lines else "").encode()
        elif word == "bytes":
            files[path] = ast.literal_eval("b'" + "".join(text for _, text in lines) + "'")
        else:
            files[path] = edited(files[path].decode(), lines, f"{case.title}: {path}").encode()
    return files


def edited(text, lines, where):
    """`-` lines (together, as they stand) become the `+` lines; without `-` lines they are added."""
    old = "".join(f"{line}\n" for sign, line in lines if sign == "-")
    new = "".join(f"{line}\n" for sign, line in lines if sign == "+")
    if not old:
        return text + new
    assert text.count(old) == 1, f"{where}: the lines to change stand there {text.count(old)} times"
    return text.replace(old, new)


EXPECTED = re.compile(
    r"(?P<place>.+?:\d+(?::\d+)?) (?P<code>E\d{3})(?: (?P<weight>warning))?(?: (?P<words>.*))?"
)


def told(finding, expected):
    wanted = EXPECTED.fullmatch(expected)
    assert wanted, f"`{expected}` is written as `file:line CODE words`"
    places = (finding.place, f"{finding.file}:{finding.line}")
    weight = Weight.WARNING if wanted["weight"] else Weight.ERROR
    words = f"{finding.sentence} | {finding.hint}"
    return (
        wanted["place"] in places
        and wanted["code"] == finding.code
        and weight is finding.weight
        and (wanted["words"] or "") in words
    )


def findings_of(case):
    texts = changed(case)
    reading = read(texts, case.environment)
    found = list(reading.findings)
    if reading.mesh is not None:
        applies_to_what_is_left_out = "E153" if reading.broken else ""
        found += [f for f in policies.check(reading.mesh) if f.code != applies_to_what_is_left_out]
        found += forgotten_tags(reading.mesh, texts)
        found += retired(reading.mesh, texts, reading.mesh.at)
    return reading, found


@pytest.mark.parametrize("case", cases())
def test_is_told_where_and_why(case):
    reading, found = findings_of(case)
    shown = [f"{f.place} {f.code} {f.weight} {f.sentence} | {f.hint}" for f in found]
    assert len(found) == len(case.expected), shown
    for expected in case.expected:
        assert any(told(finding, expected) for finding in found), (expected, shown)
    for finding in found:
        for_people(finding)
    assert (reading.mesh is None) == case.no_mesh, (reading.broken, shown)
    if not case.no_mesh:
        assert set(reading.broken) == set(case.broken), shown


def test_every_code_has_a_case_and_every_case_a_code():
    told = [EXPECTED.fullmatch(e) for param in cases() for e in param.values[0].expected]
    assert {each["code"] for each in told if each} == set(CODES)


def for_people(finding):
    """A lower-case sentence without a full stop, a place that exists, and something to do."""
    assert min(finding.line, finding.column) >= 1
    assert finding.sentence
    assert finding.sentence[-1] != "."
    assert finding.sentence[0].islower() or not finding.sentence[0].isalpha()
    assert finding.hint or finding.code in {"E151", "E152", "E153", "E154", "E155", "E156"}
    for word in ("jsonschema", "schema does not", "None", "\n"):
        assert word not in finding.sentence


@pytest.mark.parametrize("name", sorted(p.name for p in MESHES.iterdir()))
def test_example_meshes_are_sound(name):
    reading = read(folder(name), {})
    assert reading.mesh is not None
    assert reading.findings == ()
    assert policies.check(reading.mesh) == ()
    assert forgotten_tags(reading.mesh, folder(name)) == []
