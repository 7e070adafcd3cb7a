"""Benches: one run's engine session; its own sources and governed inputs in, Parquet out."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agora.backends.engine.duckdb import render, scripting
from agora.backends.engine.duckdb.forked import nursery
from agora.backends.engine.duckdb.process import WorkerProcess
from agora.model.documents import from_document
from agora.model.errors import AgoraError, Broken, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.names import fold
from agora.model.relation import Governed, RawFile
from agora.model.release import DataFile, ReleasedColumn
from agora.model.script import Script
from agora.model.sqlfacts import SqlFacts
from agora.model.types import Type, quoted
from agora.needs.engine import Written

BUILD_SECONDS = 3600.0
FILE_SIZE = "128MB"
_FULL = ("No space left", "Disk quota", "File too large", "could not write")


class DuckBenches:
    """The Benches need on DuckDB; each bench is a process of its own, and so is a Python step."""

    def __init__(self, step_seconds: float = BUILD_SECONDS) -> None:
        """Say how long one Python step may take."""
        self._step_seconds = step_seconds

    @contextlib.contextmanager
    def open(
        self,
        raw: Sequence[RawFile],
        inputs: Sequence[Governed],
        *,
        writable: Sequence[str],
        scratch: str,
        bounds: Bounds,
        readable: Sequence[str] = (),
    ) -> Iterator["DuckBench"]:
        process = WorkerProcess(nursery().start)
        try:
            bench = DuckBench(process, self._step_seconds)
            bench.bind(raw, inputs, writable, scratch, bounds, readable)
            yield bench
        finally:
            process.close()


class DuckBench:
    """A bench on one worker; everything it is asked happens in that process."""

    def __init__(self, process: WorkerProcess, step_seconds: float = BUILD_SECONDS) -> None:
        """Nothing is bound yet."""
        self._process, self._step_seconds = process, step_seconds
        self._bounds, self._scratch, self._calls = Bounds(), "", 0

    def bind(
        self,
        raw: Sequence[RawFile],
        inputs: Sequence[Governed],
        writable: Sequence[str],
        scratch: str,
        bounds: Bounds,
        readable: Sequence[str] = (),
    ) -> None:
        """Sources and inputs are relations; only the writable folders can be written."""
        self._bounds, self._scratch = bounds, scratch
        for folder in (*writable, scratch):
            Path(folder).mkdir(parents=True, exist_ok=True)
        views: list[render.Statement] = [_raw_view(each) for each in raw]
        views += [render.view(each, each.name) for each in inputs]
        paths = [*readable, *(file for each in raw for file in each.files)]
        paths += [file.path for each in inputs for file in each.files]
        self._ask(
            {
                "do": "bind",
                "statements": views,
                "paths": sorted(set(paths)),
                "folders": [*writable, scratch],
                "tables": [],
                "scans": True,
                "settings": {
                    "memory": bounds.memory,
                    "threads": bounds.threads,
                    "scratch": scratch,
                },
            },
            "the sources cannot be opened",
            "E320",
        )

    def facts(self, sql: str) -> SqlFacts:
        words = self._ask({"do": "facts", "sql": sql}, "the statement cannot be read", "E210")
        return from_document(SqlFacts, words["facts"])

    def columns(self, relation: str) -> tuple[tuple[str, str], ...]:
        found = self._rows(f"DESCRIBE SELECT * FROM {quoted(relation)}", f"`{relation}`")
        return tuple((str(row["column_name"]), str(row["column_type"])) for row in found)

    def feed(self, name: str, files: Sequence[str], absent: Sequence[tuple[str, str]] = ()) -> None:
        raw = RawFile(name=name, files=tuple(files), absent=tuple(absent))
        command = {"do": "execute", "sql": _raw_view(raw)}
        self._ask(command, f"source `{name}` cannot be opened", "E320")

    def step(self, name: str, sql: str, *, keep: bool) -> None:
        kind = "TEMP TABLE" if keep else "TEMP VIEW"
        command = {
            "do": "execute",
            "sql": f"CREATE OR REPLACE {kind} {quoted(name)} AS {sql.rstrip().rstrip(';')}",
        }
        self._ask(command, f"step `{name}` does not run", "E321")

    def call(self, name: str, script: Script, file: str) -> None:
        self._calls += 1
        folder = Path(self._scratch, f"call-{self._calls:05}-{name}")
        given, made = scripting.fresh(folder, ("given", "made"))
        paths = {each: str(given / f"{each}.parquet") for each, _ in script.parameters}
        for each, path in paths.items():
            # in one order, whatever the threads: the same rows give the same rows
            rows = f"SELECT * FROM {quoted(fold(each))} ORDER BY ALL"
            command = {
                "do": "execute",
                "sql": f"COPY ({rows}) TO {render.text(path)} (FORMAT parquet)",
            }
            self._ask(command, f"`{each}` cannot be given to step `{name}`", "E323")
        result = scripting.called(script, file, paths, str(made), self._bounds, self._step_seconds)
        view = {"do": "execute", "sql": _raw_view(RawFile(name=name, files=(result,)))}
        self._ask(view, f"what step `{name}` gave cannot be read", "E319")

    def write(
        self, select: str, columns: Sequence[ReleasedColumn], folder: str, stem: str
    ) -> Written:
        listed = ", ".join(render.typed(c.name, c.type) for c in columns)
        ids = ", ".join(
            f"{quoted(c.name)}: {_ids(c.field_id, c.type, iter(c.nested))}" for c in columns
        )
        copy = (
            f"COPY (SELECT {listed} FROM ({select})) TO {render.text(folder)} (FORMAT parquet, "
            f"COMPRESSION zstd, FIELD_IDS {{{ids}}}, FILE_SIZE_BYTES '{FILE_SIZE}', "
            f"FILENAME_PATTERN {render.text(stem + '-{i}')}, OVERWRITE_OR_IGNORE true, "
            "RETURN_STATS true)"
        )
        try:
            found = self._rows(copy, "the rows")
        except Broken as problem:
            raise self._misfit(select, columns, problem) from None
        files = [_file(row) for row in found]
        return Written(files=tuple(file for file in files if file.rows))

    def attach(
        self, name: str, files: Sequence[DataFile], columns: Sequence[ReleasedColumn]
    ) -> None:
        command = {"do": "execute", "sql": render.attached(name, files, columns)}
        self._ask(command, f"`{name}` cannot be read back", "E322")

    def rows(self, sql: str) -> tuple[Mapping[str, object], ...]:
        return self._rows(sql, "the check")

    def _rows(self, sql: str, what: str) -> tuple[dict[str, Any], ...]:
        words = self._ask({"do": "rows", "sql": sql}, f"{what} cannot be computed", "E323")
        return tuple(words["rows"])

    def _ask(self, command: dict[str, Any], sentence: str, code: str) -> dict[str, Any]:
        try:
            words = self._process.ask(command, BUILD_SECONDS)
        except Exhausted as problem:
            raise Exhausted(
                f"{sentence}: the build needs more memory or time than it may use",
                code=problem.code_shown,
                hint="raise `limits.memory` in `agora.yaml`",
            ) from None
        if words["ok"]:
            return words
        raise _failure(str(words["error"]), str(words.get("detail", "")), sentence, code)

    def _misfit(
        self, select: str, columns: Sequence[ReleasedColumn], problem: Broken
    ) -> AgoraError:
        """Which column does not fit its type, and in how many rows; the values stay unseen."""
        for column in columns:
            name = quoted(column.name)
            counted = (
                f"SELECT count(*) AS n FROM ({select}) WHERE {name} IS NOT NULL "
                f"AND TRY_CAST({name} AS {column.type.sql}) IS NULL"
            )
            with contextlib.suppress(AgoraError):
                misfits = int(str(self._rows(counted, "the rows")[0]["n"]))
                if misfits:
                    return Broken(
                        f"column `{column.name}`: {misfits:,} values are no {column.type.sql}",
                        code="E324",
                        hint="correct them in a step, or change the type in the contract",
                    )
        return problem


def _failure(error: str, detail: str, sentence: str, code: str) -> AgoraError:
    if any(word in detail for word in _FULL):
        return Unavailable(
            "the disk is full",
            code="E514",
            hint="free some space and run again; nothing was released",
        )
    if error in ("OutOfMemoryException", "MemoryError"):
        return Exhausted(
            f"{sentence}: it needs more memory than it may use",
            code="E431",
            hint="raise `limits.memory` in `agora.yaml`",
        )
    names = error in ("BinderException", "CatalogException", "ParserException", "SyntaxException")
    first = detail.splitlines()[0].partition(": ")[2] if names and detail else ""
    told = f"{sentence}: {first}" if first else f"{sentence} ({error.removesuffix('Exception')})"
    return Broken(told, code=code)


def _raw_view(raw: RawFile) -> str:
    """What deliveries bring is joined by name; columns only others bring are null."""
    nulls = "".join(f", CAST(NULL AS {of}) AS {quoted(name)}" for name, of in raw.absent)
    start = f"CREATE OR REPLACE VIEW {quoted(raw.name)} AS SELECT *{nulls} FROM "
    return start + render.named(raw.files)


def _ids(field_id: int, of: Type, nested: Iterator[int]) -> str:
    """The field id of a column and of everything inside it, as COPY spells them."""
    inner = dict(of.fields)
    if of.element is not None:
        inner = {"element": of.element}
    if not inner:
        return str(field_id)
    parts = [f"__duckdb_field_id: {field_id}"]
    parts += [f"{quoted(name)}: {_ids(next(nested), each, nested)}" for name, each in inner.items()]
    return "{" + ", ".join(parts) + "}"


def _file(row: Mapping[str, Any]) -> DataFile:
    path = os.path.abspath(str(row["filename"]))  # noqa: PTH100 (a string in, a string out)
    return DataFile(path=path, rows=int(row["count"]), size=int(row["file_size_bytes"]))
