"""Commands, watched: what a whole process tree used while it ran; and the peers' environments."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PEERS = Path(__file__).parent
QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "POSTHOG_DISABLED": "1",
}
"""No telemetry, whichever word a peer listens to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """CPU and wall seconds, the highest PSS of the tree in MB, and what was said."""

    cpu: float
    wall: float
    peak: float
    said: str


def synced(peer: str) -> Path:
    """The folder of programs of a peer's locked environment, which is there afterwards."""
    local = PEERS.parents[1] / ".uv" / "bin" / "uv"
    uv = str(local) if local.exists() else "uv"
    folder = PEERS / peer
    subprocess.run([uv, "sync", "--frozen", "--quiet", "--project", str(folder)], check=True)
    return folder / ".venv" / "bin"


def watched(command: Sequence[str]) -> Used:
    """The command has run, alone; Python may keep its bytecode, as wherever it is installed."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before, begun, peak = os.times(), time.perf_counter(), 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=kept | QUIET
    ) as process:
        done = threading.Event()

        def look() -> None:
            nonlocal peak
            while not done.wait(0.1):
                peak = max(peak, _pss(process.pid))

        watcher = threading.Thread(target=look)
        watcher.start()
        said = process.communicate()[0]
        done.set()
        watcher.join()
    wall, after = time.perf_counter() - begun, os.times()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}\n{said}")
    return Used(cpu=sum(after[2:4]) - sum(before[2:4]), wall=wall, peak=peak / 1e6, said=said)


def _pss(pid: int) -> int:
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for each in family:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total
