"""Data packages: a product and its ports in the words of Frictionless (Data Package v2).

The resources' files are those `agora query … -o FILE.csv` writes; none of them is part of this.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from agora.model.contract import Column, Contract, Relationship
from agora.model.product import OutputPort
from agora.model.types import Kind
from agora.spec.exports.offers import Offer

PROFILE = "https://datapackage.org/profiles/2.0"
_TYPES = {
    Kind.BOOLEAN: "boolean", Kind.INTEGER: "integer", Kind.BIGINT: "integer", Kind.DECIMAL: "number",
    Kind.REAL: "number", Kind.DOUBLE: "number", Kind.VARCHAR: "string", Kind.BLOB: "string",
    Kind.DATE: "date", Kind.TIME: "time", Kind.TIMESTAMP: "datetime", Kind.INSTANT: "datetime",
    Kind.LIST: "array", Kind.STRUCT: "object",
}  # fmt: skip
_FORMATS = frozenset({"email", "uri", "uuid"})
_ANY = frozenset({Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT})
_CONSTRAINTS = {
    "min_length": "minLength", "max_length": "maxLength", "pattern": "pattern",
    "minimum": "minimum", "maximum": "maximum", "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum", "options": "enum",
}  # fmt: skip


def document(offer: Offer) -> dict[str, Any]:
    """The descriptor of the product: one resource for each output port."""
    product, domain = offer.product, offer.domain
    contributors = [
        {"title": name, "roles": ["owner"]} for name in (domain.owners if domain else ())
    ]
    found = {
        "$schema": f"{PROFILE}/datapackage.json",
        "name": str(product.name),
        "id": offer.iri("product", product.name),
        "title": product.title,
        "description": product.summary or product.description,
        "version": product.version,
        "created": _moment(offer),
        "keywords": list(product.tags),
        "contributors": contributors,
        "resources": [_resource(offer, port) for port in offer.ports],
    }
    return _said(found)


def _moment(offer: Offer) -> str:
    return offer.release.released_at.isoformat() if offer.release else ""


def _said(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value not in ("", [], None, {})}


def _resource(offer: Offer, port: OutputPort) -> dict[str, Any]:
    name = str(port.version).replace("@", ".v")
    return _said(
        {
            "$schema": f"{PROFILE}/dataresource.json",
            "name": name,
            "type": "table",
            "title": port.contract.title,
            "description": port.description or port.contract.description,
            "path": f"{name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": _schema(offer, port.contract),
        }
    )


def _schema(offer: Offer, contract: Contract) -> dict[str, Any]:
    return _said(
        {
            "$schema": f"{PROFILE}/tableschema.json",
            "fields": [_field(column) for column in contract.columns],
            "missingValues": [""],
            "primaryKey": list(contract.key),
            "foreignKeys": list(_references(offer, contract)),
        }
    )


def _field(column: Column) -> dict[str, Any]:
    kind, form = column.type.kind, column.limits.format
    return _said(
        {
            "name": column.name,
            "type": _TYPES[kind],
            "format": "any" if kind in _ANY else (form if form in _FORMATS else ""),
            "title": column.title,
            "description": column.description,
            "constraints": _constraints(column),
        }
    )


def _constraints(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if column.required or column.key_position:
        found["required"] = True
    if column.unique:
        found["unique"] = True
    if column.type.kind in (Kind.LIST, Kind.STRUCT, Kind.BLOB):
        return found
    for ours, theirs in _CONSTRAINTS.items():
        value = getattr(column.limits, ours)
        if value not in (None, "", ()):
            found[theirs] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _references(offer: Offer, contract: Contract) -> Iterator[dict[str, Any]]:
    """References to ports of this product; a data package knows no others."""
    for link in contract.relationships:
        port = _target(offer, contract, link)
        if port is not None:
            resource = (
                "" if port.contract.id == contract.id else str(port.version).replace("@", ".v")
            )
            there = {"resource": resource, "fields": list(link.to_columns)}
            yield {"fields": list(link.columns), "reference": there}


def _target(offer: Offer, contract: Contract, link: Relationship) -> OutputPort | None:
    wanted = link.contract or contract.id
    return next((port for port in offer.ports if port.contract.id == wanted), None)
