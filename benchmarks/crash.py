"""Kill runs at random moments, spread over the phases, and print where they died.

After every kill a reader looks (one whole release, old or new), the next run must succeed, and
releases must be numbered without a gap. Any break stops the program with an error.

    python benchmarks/crash.py --kills 200 --seed 7
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.crash.harness import PHASES, POINTS, Trial, finish, start
from tests.crash.mesh import make

LONGEST = {"build": 0.05, "write": 0.25, "check": 0.08, "release": 0.01, "tag": 0.03}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--least", type=int, default=20, help="kills per phase, at least")
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "mesh"
        make(root)
        print("first run:", finish(start(root)))
        trial = Trial(root, seed=given.seed, shown=1)
        for point in POINTS:
            trial.kill_at(point)
        print(f"died at each of {len(POINTS)} durable writes: every reader saw a whole release")
        _random(trial, given.kills, given.least)
    _histogram(trial.hits)
    print(
        f"{sum(trial.hits.values())} random kills, seed {given.seed}, {time.monotonic() - begun:.0f} s"
    )


def _random(trial: Trial, kills: int, least: int) -> None:
    """Aim at the phase that was hit least; a kill that comes late counts where it struck."""
    while sum(trial.hits.values()) < kills or any(trial.hits[p] < least for p in PHASES):
        phase = min(PHASES, key=lambda each: trial.hits[each])
        trial.kill_during(phase, LONGEST[phase])
        print(".", end="", flush=True)
    print()


def _histogram(hits: Counter[str]) -> None:
    for phase, count in sorted(hits.items(), key=lambda pair: -pair[1]):
        print(f"  {phase:8} {count:4} {'#' * count}")


if __name__ == "__main__":
    main()
