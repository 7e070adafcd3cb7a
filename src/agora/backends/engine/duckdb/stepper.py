"""The program of a Python step: one process, one function, nothing in reach but what it was given.

It takes one command on its standard input, closes every wall around itself, runs the author's code
and leaves a Parquet file and one word file in the only folder it can write. It loads no library
before the walls stand, for a thread from before would stand outside of them.
"""

import json
import os
import resource
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from agora.backends.engine.duckdb import sandbox, syscalls

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 65_536
RESULT, WORDS = "result.parquet", "words.json"
MAX_WORDS = 2_000
Command = Mapping[str, Any]


def main() -> None:
    """Obey the one command; how it went stands in the word file."""
    command = json.loads(sys.stdin.buffer.read())
    missing = closed(command)
    words = {"missing": missing} if missing else obeyed(command)
    Path(command["folder"], WORDS).write_text(json.dumps(words), encoding="utf-8")
    os._exit(0)


def closed(command: Command) -> list[str]:
    """Every wall stands; the names of those that do not."""
    missing = [] if len(os.listdir("/proc/self/task")) == 1 else ["one thread"]  # noqa: PTH208
    resource.setrlimit(resource.RLIMIT_CPU, (command["seconds"], command["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (command["size"], command["size"]))
    if not sandbox.confine(command["paths"], [command["folder"]], alone=True):
        missing.append("Landlock")
    sandbox.limit(command["memory"], writes=True)
    if not syscalls.give_up():
        missing.append("seccomp")
    sandbox.die_with_parent()
    return missing


def obeyed(command: Command) -> Mapping[str, Any]:
    """What came of the author's function: nothing more to say, or what went wrong and where."""
    try:
        space: dict[str, Any] = {"__name__": "step"}
        exec(compile(command["text"], command["file"], "exec"), space)  # noqa: S102 (that is the job)
        given = {name: _given(command, name, kind) for name, kind in command["parameters"]}
        made = space[command["function"]](**given)
    except MemoryError:
        return {"error": "MemoryError"}
    except BaseException as problem:  # noqa: BLE001 (whatever the author's code does, it is told)
        return _told(problem, command["file"])
    try:
        rows = _reader(made)
        if rows is None:
            return {"given": type(made).__name__}
        import pyarrow.parquet as pq

        with pq.ParquetWriter(Path(command["folder"], RESULT), rows.schema) as out:
            for batch in rows:
                out.write_batch(batch)
    except MemoryError:
        return {"error": "MemoryError"}
    except BaseException as problem:  # noqa: BLE001 (a reader of the author's own may fail late)
        return _told(problem, command["file"])
    return {}


def _given(command: Command, name: str, kind: str) -> object:
    """The rows of one parameter in the form it asks for; read when they are needed."""
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = command["given"][name]
    if kind == "Table":
        return pq.read_table(path)
    if kind == "RecordBatchReader":
        file = pq.ParquetFile(path)
        return pa.RecordBatchReader.from_batches(
            file.schema_arrow, file.iter_batches(batch_size=BATCH_ROWS)
        )
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit='{int(command['memory'])}B'")
    connection.execute(f"SET threads={int(command['threads'])}")
    connection.execute("SET TimeZone='UTC'")
    return connection.read_parquet(path, hive_partitioning=False)


def _reader(made: Any) -> "pa.RecordBatchReader | None":
    import duckdb
    import pyarrow as pa

    if isinstance(made, duckdb.DuckDBPyRelation):
        return made.to_arrow_reader(BATCH_ROWS)
    if isinstance(made, pa.RecordBatchReader):
        return made
    if hasattr(made, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(made)
    return None


def _told(problem: BaseException, file: str) -> Mapping[str, Any]:
    """The exception in its own words and the author's line; nothing of ours."""
    frames: list[tuple[FrameType, int]] = list(traceback.walk_tb(problem.__traceback__))
    lines = [line for frame, line in frames if frame.f_code.co_filename == file]
    line = lines[-1] if lines else getattr(problem, "lineno", 0) or 0
    return {"error": type(problem).__name__, "line": line, "detail": str(problem)[:MAX_WORDS]}


if __name__ == "__main__":
    main()
