"""CPU time of `agora --version` and `agora --help` beside `python -c pass`, medians of one run."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 15


def cpu(command: list[str]) -> float:
    """CPU seconds of one process, user and system."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def main() -> None:
    agora = str(Path(sys.executable).with_name("agora"))
    floor = statistics.fmean(cpu([sys.executable, "-c", "pass"]) for _ in range(RUNS))
    for argument in ("--version", "--help"):
        ours = statistics.fmean(cpu([agora, argument]) for _ in range(RUNS))
        print(f"agora {argument}: {ours / floor:.2f} x `python -c pass` ({ours * 1000:.0f} ms CPU)")


if __name__ == "__main__":
    main()
