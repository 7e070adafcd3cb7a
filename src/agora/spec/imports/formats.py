"""Formats: whose words a file is written in, as its name and its first keys tell."""

import json

from agora.spec.texts import read

TEXTS = ("odcs", "odps", "dcs", "dbt", "ddl")
DATA = frozenset({"csv", "tsv", "parquet", "json", "ndjson", "jsonl", "xlsx", "ods", "xls"})
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
        return "dbt" if _is_dbt(content) else _declared_json(content) or "data"
    return "data" if suffix in DATA else ""


def _declared(file: str, content: bytes) -> str:
    text = read(file, content, None)
    if text.get("dataContractSpecification"):
        return "dcs"
    return _KINDS.get(str(text.get("kind")), "")


def _is_dbt(content: bytes) -> bool:
    return b"dbt_schema_version" in content[:2000] or b"/dbt/manifest/" in content[:2000]


def _declared_json(content: bytes) -> str:
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    return "dcs" if "dataContractSpecification" in found else _KINDS.get(str(found.get("kind")), "")
