"""Rounds of run and maintain, and the disk the lake and the store use after every ten of them.

Each round delivers a week, which takes the place of an older one, so that the rows stay as many as
they were; two products are built and released, and what is beyond the newest editions is removed.

    python benchmarks/maintenance.py --rounds 100 --keep 3 [--apart]

With `--apart` each week is a delivery and a small file of its own: maintenance writes them together.
"""

import argparse
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agora.usecases.maintain import maintain
from agora.usecases.run import run
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, rows_of

WEEKS, LINES = 8, 2_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=100)
    arguments.add_argument("--keep", type=int, default=3)
    arguments.add_argument("--apart", action="store_true", help="a delivery for each week")
    given = arguments.parse_args()
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        mesh = Deliveries(Path(folder) / "mesh", "{mode: replace, by: [week]}")
        build = mesh.root / "lab/sales/build.yaml"
        if not given.apart:
            build.write_text(
                build.read_text()
                .replace("deliveries/*.csv", "deliveries/now.csv")
                .replace(", load: {mode: replace, by: [week]}", "")
            )
        print("round   lake MB  files   store MB  seconds per round: run  maintain")
        spent = [0.0, 0.0]
        for number in range(1, given.rounds + 1):
            rows = [
                (w, w * LINES + n, dice.randint(0, 999)) for w in range(WEEKS) for n in range(LINES)
            ]
            for week in range(WEEKS if given.apart else 0):
                if number == 1 or week == number % WEEKS:
                    mesh.deliver(f"w{week}", rows[week * LINES :][:LINES])
            if not given.apart:
                mesh.deliver("now", rows)
            with opened(mesh) as (house, who):
                begun = time.monotonic()
                run(house, who, "lab.sales")
                run(house, who, "lab.weekly")
                spent[0] += time.monotonic() - begun
                begun = time.monotonic()
                done = maintain(house, who, keep=given.keep, grace=timedelta(0))
                spent[1] += time.monotonic() - begun
                if number == 1 or number % 10 == 0:
                    assert len(rows_of(house, who)) == WEEKS * LINES
                    _told(mesh.root, number, done.whole, spent)
                    spent = [0.0, 0.0]


def _told(root: Path, number: int, whole: int, spent: list[float]) -> None:
    lake, store = root / ".agora" / "lake", root / ".agora"
    files = [path for path in lake.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    kept = sum(path.stat().st_size for path in store.glob("agora.db*")) / 1e6
    rounds = 1 if number == 1 else 10 if number > 10 else 9
    each = [f"{seconds / rounds:6.2f}" for seconds in spent]
    print(
        f"{number:5}  {size:8.2f}  {len(files):5}  {kept:9.2f}  {each[0]:>22}  {each[1]}",
        flush=True,
    )
    assert whole


if __name__ == "__main__":
    main()
