"""Products: the ODPS file and its contracts, joined with the build into one noun."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from agora.model.contract import Contract
from agora.model.names import PortName, PortVersion, is_kebab
from agora.model.product import InputPort, Lifecycle, OutputPort, Product, ProductKind
from agora.spec.builds import Parts, build, nodes
from agora.spec.shape import check_own, check_standard
from agora.spec.texts import Path, Text, texts

MAX_DIGITS = 6


def product(
    parts: Parts, offered: Mapping[str, PortVersion], doubtful: Collection[str] = ()
) -> Product | None:
    """The product, or None when its shape is wrong; `offered` maps contract ids to ports.

    `doubtful` are contract ids that exist, but whose products cannot be used.
    """
    fits = check_standard(parts.product, "odps", "DataProduct")
    built = check_own(parts.build, "build")
    if not fits:
        return None
    text = parts.product
    named = str(text.get("name") or parts.name.product)
    if is_kebab(named) and named != parts.name.product:
        text.report("E121", ("name",), f"`{named}` lies in the folder `{parts.name.product}`")
    ports = _ports(parts)
    status, inputs = _status(text), _inputs(parts, offered, doubtful)
    made = build(parts, ports) if built else None
    if status is None or inputs is None or made is None:
        return None
    return Product(
        name=parts.name,
        id=str(text.get("id")),
        kind=ProductKind(parts.build.get("product_kind")),
        title=_title(text, named),
        summary=str(text.get("description", "purpose") or ""),
        description=str(text.get("description", "usage") or ""),
        status=status,
        version=str(text.get("version") or ""),
        tags=texts(text.get("tags")),
        listed=parts.build.get("listed") is not False,
        inputs=inputs,
        ports=ports,
        build=made,
        readme=parts.readme,
        queries=parts.queries,
        folder=parts.folder,
    )


def port_versions(parts: Parts) -> dict[str, PortVersion]:
    """Which contract id each output port offers, for products that read it."""
    return {port.contract.id: port.version for port in _ports(parts, quiet=True)}


def promised(parts: Parts) -> frozenset[str]:
    """Every contract id the product speaks of, also where it cannot be used for another reason."""
    listed = [node.get("contractId") for node in nodes(parts.product, "outputPorts")]
    listed += [text.get("id") for text, _ in parts.contracts]
    return frozenset(str(each) for each in listed if each)


def _status(text: Text) -> Lifecycle | None:
    word = text.get("status")
    if word is None:
        return Lifecycle.ACTIVE
    if word not in list(Lifecycle):
        known = ", ".join(f"`{each.value}`" for each in Lifecycle)
        near = get_close_matches(str(word), list(Lifecycle), n=1)
        hint = f"did you mean `{near[0]}`?" if near else ""
        text.report("E113", ("status",), f"`status` should be one of {known}", hint)
        return None
    return Lifecycle(word)


def _title(text: Text, named: str) -> str:
    for node in text.get("customProperties") or ():
        if node.get("property") == "title":
            return str(node.get("value"))
    return named if not is_kebab(named) else named.replace("-", " ").capitalize()


def _ports(parts: Parts, *, quiet: bool = False) -> tuple[OutputPort, ...]:
    """The output ports that have a contract; every doubt is noted unless `quiet`."""
    text = Text(file=parts.product.file, value=parts.product.value) if quiet else parts.product
    contracts = _by_id(parts, quiet=quiet)
    unreadable = {str(t.get("id")) for t, c in parts.contracts if c is None}
    found: list[OutputPort] = []
    for place, node in enumerate(nodes(text, "outputPorts")):
        path = ("outputPorts", place)
        wanted = str(node.get("contractId") or "")
        if not is_kebab(str(node.get("name"))):
            text.report("E122", (*path, "name"), f"`{node.get('name')}` cannot name a port")
        elif wanted in contracts:
            port = _port(parts, node, contracts[wanted])
            _same_version(text, (*path, "version"), node, contracts[wanted])
            found += [port] if _is_new(text, path, port, found) else []
        elif wanted not in unreadable:
            words = f"there is no contract `{wanted}`" if wanted else "it names no contract"
            text.report("E131", path, f"the port `{node['name']}`: {words}")
    _unused(
        parts, {str(node.get("contractId")) for node in nodes(text, "outputPorts")}, quiet=quiet
    )
    return tuple(found)


def _by_id(parts: Parts, *, quiet: bool) -> dict[str, Contract]:
    found: dict[str, Contract] = {}
    for text, contract in parts.contracts:
        if contract is None:
            continue
        if contract.id in found and not quiet:
            words = (
                f"`{found[contract.id].file.rpartition('/')[2]}` has the id `{contract.id}` already"
            )
            text.report("E124", ("id",), words)
        found.setdefault(contract.id, contract)
    return found


def _port(parts: Parts, node: dict[str, Any], contract: Contract) -> OutputPort:
    name = PortName(parts.name.domain, parts.name.product, node["name"])
    return OutputPort(name=name, contract=contract, description=str(node.get("description") or ""))


def _same_version(text: Text, path: Path, node: dict[str, Any], contract: Contract) -> None:
    if node.get("version") is not None and major(node["version"]) != contract.major:
        words = f"the port says {node['version']}, its contract {contract.version}"
        text.report("E148", path, words)


def major(version: object) -> int | None:
    """The major version of `1.2.3` or `v1`, or None."""
    word = str(version).removeprefix("v").split(".")[0]
    return int(word) if word.isascii() and word.isdigit() and len(word) < MAX_DIGITS else None


def _unused(parts: Parts, used: set[str], *, quiet: bool) -> None:
    for text, contract in parts.contracts:
        if not quiet and contract is not None and contract.id not in used:
            text.report("E132", ("id",), f"no port offers the contract `{contract.id}`")


def _is_new(text: Text, path: Path, port: OutputPort, found: Sequence[OutputPort]) -> bool:
    """True when neither the port nor its contract stands further above."""
    for other in found:
        if other.version == port.version:
            text.report("E124", path, f"the port `{port.version}` stands twice")
            return False
        if other.contract.id == port.contract.id:
            words = f"the contract `{port.contract.id}` is the promise of `{other.version}` already"
            text.report("E124", (*path, "contractId"), words)
            return False
    return True


def _inputs(
    parts: Parts, offered: Mapping[str, PortVersion], doubtful: Collection[str]
) -> tuple[InputPort, ...] | None:
    """The input ports, or None when one of them belongs to a product that is left out."""
    purposes = {
        str(node["name"]): str(node["purpose"])
        for node in nodes(parts.build, "inputs")
        if "name" in node and "purpose" in node
    }
    found: list[InputPort] = []
    missing = False
    for place, node in enumerate(nodes(parts.product, "inputPorts")):
        path = ("inputPorts", place)
        port, wanted = offered.get(str(node.get("contractId"))), str(node.get("contractId") or "")
        alias = str(node.get("name"))
        if port is None:
            missing = True
            if wanted not in doubtful:
                words = f"no product offers the contract `{wanted}`"
                parts.product.report("E134", (*path, "contractId"), words)
        elif alias not in purposes:
            parts.product.report("E135", (*path, "name"), f"the input `{alias}` has no purpose")
        else:
            found.append(InputPort(alias=alias, port=port, purpose=purposes[alias]))
            _input_named(parts.product, path, node, port)
    _strange_inputs(parts, purposes)
    return None if missing else tuple(found)


def _input_named(text: Text, path: Path, node: dict[str, Any], port: PortVersion) -> None:
    if not is_kebab(str(node["name"])):
        text.report("E122", (*path, "name"), f"`{node['name']}` cannot name an input")
    if node.get("version") is not None and major(node["version"]) != port.major:
        words = f"the input says {node['version']}, the contract is of `{port}`"
        text.report("E148", (*path, "version"), words)
    before = nodes(text, "inputPorts")[: int(path[-1])]
    if any(each.get("name") == node["name"] for each in before):
        text.report("E124", (*path, "name"), f"the input `{node['name']}` stands twice")


def _strange_inputs(parts: Parts, purposes: Mapping[str, str]) -> None:
    names = {str(node.get("name")) for node in nodes(parts.product, "inputPorts")}
    for place, name in enumerate(purposes):
        if name not in names:
            words = f"`{name}` is no input port of this product"
            parts.build.report("E128", ("inputs", place, "name"), words)
