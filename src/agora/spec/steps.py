"""Steps: what `build.yaml` lists of them, joined with their files."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from agora.model.names import is_kebab
from agora.model.product import Step
from agora.spec.recipes import recipe
from agora.spec.scripts import script
from agora.spec.texts import Path, Text, texts

_ONLY_PYTHON = ("packages", "columns")


def name_of(node: Mapping[str, Any]) -> str:
    """The step's own name, or its file's."""
    file = str(node.get("file", ""))
    return str(node.get("name") or file.rpartition("/")[2].rpartition(".")[0].replace("_", "-"))


def steps(
    build: Text, folder: str, files: Mapping[str, str], notes: Mapping[str, Text]
) -> tuple[Step, ...]:
    """Every step of a build; `files` are the texts of steps, `notes` where findings in them go."""
    nodes = build.get("steps")
    found = (
        _step(build, ("steps", place), node, folder, files, notes)
        for place, node in enumerate(nodes if isinstance(nodes, list) else ())
    )
    return tuple(each for each in found if each)


def _step(
    build: Text,
    path: Path,
    node: Mapping[str, Any],
    folder: str,
    files: Mapping[str, str],
    notes: Mapping[str, Text],
) -> Step | None:
    name = name_of(node)
    python = str(node.get("file", "")).endswith(".py")
    strange = [word for word in _ONLY_PYTHON if word in node and not python]
    strange += [word for word in ("from", "recipe") if word in node and "file" in node]
    for word in strange:
        build.report("E160", (*path, word), f"`{word}` does not belong to such a step")
    if "file" not in node:
        return Step(name=name, file=build.file, recipe=recipe(build, path, node))
    file = f"{folder}/{node['file']}"
    if file not in files:
        _missing(build, (*path, "file"), node["file"], folder, files)
        return None
    if not is_kebab(name):
        hint = "give the step a `name` of its own"
        build.report("E122", (*path, "file"), f"`{name}` cannot name a step", hint)
    if not python:
        return Step(name=name, file=file, sql=files[file])
    written = script(notes[file], files[file], texts(node.get("packages")))
    if written is None:
        return None
    columns = tuple((out, texts(of)) for out, of in (node.get("columns") or {}).items())
    return Step(name=name, file=file, script=replace(written, columns=columns))


def _missing(build: Text, path: Path, named: str, folder: str, files: Collection[str]) -> None:
    alike = [file for file in files if file.endswith(".py") == named.endswith(".py")]
    near = get_close_matches(f"{folder}/{named}", alike, n=1)
    hint = f"did you mean `{near[0].removeprefix(folder + '/')}`?" if near else ""
    if not near and named.endswith(".py"):
        hint = "Python steps lie in the product's folder `steps`"
    build.report("E147", path, f"there is no file `{named}`", hint)
