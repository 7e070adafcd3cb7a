"""Binding: which relations a worker holds, and under which limits."""

from collections.abc import Set as AbstractSet
from typing import Any

from agora.backends.engine.duckdb import render
from agora.model.errors import Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import Governed
from agora.model.types import quoted


def binding(relations: AbstractSet[Governed], bounds: Bounds) -> dict[str, Any]:
    """The command that gives a worker exactly these relations."""
    if any(relation.deletes for relation in relations):
        raise Unavailable("a table carries row deletes that this engine does not read", code="E512")
    ordered = sorted(relations, key=lambda r: (r.schema, r.name))
    schemas = sorted({relation.schema for relation in ordered} - {"main"})
    views = [
        render.view(relation, name)
        for relation in ordered
        for name in (relation.name, *relation.aliases)
    ]
    return {
        "do": "bind",
        "statements": [f"CREATE SCHEMA {quoted(schema)}" for schema in schemas] + views,
        "paths": sorted({file.path for relation in ordered for file in relation.files}),
        "folders": [],
        "tables": sorted(
            f"{r.schema}.{name}".lower() for r in ordered for name in (r.name, *r.aliases)
        ),
        "scans": any(not relation.shield.barrier for relation in ordered),
        "settings": {"memory": bounds.memory, "threads": bounds.threads, "scratch": ""},
    }
