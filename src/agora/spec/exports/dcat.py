"""DCAT: a product as a catalogue entry, in DCAT 3 (DCAT-AP 3.0.1) with DPROD, as JSON-LD.

The context stands in the document: nothing has to be fetched to read it.
"""

from typing import Any

from agora.model.names import PortVersion
from agora.model.product import OutputPort
from agora.spec.exports.offers import Offer

CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dprod": "https://ekgf.github.io/dprod/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_CSV = "http://publications.europa.eu/resource/authority/file-type/CSV"
_CSV_MEDIA = "http://www.iana.org/assignments/media-types/text/csv"


def document(offer: Offer) -> dict[str, Any]:
    """The catalogue, the product, and for each output port its dataset, distribution and service."""
    nodes = [_catalogue(offer), _product(offer), *_agents(offer), _status(offer)]
    nodes += [node for port in offer.ports for node in _port(offer, port)]
    nodes += [
        {"@id": _CSV, "@type": "dct:MediaTypeOrExtent"},
        {"@id": _CSV_MEDIA, "@type": ["dct:MediaType", "dct:MediaTypeOrExtent"]},
    ]
    nodes += [_input(offer, port) for port in dict.fromkeys(each.port for each in offer.inputs)]
    nodes += [
        {"@id": offer.iri("classification", word), "rdfs:label": word,
         "@type": "dprod:InformationSensitivityClassification"}
        for word in sorted({w for port in offer.ports for w in _labels(offer, port)})
    ]  # fmt: skip
    return {"@context": CONTEXT, "@graph": [_said(node) for node in nodes]}


def _said(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if value not in ("", [], None)}


def _to(*iris: str) -> list[dict[str, str]]:
    return [{"@id": iri} for iri in iris]


def _moment(offer: Offer) -> dict[str, str] | None:
    if offer.release is None:
        return None
    return {"@type": "xsd:dateTime", "@value": offer.release.released_at.isoformat()}


def _team(offer: Offer) -> str:
    return offer.iri("team", offer.domain.team if offer.domain else offer.product.name.domain)


def _catalogue(offer: Offer) -> dict[str, Any]:
    return {
        "@id": offer.iri("catalogue", offer.mesh),
        "@type": "dcat:Catalog",
        "dct:title": offer.title,
        "dct:description": f"The data products of {offer.title}.",
        "dct:publisher": _to(_team(offer)),
        "dcat:dataset": _to(*(_dataset(offer, port.version) for port in offer.ports)),
        "dcat:service": _to(*(_service(offer, port.version) for port in offer.ports)),
        "dcat:resource": _to(offer.iri("product", offer.product.name)),
    }


def _product(offer: Offer) -> dict[str, Any]:
    product = offer.product
    inputs = tuple(dict.fromkeys(each.port for each in offer.inputs))
    return {
        "@id": offer.iri("product", product.name),
        "@type": ["dprod:DataProduct", "dcat:Resource"],
        "rdfs:label": product.title,
        "dct:title": product.title,
        "dct:identifier": str(product.name),
        "dct:description": product.description or product.summary,
        "dcat:version": product.version,
        "dcat:keyword": list(product.tags),
        "dct:type": product.kind.value,
        "dct:publisher": _to(_team(offer)),
        "dprod:purpose": product.summary,
        "dprod:domain": _to(offer.iri("domain", product.name.domain)),
        "dprod:lifecycleStatus": _to(offer.iri("status", product.status.value)),
        "dprod:dataProductOwner": _to(*(offer.iri("person", name) for name in _owners(offer))),
        "dprod:outputPort": _to(*(_service(offer, port.version) for port in offer.ports)),
        "dprod:outputDataset": _to(*(_dataset(offer, port.version) for port in offer.ports)),
        "dprod:inputDataset": _to(*(_dataset(offer, port) for port in inputs)),
    }


def _owners(offer: Offer) -> tuple[str, ...]:
    return offer.domain.owners if offer.domain else ()


def _agents(offer: Offer) -> list[dict[str, Any]]:
    """The owning team, which publishes, the persons who own, and the domain they own."""
    name = offer.domain.team if offer.domain else offer.product.name.domain
    contacts = offer.domain.contacts if offer.domain else ()
    mail = [f"mailto:{c.address}" for c in contacts if c.channel == "email"]
    team = {
        "@id": _team(offer),
        "@type": ["foaf:Organization", "foaf:Agent", "prov:Agent"],
        "foaf:name": name,
        "foaf:mbox": _to(*mail),
    }
    domain = {
        "@id": offer.iri("domain", offer.product.name.domain),
        "@type": "rdfs:Resource",
        "rdfs:label": (offer.domain.title if offer.domain else "") or offer.product.name.domain,
    }
    persons = [
        {"@id": offer.iri("person", each), "@type": ["foaf:Person", "foaf:Agent", "prov:Agent"],
         "foaf:name": each}
        for each in _owners(offer)
    ]  # fmt: skip
    return [team, domain, *persons, *_contacts(offer)]


