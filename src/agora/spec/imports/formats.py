"""Formats: whose words a file is written in, as its name and its first keys tell."""

import json

from agora.spec.texts import read

TEXTS = ("odcs", "odps", "dcs", "dbt", "ddl")
DATA = frozenset({"csv", "tsv", "parquet", "json", "ndjson", "jsonl", "xlsx", "ods", "xls"})
CATALOG = "dbt-catalog"
SQL = frozenset({"sql", "ddl"})
_KINDS = {"DataContract": "odcs", "DataProduct": "odps"}


def form_of(file: str, content: bytes) -> str:
    """One of the text formats, `data` for a file of rows, or nothing when it is not clear."""
    suffix = file.rpartition(".")[2].lower()
    if suffix in SQL:
        return "ddl"
    if suffix in ("yaml", "yml"):
        return _declared(file, content)
    if suffix == "json":
        return _dbt(content) or _declared_json(content) or "data"
    return "data" if suffix in DATA else ""


def _declared(file: str, content: bytes) -> str:
    text = read(file, content, None)
    if text.get("dataContractSpecification"):
        return "dcs"
    return _KINDS.get(str(text.get("kind")), "")


def _dbt(content: bytes) -> str:
    start = content[:2000]
    if b"/dbt/catalog/" in start:
        return CATALOG
    return "dbt" if b"dbt_schema_version" in start else ""


def _declared_json(content: bytes) -> str:
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    return "dcs" if "dataContractSpecification" in found else _KINDS.get(str(found.get("kind")), "")
