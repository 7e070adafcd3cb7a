"""Folders: which text of a mesh belongs to which domain and product, and which to nothing."""

import re
from collections.abc import Sequence

from agora.model.findings import Weight
from agora.model.mesh import Domain
from agora.model.names import ProductName, is_kebab
from agora.spec.builds import Parts, nodes
from agora.spec.contracts import contract
from agora.spec.desk import YAML, Desk

_OURS = re.compile(rb"^(agora:|kind: *Data(Contract|Product)\b)", re.MULTILINE)
_RULES = re.compile(rb"^kind: *(guardrail|policy|purposes|tags)\b", re.MULTILINE)


def parts(desk: Desk, area: Domain) -> list[Parts]:
    """Every product of a domain: each folder that holds a product's file or a build."""
    names = set()
    for file in desk.below(area.folder, ".odps.yaml", "/build.yaml"):
        name, inner, _ = file.removeprefix(f"{area.folder}/").partition("/")
        names |= {name} if inner else set()
    return [_part(desk, area, name) for name in sorted(names)]


def _part(desk: Desk, area: Domain, name: str) -> Parts:
    folder = f"{area.folder}/{name}"
    others = desk.below(folder, ".odps.yaml")
    rename = f"rename `{others[0].removeprefix(folder + '/')}`" if others else ""
    product = desk.yaml(f"{folder}/{name}.odps.yaml", code="E130", hint=rename)
    if not is_kebab(name):
        product.report("E122", (), f"`{name}` cannot name a product")
    opened = [desk.yaml(file) for file in desk.below(folder, ".odcs.yaml")]
    sql = {file: desk.plain(file) for file in desk.below(folder, ".sql")}
    python = {file: desk.plain(file) for file in desk.below(f"{folder}/steps", ".py")}
    readme = f"{folder}/README.md"
    return Parts(
        name=ProductName(area.id, name),
        folder=folder,
        product=product,
        build=desk.yaml(f"{folder}/build.yaml", code="E130"),
        contracts=tuple((text, contract(text)) for text in opened),
        steps=sql | python,
        notes={file: desk.note(file) for file in python},
        queries=tuple(
            (file.rpartition("/")[2].removesuffix(".sql"), text)
            for file, text in sql.items()
            if file.startswith(f"{folder}/queries/")
        ),
        readme=desk.plain(readme, may_be_empty=True) if readme in desk.files else "",
    )


def contract_files(found: Sequence[Parts]) -> None:
    """A contract's file is named after its port and major version; another name is noted."""
    for each in found:
        ports: dict[str, str] = {}
        for port in nodes(each.product, "outputPorts"):
            if is_kebab(str(port.get("name"))):
                ports.setdefault(str(port.get("contractId")), str(port["name"]))
        for text, promise in each.contracts:
            if promise is None or promise.id not in ports:
                continue
            right = f"{ports[promise.id]}.v{promise.major}.odcs.yaml"
            if text.file.rpartition("/")[2] != right:
                version = f"{ports[promise.id]}@{promise.major}"
                words = f"the contract of `{version}` lies in a file of another name"
                hint = f"name the file `{right}`"
                text.report("E121", ("version",), words, hint, weight=Weight.WARNING)


def strays(desk: Desk) -> None:
    """Files of ours that nothing reads are noted; rules among them are errors, for they do not hold.

    Other meshes inside this one and domains that are not on the list are left alone.
    """
    unread = sorted(file for file in set(desk.files) - set(desk.read) if file.endswith(YAML))
    unlisted = [
        file.removesuffix("domain.yaml") for file in unread if file.endswith("/domain.yaml")
    ]
    aside = (
        *unlisted,
        *(f.removesuffix("agora.yaml") for f in unread if f.endswith("/agora.yaml")),
    )
    for folder in unlisted:
        if not any(folder.startswith(other) for other in aside if other != folder):
            words = f"the domain in the folder `{folder.rstrip('/')}` is not on the list"
            desk.yaml("agora.yaml").report("E119", ("domains",), words, weight=Weight.WARNING)
    for file in unread:
        if not file.startswith(aside) and _OURS.search(desk.files[file]):
            weight = Weight.ERROR if _RULES.search(desk.files[file]) else Weight.WARNING
            desk.note(file).report("E118", (), "nothing reads this file", weight=weight)
