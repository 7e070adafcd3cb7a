"""The worker program: one process, one reader or one run, nothing in reach but what it was given.

It is started with an empty environment, takes commands as JSON frames and answers in frames. It
confines itself before it opens the first relation, so that a hole in the engine leads nowhere.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import duckdb

from agora.backends.engine.duckdb import sandbox
from agora.backends.engine.duckdb.blank import blank
from agora.backends.engine.duckdb.facts import facts
from agora.backends.engine.duckdb.frames import BATCH, SCHEMA, WORDS, Closed, receive, send
from agora.backends.engine.duckdb.instance import chosen, discard, locked
from agora.backends.engine.duckdb.walls import Wall, Walled
from agora.model.documents import to_document

BATCH_ROWS = 65_536
Command = dict[str, Any]


class Worker:
    """Obeys the commands of one parent until the pipe closes."""

    def __init__(self, out: BinaryIO) -> None:
        """Begin with nothing bound; a bare instance parses texts."""
        self._out = out
        self._parser = duckdb.connect(":memory:")
        self._bound: duckdb.DuckDBPyConnection | None = None
        self._wall = Wall()
        self._confined = False

    def serve(self, commands: BinaryIO) -> None:
        """Answer every command with at least one frame of words."""
        with contextlib.suppress(Closed, BrokenPipeError):
            while True:
                _, payload = receive(commands)
                command = json.loads(bytes(payload))
                self._say(self._answer(command))

    def _answer(self, command: Command) -> Mapping[str, Any]:
        try:
            return dict(getattr(self, f"_do_{command['do']}")(command) or {}) | {"ok": True}
        except Walled as refusal:
            return {"ok": False, "error": "walled", "detail": str(refusal)}
        except MemoryError:
            return {"ok": False, "error": "OutOfMemoryException", "detail": "address space"}
        except duckdb.Error as problem:
            return {"ok": False, "error": type(problem).__name__, "detail": str(problem)}
        except (BrokenPipeError, Closed):
            raise
        except Exception as problem:  # noqa: BLE001 (whatever happens in here, the parent is told)
            return {"ok": False, "error": type(problem).__name__, "detail": str(problem)}

    def _do_ready(self, _: Command) -> Mapping[str, Any]:
        return {}

    def _do_facts(self, command: Command) -> Mapping[str, Any]:
        return {"facts": to_document(facts(self._parser, command["sql"]))}

    def _do_bind(self, command: Command) -> Mapping[str, Any]:
        settings = command["settings"]
        if not self._confined:
            sandbox.limit(settings["memory"], writes=bool(command["folders"]))
            self._confined = sandbox.confine(command["paths"], command["folders"])
        discard(self._bound)
        self._bound = locked(
            command["statements"],
            paths=[*command["paths"], *command["folders"]],
            folders=command["folders"],
            settings=settings,
        )
        self._wall = Wall(tables=frozenset(command["tables"]), scans=command["scans"])
        return {"confined": self._confined}

    def _do_run(self, command: Command) -> Mapping[str, Any]:
        """Stream a reader's statement, behind the worker's own wall."""
        connection = self._instance()
        self._wall.pass_through(connection, self._parser, command["sql"])
        count, most = 0, command["rows"]
        for frame, payload, rows in _stream(connection, command["sql"]):
            count += rows
            if count > most:
                return {"rows": count, "more": True}
            send(self._out, frame, payload, flush=frame != SCHEMA)
        return {"rows": count}

    def _do_execute(self, command: Command) -> Mapping[str, Any]:
        connection = self._instance()
        connection.execute(chosen(connection, command["sql"]))
        return {}

    def _do_rows(self, command: Command) -> Mapping[str, Any]:
        result = self._instance().execute(command["sql"])
        names = [each[0] for each in result.description or ()]
        rows = result.fetchall()
        return {"rows": [dict(zip(names, map(_plain, row), strict=True)) for row in rows]}

    def _instance(self) -> duckdb.DuckDBPyConnection:
        if self._bound is None:
            raise Walled("nothing is bound")
        return self._bound

    def _say(self, words: Mapping[str, Any]) -> None:
        send(self._out, WORDS, json.dumps(words).encode())


def _stream(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[bytes, Any, int]]:
    reader = connection.sql(sql).to_arrow_reader(BATCH_ROWS)
    yield SCHEMA, reader.schema.serialize(), 0
    for batch in _parts(map(blank, reader)):
        yield BATCH, batch.serialize(), batch.num_rows


def _parts(reader: Iterable[Any]) -> Iterator[Any]:
    """Batches of at most the promised rows, whatever size the engine made."""
    for batch in reader:
        for start in range(0, max(batch.num_rows, 1), BATCH_ROWS):
            yield batch.slice(start, BATCH_ROWS)


def _plain(value: object) -> object:
    """A value as JSON can carry it; numbers stay numbers, the rest becomes text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def main() -> None:
    """Serve the parent on standard input and output.

    The engine prints (a progress bar, for one): its standard output leads nowhere, or a frame
    would be torn.
    """
    sandbox.die_with_parent()
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    Worker(private).serve(sys.stdin.buffer)


if __name__ == "__main__":
    main()
