"""What the ledger adds to a query with 8 readers at once: opened and closed, in ms and as a ratio.

The same small query is answered by 8 threads with the ledger on disk, and with a store that keeps
nothing; everything else is equal. A first round starts the workers, then both sides take turns.
"""

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.model.people import Actor
from agora.usecases.query import query
from agora.usecases.run import run

MESH = Path(__file__).parents[1] / "tests" / "meshes" / "market"
READERS, QUERIES, ROUNDS = 8, 40, 5
SQL = "select count(*) from sales.transactions"


class Forgetful:
    """The same store for reading; commits are not kept."""

    def __init__(self, store) -> None:
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def commit(self, _puts, _entries):
        return ()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "market"
        shutil.copytree(MESH, root)
        house = open_house(root, dict(os.environ))
        who = house.mesh.principal("sofia")
        run(house, Actor(principal=house.mesh.principal("olga")), "sales.transactions")
        forgetful = replace(house, store=Forgetful(house.store))
        _per_query(forgetful, who)
        rounds = [(_per_query(house, who), _per_query(forgetful, who)) for _ in range(ROUNDS)]
        kept, bare = (statistics.median(side) for side in zip(*rounds, strict=True))
        records = sum(1 for _ in house.store.records())
        close_house(house)
    print(
        f"{READERS} readers, {ROUNDS} rounds of {READERS * QUERIES} queries, {records} records kept"
    )
    print(
        f"with ledger {kept * 1000:.2f} ms, without {bare * 1000:.2f} ms per query: ratio {kept / bare:.2f}, {1000 * (kept - bare):.2f} ms each"
    )


def _per_query(house, who) -> float:
    def read(number):
        actor = Actor(principal=replace(who, id=who.id), purpose="", operator=f"t{number}")
        for _ in range(QUERIES):
            answer = query(house, actor, SQL).answer
            for _batch in answer:
                pass
            answer.close()

    threads = [threading.Thread(target=read, args=(n,)) for n in range(READERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - begun) / (READERS * QUERIES)


if __name__ == "__main__":
    sys.exit(main())
