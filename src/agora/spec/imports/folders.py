"""Folders: drafts as the files of a product; what fills its ports is said to be missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agora.model.findings import Finding
from agora.model.names import ProductName
from agora.spec.editing import edit
from agora.spec.imports.drafts import Draft, Found, Notes
from agora.spec.imports.spelling import block, kebab, snake
from agora.spec.products import major
from agora.spec.texts import read

_KINDS = {
    "sourceAligned": "source-aligned", "aggregate": "aggregate", "consumerAligned": "consumer-aligned",
}  # fmt: skip
_BUILD = """\
agora: 1
kind: build
product_kind: {kind}
{inputs}# Nothing fills the ports yet: put these files there, or name other sources and steps.
sources:
{sources}outputs:
{outputs}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Port:
    """An output port to be: its name, the version of its contract, and the contract's text."""

    name: str
    version: str
    contract: str
    text: str

    @property
    def major(self) -> int:
        """The major version; 1 where there is none that can be read."""
        return _major(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """The files of one product by path, and what was changed or left out to make them."""

    name: ProductName
    files: dict[str, bytes]
    findings: tuple[Finding, ...] = ()


def laid(
    name: ProductName,
    found: Found,
    *,
    file: str,
    purpose: str = "",
    beside: Sequence[Draft] = (),
) -> Laid:
    """The product's files: adopted texts letter for letter as far as they can be, the rest written.

    `beside` are tables that become products of their own, so that references to them hold.
    """
    notes = Notes(file)
    if found.product:
        text, ports = _adopted(found, notes)
    else:
        ports = tuple(_ports(name, found.drafts, (*found.drafts, *beside), notes))
        text = _product(name, found.drafts, ports)
    folder = f"{name.domain}/{name.product}"
    files = {
        f"{folder}/{name.product}.odps.yaml": text,
        f"{folder}/build.yaml": _build(text, ports, purpose),
        f"{folder}/README.md": _readme(name, found, file),
    }
    files |= {f"{folder}/contracts/{p.name}.v{p.major}.odcs.yaml": p.text for p in ports if p.text}
    encoded = {path: content.encode() for path, content in files.items()}
    return Laid(name=name, files=encoded, findings=tuple(notes.findings))


def _file(draft: Draft) -> str:
    """Where the contract of a table lies that is a product of its own, seen from another's."""
    port = kebab(draft.table)
    return f"../../{port}/contracts/{port}.v{_major(draft.version)}.odcs.yaml"


def _major(version: str) -> int:
    found = major(version)
    return 1 if found is None else found


def _ports(
    name: ProductName, drafts: Sequence[Draft], known: Sequence[Draft], notes: Notes
) -> Iterator[_Port]:
    """One port for each table; the only one bears the product's name."""
    there = {snake(draft.table): "" if draft in drafts else _file(draft) for draft in known}
    for draft in drafts:
        port = name.product if len(drafts) == 1 else kebab(draft.table)
        if draft.text:
            says = read("", draft.text.encode(), None)
            yield _Port(
                name=port, version=str(says.get("version") or draft.version),
                contract=str(says.get("id") or ""), text=draft.text,
            )  # fmt: skip
            continue
        own = str(name) if port == name.product else f"{name}.{port}"
        contract = f"{own}.v{_major(draft.version)}"
        head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": contract}
        head |= {"name": draft.title} if draft.title else {}
        node = head | {"version": draft.version, "status": "draft"} | draft.node
        _references(node, there, notes)
        yield _Port(name=port, version=draft.version, contract=contract, text=block(node))


def _references(node: dict[str, Any], there: Mapping[str, str], notes: Notes) -> None:
    """References name the file of a table in another product; those to absent tables are left out."""
    table = node["schema"][0]
    for place in (table, *table["properties"]):
        kept = []
        for link in place.pop("relationships", []):
            targets = link["to"] if isinstance(link["to"], list) else [link["to"]]
            name = targets[0].rpartition(".")[0]
            if name in there:
                named = [_named(target, there[name]) for target in targets]
                kept.append(link | {"to": named if isinstance(link["to"], list) else named[0]})
                continue
            where = table["name"] if place is table else f"{table['name']}.{place['name']}"
            words = f"the reference of `{where}` to `{targets[0]}` is left out"
            notes.lost(f"{words}: that table does not come along")
        if kept:
            place["relationships"] = kept


def _named(target: str, file: str) -> str:
    """`table.column`, or the same as a path into another contract's file."""
    table, _, column = target.rpartition(".")
    return f"{file}#/schema/{table}/properties/{column}" if file else target


def _product(name: ProductName, drafts: Sequence[Draft], ports: Sequence[_Port]) -> str:
    described = next((draft.description for draft in drafts if draft.description), "")
    document: dict[str, Any] = {
        "apiVersion": "v1.0.0",
        "kind": "DataProduct",
        "id": str(name),
        "name": name.product,
        "version": "1.0.0",
        "status": "draft",
        "domain": name.domain,
    }
    document |= {"description": {"purpose": described}} if described else {}
    listed = [{"name": p.name, "version": p.version, "contractId": p.contract} for p in ports]
    return block(document | {"outputPorts": listed})


def _adopted(found: Found, notes: Notes) -> tuple[str, tuple[_Port, ...]]:
    """The product's text, with ports renamed where their name cannot be one here."""
    text, ports = found.product, []
    says = read("", text.encode(), None)
    contracts = {str(read("", d.text.encode(), None).get("id")): d.text for d in found.drafts}
    for place, node in enumerate(says.get("outputPorts") or ()):
        written = str(node.get("name"))
        name = kebab(written, "port")
        if name != written:
            text = edit(text, ("outputPorts", place, "name"), name)
            line, column = says.place(("outputPorts", place, "name"))
            words = f"the port `{written}` is called `{name}` here"
            notes.lost(words, line=line, column=column, hint="names are words joined by hyphens")
        ports.append(
            _Port(
                name=name,
                version=str(node.get("version") or "1.0.0"),
                contract=str(node.get("contractId") or ""),
                text=contracts.get(str(node.get("contractId")), ""),
            )
        )
    return text, tuple(ports)


def _build(product: str, ports: Sequence[_Port], purpose: str) -> str:
    says = read("", product.encode(), None)
    names = [port.name for port in ports]
    sources, outputs = "", ""
    for port in ports:
        twice = names.count(port.name) > 1
        source = f"{port.name}-v{port.major}" if twice else port.name
        version = f", version: {port.major}" if twice else ""
        sources += f"  - {{name: {source}, type: csv, path: data/{source}.csv}}\n"
        outputs += f"  - {{port: {port.name}{version}, from: {source}}}\n"
    inputs = [str(node.get("name")) for node in says.get("inputPorts") or ()] if purpose else []
    listed = "".join(f"  - {{name: {name}, purpose: {purpose}}}\n" for name in inputs)
    return _BUILD.format(
        kind=_KINDS.get(str(says.get("type")), "source-aligned"),
        inputs=f"inputs:\n{listed}" if listed else "",
        sources=sources,
        outputs=outputs,
    )


def _readme(name: ProductName, found: Found, file: str) -> str:
    title = next((draft.title for draft in found.drafts if draft.title), "")
    words = [f"# {title or name.product.replace('-', ' ').capitalize()}", ""]
    words += [f"{d.description}\n" for d in found.drafts if d.description]
    return "\n".join([*words, f"Imported from `{file.rpartition('/')[2]}`.", ""])
