"""Builds: what `build.yaml` and the step files say of how a product is made."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agora.model.contract import Contract
from agora.model.names import PortVersion, ProductName, fold
from agora.model.product import Build, External, Output, OutputPort, SourceSpec, Step
from agora.model.schedule import Schedule
from agora.spec.exact import exact
from agora.spec.loads import agree, load
from agora.spec.steps import name_of, steps
from agora.spec.texts import Text, texts

DATABASES = frozenset({"postgres"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that was found in one product's folder, paths relative to the mesh."""

    name: ProductName
    folder: str
    product: Text
    build: Text
    contracts: tuple[tuple[Text, Contract | None], ...]
    steps: Mapping[str, str]
    notes: Mapping[str, Text] = field(default_factory=dict)
    queries: tuple[tuple[str, str], ...] = ()
    readme: str = ""

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every YAML file of the product."""
        return (self.product, self.build, *(text for text, _ in self.contracts))


def nodes(text: Text, key: str) -> list[dict[str, Any]]:
    """The mappings of a list in the file; none when the list is something else."""
    listed = text.get(key)
    return [node for node in listed if isinstance(node, dict)] if isinstance(listed, list) else []


def build(parts: Parts, ports: tuple[OutputPort, ...]) -> Build:
    """How the product is made; steps without a file and outputs without a port are noted."""
    listed = steps(parts.build, parts.folder, parts.steps, parts.notes)
    sources = tuple(_source(node) for node in parts.build.get("sources") or ())
    outputs, external = _outputs(parts, ports, listed, sources)
    return Build(
        sources=sources,
        steps=listed,
        outputs=outputs,
        external=external,
        hash=_hash(parts, listed),
        text=exact(parts.build.value),
        schedule=_schedule(parts),
    )


def _schedule(parts: Parts) -> Schedule | None:
    """When it runs by itself; a text that says no such thing is noted."""
    text = parts.build.get("schedule")
    if not isinstance(text, str):
        return None
    try:
        return Schedule.parse(text)
    except ValueError as problem:
        hint = "for example `0 6 * * mon Europe/Berlin`, `inputs` or `by-hand`"
        parts.build.report("E757", ("schedule",), str(problem), hint)
        return None


def _source(node: dict[str, Any]) -> SourceSpec:
    options = node.get("options") or {}
    return SourceSpec(
        name=node["name"],
        type=node["type"],
        path=node.get("path", ""),
        options=tuple((k, texts(v) if isinstance(v, list) else v) for k, v in options.items()),
    )


def _outputs(
    parts: Parts,
    ports: tuple[OutputPort, ...],
    listed: tuple[Step, ...],
    sources: tuple[SourceSpec, ...],
) -> tuple[tuple[Output, ...], tuple[External, ...]]:
    """What fills which port, or where its rows lie.

    A port that is filled from nothing, twice or not at all is noted.
    """
    known = _known(parts, listed)
    found: list[Output] = []
    elsewhere: list[External] = []
    filled: list[PortVersion] = []
    for place, node in enumerate(nodes(parts.build, "outputs")):
        port = _fitting(parts, ports, place, node)
        if port is None or not _filled(parts, place, node, port, known):
            continue
        if port.version in filled:
            parts.build.report("E124", ("outputs", place), f"`{port.version}` is filled already")
            continue
        filled.append(port.version)
        if "external" in node:
            elsewhere.append(_external(port.version, node))
        else:
            grows = load(parts.build, ("outputs", place), node, port, sources)
            source = known[fold(node["from"])]
            found.append(Output(port=port.version, source=source, load=grows))
    _unfilled(parts, ports, filled)
    if parts.build.fine:
        agree(parts.build, [output.load for output in found])
    return tuple(found), tuple(elsewhere)


def _known(parts: Parts, listed: tuple[Step, ...]) -> dict[str, str]:
    """Everything a port can be filled from, by its name in SQL."""
    named = [*nodes(parts.build, "sources"), *nodes(parts.build, "inputs")]
    known = {fold(str(node["name"])): str(node["name"]) for node in named}
    # those without a file too: that it is missing is said elsewhere
    known |= {fold(name): name for name in map(name_of, nodes(parts.build, "steps"))}
    return known | {fold(step.name): step.name for step in listed}


def _fitting(
    parts: Parts, ports: tuple[OutputPort, ...], place: int, node: dict[str, Any]
) -> OutputPort | None:
    """The port an output means, or nothing with the reason noted."""
    fitting = [p for p in ports if p.name.port == node["port"]]
    fitting = [p for p in fitting if node.get("version", p.contract.major) == p.contract.major]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        majors = " and ".join(f"{port.contract.major}" for port in fitting)
        words = f"the port `{node['port']}` has the versions {majors}"
        hint = "say which one with `version`"
        parts.build.report("E128", ("outputs", place, "port"), words, hint)
    elif node["port"] not in _unusable(parts):
        words = f"there is no port `{node['port']}`"
        parts.build.report("E128", ("outputs", place, "port"), words)
    return None


def _filled(
    parts: Parts, place: int, node: dict[str, Any], port: OutputPort, known: Mapping[str, str]
) -> bool:
    if ("from" in node) == ("external" in node):
        words = f"the port `{port.version}` is filled either `from` something or as `external`"
        parts.build.report("E138", ("outputs", place), words)
        return False
    if "from" in node and fold(node["from"]) not in known:
        words = f"`{node['from']}` is no step, source or input"
        parts.build.report("E138", ("outputs", place, "from"), words)
        return False
    if "external" in node and "load" in node:
        words = f"the port `{port.version}` is governed where it lies and is not loaded"
        parts.build.report("E138", ("outputs", place, "load"), words)
        return False
    return "external" not in node or _placed(parts, place, node["external"])


def _placed(parts: Parts, place: int, where: dict[str, Any]) -> bool:
    """A table in a database is named by its `table`, one in a folder by the folder alone."""
    wanted = where["type"] in DATABASES
    if wanted == bool((where.get("options") or {}).get("table")):
        return True
    words = f"`{where['type']}` " + (
        "needs `options: {table: schema.table}`" if wanted else "has no `table`"
    )
    parts.build.report("E138", ("outputs", place, "external"), words)
    return False


def _external(port: PortVersion, node: dict[str, Any]) -> External:
    where = node["external"]
    table = (where.get("options") or {}).get("table", "")
    return External(port=port, type=where["type"], location=where["location"], table=table)


def _unusable(parts: Parts) -> set[str]:
    """Ports that stand in the product's file, but have a contract that cannot be used."""
    usable = {contract.id for _, contract in parts.contracts if contract is not None}
    ports = nodes(parts.product, "outputPorts")
    return {str(node.get("name")) for node in ports if node.get("contractId") not in usable}


def _unfilled(parts: Parts, ports: Sequence[OutputPort], filled: Sequence[PortVersion]) -> None:
    for port in ports:
        if port.version not in filled and parts.build.fine:
            parts.build.report("E139", ("outputs",), f"nothing fills the port `{port.version}`")


def _hash(parts: Parts, steps: tuple[Step, ...]) -> str:
    """The build's meaning: what `build.yaml` says, however it is laid out, and every step's text.

    When it runs changes nothing of what it makes.
    """
    said = parts.build.value
    if isinstance(said, dict):
        said = {key: value for key, value in said.items() if key != "schedule"}
    whole = [json.dumps(said, sort_keys=True, default=str)]
    whole += [f"{step.name}\n{step.sql}{step.script.text if step.script else ''}" for step in steps]
    return hashlib.sha256("\x00".join(whole).encode()).hexdigest()
