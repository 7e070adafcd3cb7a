"""Scripting: a Python step run in a process of its own, seen from the bench that asks for it.

Nothing the process says is trusted: it is killed when it takes too long, its words are read as
bounded JSON, and its rows only from a plain file of the name we chose.
"""

import json
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import agora
from agora.backends.engine.duckdb.stepper import MAX_WORDS, RESULT, WORDS
from agora.model.errors import AgoraError, Broken, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.script import Script

LARGEST = 64 << 30
"""How large the one file a step writes may become, in bytes."""
FRUGAL = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Libraries that reserve no address space in advance: the limit counts it. Measured, a first query
beside a first Parquet file took 2.4 GB of it without these words, and 0.6 GB with them."""
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from agora.backends.engine.duckdb.stepper import main; main()"
)
_CPU = -24


def called(
    script: Script,
    file: str,
    given: Mapping[str, str],
    folder: str,
    bounds: Bounds,
    seconds: float,
) -> str:
    """The Parquet file with what the function made of the given files.

    Raises Broken, Exhausted or Unavailable, with the author's own line and words only.
    """
    command = {
        "text": script.text,
        "file": file,
        "function": script.function,
        "parameters": [(name, kind.value) for name, kind in script.parameters],
        "given": dict(given),
        "paths": list(given.values()),
        "folder": folder,
        "memory": bounds.memory,
        "threads": bounds.threads,
        "seconds": int(seconds) * bounds.threads + 1,
        "size": LARGEST,
    }
    ended = _run(command, bounds, seconds)
    words = _words(Path(folder, WORDS))
    problem = _problem(words, ended, file)
    if problem is not None:
        raise problem
    result = Path(folder, RESULT)
    if not _plain(result):
        raise Broken(f"step `{file}` left no rows", code="E319")
    return str(result)


def _run(command: Mapping[str, Any], bounds: Bounds, seconds: float) -> int:
    threads = str(bounds.threads)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS", "POLARS_MAX_THREADS")
    try:
        return subprocess.run(  # noqa: S603 (our own program, no shell)
            [sys.executable, "-c", _PROGRAM, str(Path(agora.__file__).parent.parent)],
            input=json.dumps(command).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PYTHONHASHSEED": "0", **FRUGAL, **dict.fromkeys(names, threads)},
            cwd="/",
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return _CPU
    except OSError as problem:
        raise Unavailable("no process can be started", code="E510") from problem


def _problem(words: Mapping[str, Any] | None, ended: int, file: str) -> AgoraError | None:
    """What went wrong, as far as the process could still say it."""
    step = f"step `{file}`"
    if ended == _CPU:
        return Exhausted(f"{step} took longer than it may", code="E430", hint="let it do less")
    if words is None and ended >= 0:
        return Broken(f"{step} ended itself before it gave rows", code="E317", hint="return them")
    if words is None or words.get("error") == "MemoryError":
        hint = "take a `RecordBatchReader` or a `DuckDBPyRelation`, or raise `limits.memory`"
        return Exhausted(f"{step} needs more memory than it may use", code="E431", hint=hint)
    if words.get("missing"):
        names = " and ".join(str(each) for each in words["missing"])
        return Unavailable(f"nothing would keep {step} in: there is no {names}", code="E318")
    if "given" in words:
        return Broken(f"{step} gave `{_said(words['given'])}`, which is no table", code="E319")
    if "error" in words:
        line = f" in line {words['line']}" if words.get("line") else ""
        sentence = f"{step} failed{line}: {_said(words['error'])}"
        return Broken(sentence, code="E317", hint=_said(words.get("detail", "")))
    return None


def _words(path: Path) -> Mapping[str, Any] | None:
    """What the process said at its end; None when it could not."""
    if not _plain(path):
        return None
    with path.open("rb") as file:
        text = file.read(MAX_WORDS * 8)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plain(path: Path) -> bool:
    """A file of its own: no link that would lead the bench to what the step could not read."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def _said(value: object) -> str:
    """Words of the author's process on one line."""
    text = " ".join(str(value).split())
    return "".join(letter for letter in text if letter.isprintable())[:MAX_WORDS]


def fresh(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """New folders for one call."""
    made = tuple(folder / name for name in names)
    for each in made:
        each.mkdir(parents=True)
    return made
