"""OpenLineage: the runs of a product as run events (2-0-2), each START with how it ended."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from agora import __version__
from agora.model.checks import CheckResult, Outcome
from agora.model.contract import Severity
from agora.model.lineage import Edge, PortLineage, source_name
from agora.model.names import PortVersion
from agora.model.release import DataFile, Run, RunState, Snapshot
from agora.model.types import Kind, Type
from agora.spec.exports.offers import Offer

SPEC = "https://openlineage.io/spec"
EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
PRODUCER = f"urn:x-agora:agora-mesh:{__version__}"
_FACETS = {
    "schema": "1-2-0/SchemaDatasetFacet", "version": "1-0-1/DatasetVersionDatasetFacet",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "dataQualityAssertions": "1-1-0/DataQualityAssertionsDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
}  # fmt: skip
_ENDS = {
    RunState.RELEASED: "COMPLETE", RunState.BLOCKED: "FAIL", RunState.FAILED: "FAIL",
    RunState.ABANDONED: "ABORT",
}  # fmt: skip


def events(offer: Offer) -> Iterator[dict[str, Any]]:
    """Every run's events in the order they happened: it began, and how it ended."""
    for run in offer.runs:
        yield _event(offer, run, "START", run.started_at, outputs=[])
        if run.state in _ENDS and run.ended_at is not None:
            outputs = [_output(offer, run, port.version) for port in offer.ports]
            yield _event(offer, run, _ENDS[run.state], run.ended_at, outputs=outputs)


def run_id(offer: Offer, run: Run) -> str:
    """The UUID of a run, always the same for the same run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:x-agora:{offer.mesh}:run:{run.id}"))


def _event(
    offer: Offer, run: Run, kind: str, at: datetime, *, outputs: list[dict[str, Any]]
) -> dict[str, Any]:
    ended: dict[str, Any] = {"runId": run_id(offer, run)}
    if kind in ("FAIL", "ABORT"):
        words = run.error if offer.insider and run.error else f"the run was {run.state.value}"
        told = {"message": words, "programmingLanguage": "SQL"}
        ended["facets"] = {"errorMessage": _facet("errorMessage", told)}
    return {
        "eventType": kind,
        "eventTime": at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": EVENT,
        "run": ended,
        "job": {"namespace": _namespace(offer), "name": str(offer.product.name)},
        "inputs": _inputs(offer, run),
        "outputs": outputs,
    }


def _facet(name: str, content: dict[str, Any]) -> dict[str, Any]:
    version, title = _FACETS[name].split("/")
    url = f"{SPEC}/facets/{version}/{title}.json#/$defs/{title}"
    return {"_producer": PRODUCER, "_schemaURL": url, **content}


def _namespace(offer: Offer) -> str:
    return f"agora://{offer.mesh}"


def _versioned(version: object) -> dict[str, Any]:
    return {"version": _facet("version", {"datasetVersion": str(version)})}


def _inputs(offer: Offer, run: Run) -> list[dict[str, Any]]:
    """What the run read: its own sources, and ports the reader may know of, each once."""
    read = {source_name(offer.product.name, pin.name): pin.hash for pin in run.sources}
    read |= {str(pin.port): str(pin.release) for pin in run.inputs if pin.port in offer.known}
    return [
        {"namespace": _namespace(offer), "name": name, "facets": _versioned(version)}
        for name, version in read.items()
    ]


def _output(offer: Offer, run: Run, port: PortVersion) -> dict[str, Any]:
    results = [r for r in run.results if r.port == port and r.outcome is not Outcome.SKIP]
    facets: dict[str, Any] = {}
    if results:
        told = {"assertions": [_assertion(result) for result in results]}
        facets["dataQualityAssertions"] = _facet("dataQualityAssertions", told)
    found = {"namespace": _namespace(offer), "name": str(port), "facets": facets}
    snapshot = next((s for s in run.snapshots if s.port == port), None)
    if snapshot is None or run.state is not RunState.RELEASED:
        return found
    facets["schema"] = _facet(
        "schema", {"fields": [_field(c.name, c.type) for c in snapshot.columns]}
    )
    facets |= _versioned(run.release) | _column_lineage(offer, run, port)
    return found | {"outputFacets": {"outputStatistics": _statistics(snapshot)}}


def _field(name: str, of: Type) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": of.sql}
    inner = of.element if of.kind is Kind.LIST and of.element else of
    if inner.kind is Kind.STRUCT:
        found["fields"] = [_field(each, type_) for each, type_ in inner.fields]
    return found


def _statistics(snapshot: Snapshot) -> dict[str, Any]:
    files: tuple[DataFile, ...] = snapshot.files
    told = {"rowCount": snapshot.rows, "size": sum(f.size for f in files), "fileCount": len(files)}
    return _facet("outputStatistics", told)


def _assertion(result: CheckResult) -> dict[str, Any]:
    """One check: what was promised and whether it holds; no value of a row is told."""
    severity = "warn" if result.severity is Severity.WARN else "error"
    found: dict[str, Any] = {
        "assertion": result.check.partition(":")[0],
        "name": result.check,
        "success": result.outcome is Outcome.PASS,
        "severity": severity,
        "description": result.sentence,
    }
    return found | ({"column": result.column} if result.column else {})


def _column_lineage(offer: Offer, run: Run, port: PortVersion) -> dict[str, Any]:
    """Which columns each column came from, as far as the reader may know of them."""
    traced = next((each for each in offer.lineages if each.run == run.id), None)
    found = traced.port(port) if traced else None
    if found is None:
        return {}
    fields = {name: {"inputFields": _origins(offer, found, name)} for name in found.columns}
    kept = {name: field for name, field in fields.items() if field["inputFields"]}
    told = {"fields": kept, "dataset": _origins(offer, found, "")}
    return {"columnLineage": _facet("columnLineage", told)}


def _origins(offer: Offer, traced: PortLineage, column: str) -> list[dict[str, Any]]:
    """The origins of one column, or of the whole dataset; each column once with all its ways."""
    ways: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for edge in traced.edges:
        known = edge.origin.port is None or edge.origin.port in offer.known
        if edge.to == column and edge.origin.column and known:
            ways.setdefault((edge.origin.relation, edge.origin.column), []).append(_way(edge))
    return [
        {"namespace": _namespace(offer), "name": name, "field": field, "transformations": listed}
        for (name, field), listed in ways.items()
    ]


def _way(edge: Edge) -> dict[str, Any]:
    kind = "DIRECT" if edge.how.direct else "INDIRECT"
    subtype = edge.how.value.replace("-", "_").upper()
    return {"type": kind, "subtype": subtype, "masking": edge.counted}