def _contacts(offer: Offer) -> list[dict[str, Any]]:
    """How to reach the team by mail."""
    contacts = offer.domain.contacts if offer.domain else ()
    return [
        {
            "@id": offer.iri("contact", f"{offer.product.name.domain}-{place}"),
            "@type": ["vcard:Organization", "vcard:Kind"],
            "vcard:fn": offer.domain.team if offer.domain else "",
            "vcard:hasEmail": _to(f"mailto:{contact.address}"),
        }
        for place, contact in enumerate(contacts, start=1)
        if contact.channel == "email"
    ]


def _status(offer: Offer) -> dict[str, Any]:
    return {
        "@id": offer.iri("status", offer.product.status.value),
        "@type": "dprod:DataProductLifecycleStatus",
        "rdfs:label": offer.product.status.value,
    }


def _dataset(offer: Offer, port: PortVersion) -> str:
    return offer.iri("dataset", port)


def _service(offer: Offer, port: PortVersion) -> str:
    return offer.iri("port", port)


def _labels(offer: Offer, port: OutputPort) -> list[str]:
    """The classified words its columns bear."""
    found = {label for column in port.contract.columns for label in column.labels}
    return sorted(found & offer.classified)


def _input(offer: Offer, port: PortVersion) -> dict[str, Any]:
    name = str(port)
    return {
        "@id": _dataset(offer, port),
        "@type": "dcat:Dataset",
        "rdfs:label": name,
        "dct:title": name,
        "dct:description": f"The port {name} of another product, which this one reads.",
        "dct:identifier": name,
    }


def _port(offer: Offer, port: OutputPort) -> list[dict[str, Any]]:
    name, words = str(port.version), port.contract.title or port.name.port
    described = port.description or port.contract.description or words
    distribution = offer.iri("distribution", port.version)
    dataset = {
        "@id": _dataset(offer, port.version),
        "@type": "dcat:Dataset",
        "rdfs:label": words,
        "dct:title": words,
        "dct:description": described,
        "dct:identifier": name,
        "dct:modified": _moment(offer),
        "dct:publisher": _to(_team(offer)),
        "dct:conformsTo": _to(offer.contract_iri(port.version)),
        "dcat:contactPoint": _to(*(str(each["@id"]) for each in _contacts(offer))),
        "dct:accessRights": _to(offer.iri("access", port.version)),
        "dcat:version": port.contract.version,
        "dcat:keyword": list(port.contract.tags),
        "dcat:distribution": _to(distribution),
        "dprod:informationSensitivityClassification": _to(
            *(offer.iri("classification", word) for word in _labels(offer, port))
        ),
        "prov:wasDerivedFrom": _to(*(_dataset(offer, each.port) for each in offer.inputs)),
    }
    return [dataset, *_ways(offer, port, distribution), *_terms(offer, port)]


def _ways(offer: Offer, port: OutputPort, distribution: str) -> list[dict[str, Any]]:
    """The distribution and the service that gives access to it."""
    service, name = _service(offer, port.version), str(port.version)
    return [
        {
            "@id": distribution,
            "@type": "dcat:Distribution",
            "dct:title": f"{name} as CSV",
            "dcat:accessURL": _to(service),
            "dcat:accessService": _to(service),
            "dct:format": _to(_CSV),
            "dcat:mediaType": _to(_CSV_MEDIA),
            "dprod:isDistributionOf": _to(_dataset(offer, port.version)),
        },
        {
            "@id": service,
            "@type": "dcat:DataService",
            "rdfs:label": name,
            "dct:title": name,
            "dct:publisher": _to(_team(offer)),
            "dcat:endpointURL": _to(service),
            "dcat:endpointDescription": _to(offer.contract_iri(port.version)),
            "dcat:servesDataset": _to(_dataset(offer, port.version)),
            "dprod:isAccessServiceOf": _to(distribution),
        },
    ]


def _terms(offer: Offer, port: OutputPort) -> list[dict[str, Any]]:
    """The contract the dataset conforms to, and how access is had."""
    ask = f"agora request {port.name} --purpose … --reason …"
    return [
        {
            "@id": offer.contract_iri(port.version),
            "@type": "dct:Standard",
            "dct:title": f"ODCS contract {port.contract.id}",
            "dct:identifier": port.contract.id,
        },
        {
            "@id": offer.iri("access", port.version),
            "@type": "dct:RightsStatement",
            "rdfs:label": f"on request, by agreement with the owning domain: {ask}",
        },
    ]
