"""What the labels of the demo cost beside the checks of the same ports, on the same released rows.

Usage: `python benchmarks/labels.py DEMO_FOLDER`, after `agora demo DEMO_FOLDER`. Each set of scans runs
five times in one DuckDB with two threads; the medians are compared.
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from agora.app.house import close_house, open_house
from agora.model.names import fold
from agora.passage.ruling import current_release
from agora.quality.checks import Scan
from agora.quality.labels import LabelPlan, candidates
from agora.quality.plans import plan

TIMES = 5


def view(con: duckdb.DuckDBPyConnection, name: str, snapshot) -> None:
    files = [file.path.removeprefix("file://") for file in snapshot.files]
    con.execute(f'create or replace view "{name}" as select * from read_parquet({files})')


def ask(con: duckdb.DuckDBPyConnection, scans: Sequence[Scan]) -> dict:
    answers = {}
    for scan in scans:
        try:
            result = con.execute(scan.sql)
        except duckdb.Error:
            continue
        names = [each[0] for each in result.description]
        answers[scan.id] = tuple(dict(zip(names, row, strict=True)) for row in result.fetchall())
    return answers


def label(con: duckdb.DuckDBPyConnection, made: LabelPlan) -> None:
    answers = ask(con, made.scans)
    ask(con, candidates(made, answers))


def seconds(work) -> float:
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    house = open_house(Path(sys.argv[1]), dict(os.environ))
    con = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    con.execute("set enable_progress_bar=false")
    totals = [0.0, 0.0]
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, DuckDB {duckdb.__version__}, 2 threads, median of {TIMES}"
    )
    for product in house.mesh.products:
        release = current_release(house, product)
        others = {}
        for each in product.inputs:
            theirs = house.mesh.product(each.port.port.of)
            snapshot = current_release(house, theirs).snapshot(each.port)
            view(con, fold(each.alias), snapshot)
            others[house.mesh.port(each.port).contract.id] = fold(each.alias)
        for port in product.ports:
            name = f"own_{port.version.table}"
            view(con, name, release.snapshot(port.version))
            others |= {port.contract.id: name, port.contract.table: name}
        for port in product.ports:
            name = f"own_{port.version.table}"
            classified = house.mesh.classified()
            checks = plan(
                port.contract, port.version, relation=name, others=others, classified=classified
            )
            facts = LabelPlan(
                port=port.version, relation=name, contract=port.contract, others=others, ports={},
                classified=classified,
            )  # fmt: skip
            cost = [seconds(lambda: ask(con, checks.scans)), seconds(lambda: label(con, facts))]
            totals = [total + one for total, one in zip(totals, cost, strict=True)]
            rows = release.snapshot(port.version).rows
            print(
                f"{port.version!s:38} {rows:>11,} rows  checks {cost[0]:7.3f} s  label {cost[1]:7.3f} s  {cost[1] / cost[0]:5.2f}"
            )
    print(
        f"{'together':38} {'':>16}  checks {totals[0]:7.3f} s  label {totals[1]:7.3f} s  {totals[1] / totals[0]:5.2f}"
    )
    close_house(house)


main()
