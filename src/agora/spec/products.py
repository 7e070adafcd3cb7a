"""Products: the ODPS file, its contracts, `build.yaml` and the steps, joined into one noun."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agora.model.contract import Contract
from agora.model.names import PortName, PortVersion, ProductName, is_kebab
from agora.model.product import (
    Build,
    InputPort,
    Lifecycle,
    Output,
    OutputPort,
    Product,
    ProductKind,
    SourceSpec,
    Step,
)
from agora.spec.shape import check_own, check_standard
from agora.spec.texts import Text, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that was found in one product's folder, paths relative to the mesh."""

    name: ProductName
    folder: str
    product: Text
    build: Text
    contracts: tuple[tuple[Text, Contract | None], ...]
    steps: Mapping[str, str]
    queries: tuple[tuple[str, str], ...] = ()
    readme: str = ""

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every YAML file of the product."""
        return (self.product, self.build, *(text for text, _ in self.contracts))


def product(parts: Parts, offered: Mapping[str, PortVersion]) -> Product | None:
    """The product, or None when its shape is wrong; `offered` maps contract ids to ports."""
    fits = check_standard(parts.product, "odps", "DataProduct")
    if not check_own(parts.build, "build") or not fits:
        return None
    text = parts.product
    named = str(text.get("name") or parts.name.product)
    if is_kebab(named) and named != parts.name.product:
        text.report("E121", ("name",), f"`{named}` lies in the folder `{parts.name.product}`")
    ports = _ports(parts)
    return Product(
        name=parts.name,
        id=str(text.get("id")),
        kind=ProductKind(parts.build.get("product_kind")),
        title=_title(text, named),
        summary=str(text.get("description", "purpose") or ""),
        description=str(text.get("description", "usage") or ""),
        status=Lifecycle(text.get("status") or "active"),
        version=str(text.get("version") or ""),
        tags=texts(text.get("tags")),
        listed=parts.build.get("listed") is not False,
        inputs=_inputs(parts, offered),
        ports=ports,
        build=_build(parts, ports),
        readme=parts.readme,
        queries=parts.queries,
        folder=parts.folder,
    )


def port_versions(parts: Parts) -> dict[str, PortVersion]:
    """Which contract id each output port offers, for products that read it."""
    return {port.contract.id: port.version for port in _ports(parts, quiet=True)}


def _title(text: Text, named: str) -> str:
    for node in text.get("customProperties") or ():
        if node.get("property") == "title":
            return str(node.get("value"))
    return named if not is_kebab(named) else named.replace("-", " ").capitalize()


def _ports(parts: Parts, *, quiet: bool = False) -> tuple[OutputPort, ...]:
    text = parts.product
    contracts = {c.id: c for _, c in parts.contracts if c is not None}
    found, used = [], set()
    for place, node in enumerate(text.get("outputPorts") or ()):
        path = ("outputPorts", place)
        if not isinstance(node, dict) or not is_kebab(str(node.get("name"))):
            if not quiet:
                text.report("E122", (*path, "name"), f"`{node.get('name')}` cannot name a port")
            continue
        contract = contracts.get(str(node.get("contractId")))
        used.add(str(node.get("contractId")))
        if contract is None:
            if not quiet:
                words = f"the port `{node['name']}` has no contract `{node.get('contractId') or ''}`"
                text.report("E131", path, words)
            continue
        name = PortName(parts.name.domain, parts.name.product, node["name"])
        found.append(
            OutputPort(name=name, contract=contract, description=str(node.get("description") or ""))
        )
    if not quiet:
        _unused(parts, used)
        _doubled(text, found)
    return tuple(found)


def _unused(parts: Parts, used: set[str]) -> None:
    for text, contract in parts.contracts:
        if contract is not None and contract.id not in used:
            text.report("E132", ("id",), f"no port offers the contract `{contract.id}`")


def _doubled(text: Text, ports: Sequence[OutputPort]) -> None:
    seen: set[PortVersion] = set()
    for port in ports:
        if port.version in seen:
            text.report("E124", ("outputPorts",), f"the port `{port.version}` stands twice")
        seen.add(port.version)


def _inputs(parts: Parts, offered: Mapping[str, PortVersion]) -> tuple[InputPort, ...]:
    listed = parts.build.get("inputs") or ()
    purposes = {str(node["name"]): str(node["purpose"]) for node in listed}
    found = []
    for place, node in enumerate(parts.product.get("inputPorts") or ()):
        path = ("inputPorts", place)
        port = offered.get(str(node.get("contractId")))
        alias = str(node.get("name"))
        if port is None:
            words = f"no product offers the contract `{node.get('contractId')}`"
            parts.product.report("E134", (*path, "contractId"), words)
        elif alias not in purposes:
            parts.product.report("E135", (*path, "name"), f"the input `{alias}` has no purpose")
        else:
            found.append(InputPort(alias=alias, port=port, purpose=purposes[alias]))
    _strange_inputs(parts, purposes)
    return tuple(found)


def _strange_inputs(parts: Parts, purposes: Mapping[str, str]) -> None:
    names = [str(node.get("name")) for node in parts.product.get("inputPorts") or ()]
    for place, node in enumerate(parts.build.get("inputs") or ()):
        if str(node["name"]) not in names and purposes:
            words = f"`{node['name']}` is no input port of this product"
            parts.build.report("E128", ("inputs", place, "name"), words)


def _build(parts: Parts, ports: tuple[OutputPort, ...]) -> Build:
    steps = _steps(parts)
    return Build(
        sources=tuple(_source(node) for node in parts.build.get("sources") or ()),
        steps=steps,
        outputs=_outputs(parts, ports, steps),
        hash=_hash(parts, steps),
    )


def _source(node: dict[str, Any]) -> SourceSpec:
    options = node.get("options") or {}
    return SourceSpec(
        name=node["name"],
        type=node["type"],
        path=node["path"],
        options=tuple((k, texts(v) if isinstance(v, list) else v) for k, v in options.items()),
    )


def _steps(parts: Parts) -> tuple[Step, ...]:
    found = []
    for place, node in enumerate(parts.build.get("steps") or ()):
        file = f"{parts.folder}/{node['file']}"
        name = node.get("name") or node["file"].rpartition("/")[2].rpartition(".")[0].replace("_", "-")
        if file not in parts.steps:
            parts.build.report("E147", ("steps", place, "file"), f"there is no file `{node['file']}`")
            continue
        found.append(Step(name=name, file=file, sql=parts.steps[file]))
    return tuple(found)


def _outputs(
    parts: Parts, ports: tuple[OutputPort, ...], steps: tuple[Step, ...]
) -> tuple[Output, ...]:
    listed = parts.build.get("sources") or ()
    known = {node["name"] for node in listed} | {step.name for step in steps}
    known |= {str(node["name"]) for node in parts.build.get("inputs") or ()}
    found = []
    for place, node in enumerate(parts.build.get("outputs")):
        fitting = [p for p in ports if p.name.port == node["port"]]
        fitting = [p for p in fitting if node.get("version", p.contract.major) == p.contract.major]
        if not fitting:
            parts.build.report("E128", ("outputs", place, "port"), f"there is no port `{node['port']}`")
        elif node["from"] not in known:
            words = f"`{node['from']}` is no step, source or input"
            parts.build.report("E138", ("outputs", place, "from"), words)
        else:
            found.append(Output(port=fitting[0].version, source=node["from"]))
    filled = {output.port for output in found}
    for port in ports:
        if port.version not in filled and parts.build.fine:
            parts.build.report("E139", ("outputs",), f"nothing fills the port `{port.version}`")
    return tuple(found)


def _hash(parts: Parts, steps: tuple[Step, ...]) -> str:
    whole = [str(parts.build.value), *(f"{step.name}\n{step.sql}" for step in steps)]
    return hashlib.sha256("\x00".join(whole).encode()).hexdigest()
