"""Derived tables beside secure views and raw DuckDB on TPC-H: ratios from one run.

The same policies (20 % of rows hidden, two columns masked) are read through secure views and from
derived tables. Floors: raw DuckDB on the released files, where nothing is hidden and so there is
more to read, and raw DuckDB on the derived tables' own files, the fair one.

    python benchmarks/derived.py --scale 1
"""

import argparse
import math
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from query_overhead import BOUNDS, QUERIES, TABLES, _ask, _beside, _governed, _raw, _released

from agora.backends.engine.duckdb.benches import DuckBenches
from agora.backends.engine.duckdb.readers import DuckReaders
from agora.governance.outcomes import left
from agora.model.derived import Derived, Why
from agora.model.names import PortVersion
from agora.model.release import Snapshot
from agora.passage.derived import over, write


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", default="1")
    arguments.add_argument("--runs", type=int, default=5)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = {name: _released(Path(folder), name, given.scale) for name in TABLES}
        secure = {name: _governed(name, *t, barrier=True) for name, t in tables.items()}
        begun = time.perf_counter()
        derived = {name: _derived(Path(folder), each) for name, each in secure.items()}
        took = time.perf_counter() - begun
        sizes = [sum(f.size for r in each.values() for f in r.files) for each in (secure, derived)]
        print(f"made in {took:.1f} s; {sizes[1] / sizes[0]:.2f} of the released bytes")
        released = _raw(tables)
        own = _raw({name: (each.columns, each.files) for name, each in derived.items()})
        for words, floor, ours in (
            ("secure views, floor: raw on released files", released, secure),
            ("derived tables, floor: raw on released files", released, derived),
            ("derived tables, floor: raw on their own files", own, derived),
        ):
            readers = DuckReaders()
            _compare(words, floor, readers, list(ours.values()), given.runs)
            readers.close()


def _derived(folder, relation):
    """What the relation's shield leaves, written as the platform writes it."""
    port = PortVersion.parse(f"tpch.{relation.name}@1")
    snapshot = Snapshot(
        port=port, table=relation.name, table_uuid="", snapshot_id=1, metadata="",
        columns=relation.columns, files=relation.files,
    )  # fmt: skip
    columns = left(snapshot, relation.shield)
    home = folder / "derived" / relation.name
    seen = replace(relation, schema="main", name="seen")
    with DuckBenches().open(
        [], [seen], writable=[str(home)], scratch=str(folder / "s"), bounds=BOUNDS
    ) as bench:
        files, rows = write(bench, columns, str(home), "part")
    made = Derived(
        outcome="x", port=port, release=1, snapshot_id=1, files=files, columns=columns, rows=rows,
        made_at=datetime.now(UTC), why=Why.OFTEN,
    )  # fmt: skip
    return over(relation, made)


def _compare(words, raw, readers, relations, runs):
    _ask(readers, relations, f"select count(*) from tpch.{relations[0].name}")
    walls, cpus = [], []
    for sql in QUERIES:
        wall, cpu, _ = _beside(
            lambda sql=sql: raw.sql(sql).to_arrow_table(),
            lambda sql=sql: _ask(readers, relations, sql),
            runs,
        )
        walls.append(wall)
        cpus.append(cpu)
    print(f"{words}: wall {_mean(walls):.2f}, CPU {_mean(cpus):.2f}", flush=True)


def _mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


if __name__ == "__main__":
    main()
