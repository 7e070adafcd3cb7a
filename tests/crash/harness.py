"""The harness: starts runs, kills them, and looks at the mesh through a reader's eyes."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.governance.proof import verify
from agora.model.people import Actor
from agora.model.release import Current, Release
from agora.usecases.query import query
from tests.crash.mesh import ROWS, deliver

POINTS = (
    "before-begin", "after-begin", "before-write", "before-stage", "after-stage",
    "before-release", "after-release", "before-tag", "after-tag", "after-settle",
)  # fmt: skip
PHASES = ("build", "write", "check", "release", "tag")
QUESTION = (
    "select (select min(generation) from lab.twins_left) a, (select max(generation) from lab.twins_left) b, "
    "(select min(generation) from lab.twins_right) c, (select max(generation) from lab.twins_right) d, "
    "(select count(*) from lab.twins_left) n, (select count(*) from lab.twins_right) m"
)


def start(root: Path, point: str = "-", product: str = "lab.twins") -> subprocess.Popen[str]:
    """A run in a process of its own, which leads a process group."""
    command = [sys.executable, "-m", "tests.crash.child", str(root), point, product]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )


def finish(process: subprocess.Popen[str]) -> str:
    """The last line a run said before it ended."""
    out, _ = process.communicate(timeout=120)
    return (out.splitlines() or [""])[-1]


def kill_in(process: subprocess.Popen[str], phase: str, delay: float) -> str:
    """Wait until the run says it is in this phase, a moment longer, and kill it; give its last phase."""
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        last = line.split()[0]
        if last == phase:
            break
    time.sleep(delay)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().split("\n")
    process.wait()
    process.stdout.close()
    said = [line.split()[0] for line in rest if line.strip()]
    return said[-1] if said else last


def seen(root: Path) -> int:
    """The generation a reader sees; raises AssertionError unless it is one whole release."""
    house = open_house(root, {})
    try:
        if house.store.get(Current, "lab.twins") is None:
            return 0
        principal = house.mesh.principal("olga")
        assert principal is not None
        answer = query(house, Actor(principal=principal), QUESTION).answer
        row = [value for batch in answer for value in batch.to_pylist()[0].values()]
    finally:
        close_house(house)
    assert len(set(row[:4])) == 1, f"a torn release: {row}"
    assert row[4:] == [ROWS, ROWS], f"rows are lost: {row}"
    return int(row[0])


def released(root: Path) -> int:
    """How many releases there are; raises AssertionError unless they are numbered without a gap."""
    house = open_house(root, {})
    try:
        numbers = [kept.noun.number for kept in house.store.find(Release, "lab.twins/")]
        current = house.store.get(Current, "lab.twins")
        verdict = verify(house.store.records(), house.store.batches())
    finally:
        close_house(house)
    assert numbers == list(range(1, len(numbers) + 1)), numbers
    assert (current.noun.number if current else 0) == len(numbers)
    assert verdict.holds, verdict.problems
    return len(numbers)


@dataclass
class Trial:
    """Kills one run after another on one mesh and checks after each what must always hold."""

    root: Path
    seed: int = 1
    generation: int = 1
    shown: int = 0
    hits: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def kill_at(self, point: str) -> None:
        """Die at a durable write, look, run again, look."""
        self._next()
        process = start(self.root, point)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, point
        self._after(point)

    def kill_during(self, phase: str, longest: float) -> None:
        """Die somewhere in a phase, look, run again, look."""
        self._next()
        process = start(self.root)
        last = kill_in(process, phase, self._dice.uniform(0, longest))
        self.hits[last] += 1
        self._after(phase)

    def _next(self) -> None:
        self.generation += 1
        deliver(self.root, self.generation)

    def _after(self, where: str) -> None:
        found = seen(self.root)
        assert found in (self.shown, self.generation), f"{where}: {found} is neither old nor new"
        said = finish(start(self.root))
        assert said.startswith("done"), f"{where}: the next run said {said!r}"
        self.shown = seen(self.root)
        assert self.shown == self.generation, where
        released(self.root)
