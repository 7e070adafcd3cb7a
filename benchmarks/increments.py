"""One more week beside a full build: CPU seconds of the same products on the real data, one process.

The demo's year but its last week is built; then week 53 is delivered and loaded, then everything is
built anew from all deliveries. CPU is that of this process and the benches it starts.

    python benchmarks/increments.py
"""

import os
import tempfile
import time
from pathlib import Path

from agora.app.demo import deliveries
from agora.app.demo.lay import lay
from agora.app.demo.play import _settle
from agora.app.demo.script import WISHES
from agora.app.house import close_house, open_house
from agora.model.people import Actor
from agora.usecases.run import run

PRODUCTS = ("sales.transactions", "merchandising.promotions", "sales.weekly-sales")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "mesh"
        lay(root)
        house = open_house(root, dict(os.environ))
        for wish in WISHES:
            _settle(house, wish)
        arriving = deliveries.deliver(root, deliveries.editions(1))
        next(arriving)
        for name in ("merchandising.catalogue", *PRODUCTS):
            _run(house, name)
        next(arriving)
        week = {name: _run(house, name) for name in PRODUCTS}
        whole = {name: _run(house, name, anew=True) for name in PRODUCTS}
        close_house(house)
    for name in PRODUCTS:
        print(f"  {name}: week {week[name]:.2f} CPU s, all {whole[name]:.2f}")
    ratio = sum(week.values()) / sum(whole.values())
    print(f"one more week: {ratio:.2f} x a full build (goal 0.10)")


def _run(house, name, *, anew=False) -> float:
    """CPU seconds of one run."""
    who = Actor(principal=house.mesh.principal("olga"), operator="olga")
    before, begun = os.times(), time.perf_counter()
    ran = run(house, who, name, anew=anew)
    assert ran.release_made, name
    after = os.times()
    del begun
    return sum(after[:4]) - sum(before[:4])


if __name__ == "__main__":
    main()
