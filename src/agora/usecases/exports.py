"""Exports: what somebody may know of a product, in the words of other people's standards."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agora.model.errors import Invalid, Missing
from agora.model.lineage import ColumnLineage
from agora.model.people import Actor
from agora.model.product import Product
from agora.needs.house import House
from agora.passage import aside, keys
from agora.passage.knowing import find_port, find_product, may_know
from agora.passage.ruling import current_release
from agora.spec.exports import datapackage, dcat, openlineage, rowschema, versions
from agora.spec.exports.offers import Offer

FORMATS = ("odcs", "odps", "json-schema", "dcat", "datapackage", "openlineage")
PORTS = ("odcs", "json-schema")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A document in a format; `file` is what such a file is usually called."""

    format: str
    file: str
    text: str


def export(
    house: House, who: Actor, name: str, *, form: str = "odcs", version: str = "", base: str = ""
) -> Exported:
    """A document about the product or port, with what this person may know and no rows.

    `version` is the version of the standard (ODCS and ODPS), `base` begins the IRIs of DCAT.
    Raises Missing, and Invalid when the text cannot be written in that version without loss.
    """
    if form not in FORMATS:
        names = ", ".join(f"`{each}`" for each in FORMATS)
        raise Missing(f"there is no format `{form}`", code="E041", hint=f"use one of {names}")
    product = find_product(house, who.principal, name)
    if form in versions.KINDS:
        return _text(house, who, product, name, form, version)
    offer = _offer(house, who, product, name, form, base)
    if form == "json-schema":
        port = offer.ports[0]
        return _written(form, f"{port.version}.schema.json", rowschema.document(offer, port))
    if form == "openlineage":
        lines = (json.dumps(event, ensure_ascii=False) for event in openlineage.events(offer))
        return Exported(
            format=form, file=f"{product.name}.ndjson", text="".join(f"{line}\n" for line in lines)
        )
    makers: dict[str, tuple[str, Callable[[Offer], dict[str, Any]]]] = {
        "dcat": (f"{product.name}.jsonld", dcat.document),
        "datapackage": ("datapackage.json", datapackage.document),
    }
    file, make = makers[form]
    return _written(form, file, make(offer))


def _written(form: str, file: str, document: dict[str, Any]) -> Exported:
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return Exported(format=form, file=file, text=text)


def _text(
    house: House, who: Actor, product: Product, name: str, form: str, version: str
) -> Exported:
    """The file as it is written, in the wanted version; only what the reader may know stays in it."""
    file = f"{product.folder}/{product.name.product}.odps.yaml"
    if form == "odcs":
        file = find_port(house, who.principal, name)[1].contract.file
    content = house.folder.text(file).decode("utf-8-sig")
    if form == "odps":
        content = _known_only(house, who, product, content)
    made = versions.written(file, content, form, _version(form, version))
    if made.findings:
        raise Invalid(
            f"`{file}` cannot be written as {_version(form, version)} without losing something",
            code="E043",
            findings=made.findings,
            hint="`--version` names another version of the standard",
        )
    return Exported(format=form, file=file.rpartition("/")[2], text=made.text)


def _version(form: str, version: str) -> str:
    return f"v{version.removeprefix('v')}" if version else versions.NEWEST[form]


def _known_only(house: House, who: Actor, product: Product, content: str) -> str:
    hidden = {
        port.contract.id
        for other in house.mesh.products
        if not may_know(house, who.principal, other)
        for port in other.ports
    }
    content = versions.without(content, ("inputPorts",), hidden, "contractId")
    for place in range(len(product.ports)):
        path = ("outputPorts", place, "inputContracts")
        content = versions.without(content, path, hidden, "id")
    return content


def _offer(house: House, who: Actor, product: Product, name: str, form: str, base: str) -> Offer:
    known = {
        port.version
        for other in house.mesh.products
        if may_know(house, who.principal, other)
        for port in other.ports
    }
    lineage = form == "openlineage"
    ports = (find_port(house, who.principal, name)[1],) if form in PORTS else product.ports
    return Offer(
        mesh=house.mesh.name,
        title=house.mesh.title,
        product=product,
        ports=ports,
        domain=house.mesh.domain(product.name.domain),
        inputs=tuple(each for each in product.inputs if each.port in known),
        release=current_release(house, product),
        runs=tuple(r for r in aside.runs_of(house, product) if lineage and not r.compacted),
        lineages=_lineages(house, product) if lineage else (),
        known=frozenset(known),
        classified=house.mesh.classified(),
        base=base,
        insider=product.name.domain in who.principal.domains
        or who.principal.id == house.mesh.operator,
    )


def _lineages(house: House, product: Product) -> tuple[ColumnLineage, ...]:
    found = house.store.find(ColumnLineage, keys.runs_of(product.name))
    return tuple(kept.noun for kept in found)
