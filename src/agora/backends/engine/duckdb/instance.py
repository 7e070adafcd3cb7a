"""Fresh, locked DuckDB instances: for a reader's relations, or for one run's build."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from agora.backends.engine.duckdb.render import Statement, text

_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "preserve_insertion_order": "false",
}


def locked(
    statements: Iterable[Statement],
    *,
    paths: Sequence[str],
    folders: Sequence[str] = (),
    settings: Mapping[str, Any],
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory instance that reaches exactly these paths and holds what was made in it.

    Nobody can change its configuration any more.
    """
    connection = duckdb.connect(":memory:", config=dict(_CONFIG))
    connection.execute(f"SET temp_directory={text(str(settings.get('scratch', '')))}")
    connection.execute(f"SET memory_limit={text(str(settings['memory']) + 'B')}")
    connection.execute(f"SET threads={int(settings['threads'])}")
    connection.execute("SET TimeZone='UTC'")
    connection.execute("SET enable_progress_bar=false")
    connection.execute("SET parquet_metadata_cache=true")
    connection.execute(f"SET allowed_paths={_listed(paths)}")
    connection.execute(f"SET allowed_directories={_listed(folders)}")
    connection.execute("SET enable_external_access=false")
    for statement in statements:
        connection.execute(chosen(connection, statement))
    connection.execute("SET lock_configuration=true")
    return connection


def chosen(connection: duckdb.DuckDBPyConnection, statement: Statement) -> str:
    """The statement itself, or the one its question leads to."""
    if isinstance(statement, str):
        return statement
    row = connection.execute(statement["ask"]).fetchone()
    return statement["yes"] if row and row[0] else statement["no"]


def discard(connection: duckdb.DuckDBPyConnection | None) -> None:
    """Close an instance, whatever state it is in."""
    if connection is not None:
        with contextlib.suppress(duckdb.Error):
            connection.close()


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(text(path) for path in paths) + "]"
