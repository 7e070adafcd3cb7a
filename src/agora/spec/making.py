"""Making: the files of a product somebody made on a page, the same as written by hand."""

from collections.abc import Iterator

from agora.model.draft import Draft, DraftColumn
from agora.model.names import fold
from agora.spec import scaffold
from agora.spec.editing import spell

STEP = "prepared"


def files(draft: Draft) -> dict[str, bytes]:
    """Every file of the product, by path: the same ones `agora new` writes."""
    name = draft.name
    folder = f"{name.domain}/{name.product}"
    texts = {
        f"{folder}/{name.product}.odps.yaml": _lines(_product(draft)),
        f"{folder}/build.yaml": _lines(_build(draft)),
        f"{folder}/contracts/{name.product}.v1.odcs.yaml": _lines(_contract(draft)),
        f"{folder}/steps/{STEP}.sql": draft.step.rstrip() + "\n",
        f"{folder}/README.md": f"# {draft.title}\n\n{draft.summary}\n",
    }
    return {path: text.encode() for path, text in texts.items()}


def contract_id(draft: Draft) -> str:
    """The id of the promise of its one table."""
    return f"{draft.name}.v1"


def _product(draft: Draft) -> Iterator[str]:
    yield "apiVersion: v1.0.0"
    yield "kind: DataProduct"
    yield f"id: {spell(str(draft.name))}"
    yield f"name: {spell(draft.name.product)}"
    yield "version: 1.0.0"
    yield "status: active"
    yield f"domain: {spell(draft.name.domain)}"
    yield "description:"
    yield f"  purpose: {spell(draft.summary)}"
    if draft.inputs:
        yield "inputPorts:"
    for each in draft.inputs:
        node = {"name": each.alias, "version": each.version, "contractId": each.contract}
        yield f"  - {spell(node)}"
    yield "outputPorts:"
    yield f"  - name: {spell(draft.name.product)}"
    yield "    version: 1.0.0"
    yield f"    contractId: {spell(contract_id(draft))}"
    if draft.inputs:
        read = [{"id": each.contract, "version": each.version} for each in draft.inputs]
        yield f"    inputContracts: {spell(read)}"


def _build(draft: Draft) -> Iterator[str]:
    yield "agora: 1"
    yield "kind: build"
    yield f"product_kind: {'consumer-aligned' if draft.inputs else 'source-aligned'}"
    if draft.source is not None:
        source = draft.source
        node: dict[str, object] = {"name": source.name, "type": source.type, "path": source.path}
        options = {"options": dict(source.options)} if source.options else {}
        yield "sources:"
        yield f"  - {spell(node | options)}"
    if draft.inputs:
        yield "inputs:"
    for each in draft.inputs:
        yield f"  - {spell({'name': each.alias, 'purpose': draft.purpose})}"
    yield "steps:"
    yield f"  - {{file: steps/{STEP}.sql}}"
    yield "outputs:"
    yield f"  - {spell({'port': draft.name.product, 'from': STEP})}"


def _contract(draft: Draft) -> Iterator[str]:
    yield "apiVersion: v3.1.0"
    yield "kind: DataContract"
    yield f"id: {spell(contract_id(draft))}"
    yield f"name: {spell(draft.title)}"
    yield "version: 1.0.0"
    yield "status: active"
    said = {"purpose": draft.row or draft.summary}
    said |= {"usage": draft.terms} if draft.terms else {}
    yield "description:"
    for key, words in said.items():
        yield f"  {key}: {spell(words)}"
    yield "schema:"
    yield f"  - name: {fold(draft.name.product)}"
    yield "    logicalType: object"
    yield "    physicalType: table"
    yield "    properties:"
    keys = [each.name for each in draft.columns if each.key]
    for each in draft.columns:
        place = keys.index(each.name) + 1 if each.key else 0
        yield f"      - {spell(_column(each, place))}"
    yield "    quality:"
    yield "      - {id: not-empty, metric: rowCount, mustBeGreaterThan: 0}"


def _column(column: DraftColumn, place: int) -> dict[str, object]:
    node: dict[str, object] = {"name": column.name} | scaffold.typed(column.type)
    if column.description:
        node["description"] = column.description
    if place:
        node |= {"required": True, "primaryKey": True, "primaryKeyPosition": place}
    if column.tags:
        node["tags"] = list(column.tags)
    return node


def _lines(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
