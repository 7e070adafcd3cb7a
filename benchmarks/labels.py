"""What the labels of the demo cost beside the checks of the same ports, on the same released rows.

`python benchmarks/labels.py [FOLDER]`: without a folder in which `agora demo` has run, it runs there
first. Each set of scans runs five times in one DuckDB with two threads; the medians are compared.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from agora.app.house import close_house, open_house
from agora.model.names import fold
from agora.model.product import OutputPort, Product
from agora.needs.house import House
from agora.passage.ruling import current_release
from agora.quality.checks import Scan
from agora.quality.labels.plans import LabelPlan, candidates
from agora.quality.plans import plan

TIMES = 5
AGORA = str(Path(sys.executable).with_name("agora"))


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


def relations(con: duckdb.DuckDBPyConnection, house: House, product: Product) -> dict[str, str]:
    """Views of a product's own released ports and of its inputs, by the contracts they keep."""
    found = {}
    for each in product.inputs:
        theirs = current_release(house, house.mesh.product(each.port.port.of))
        view(con, fold(each.alias), theirs.snapshot(each.port))
        found[house.mesh.port(each.port).contract.id] = fold(each.alias)
    release = current_release(house, product)
    for port in product.ports:
        name = f"own_{port.version.table}"
        view(con, name, release.snapshot(port.version))
        found |= {port.contract.id: name, port.contract.table: name}
    return found


def costs(con: duckdb.DuckDBPyConnection, house: House, port: OutputPort, others) -> list[float]:
    """Seconds of the checks and of the label of one port."""
    name, classified = f"own_{port.version.table}", house.mesh.classified()
    checks = plan(port.contract, port.version, relation=name, others=others, classified=classified)
    facts = LabelPlan(
        port=port.version, relation=name, contract=port.contract, others=others, ports={},
        classified=classified,
    )  # fmt: skip
    return [seconds(lambda: ask(con, checks.scans)), seconds(lambda: label(con, facts))]


def measure(folder: Path) -> None:
    house = open_house(folder, dict(os.environ))
    con = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    con.execute("set enable_progress_bar=false")
    totals = [0.0, 0.0]
    print(f"DuckDB {duckdb.__version__}, 2 threads, median of {TIMES}")
    for product in house.mesh.products:
        others = relations(con, house, product)
        for port in product.ports:
            cost = costs(con, house, port, others)
            totals = [total + one for total, one in zip(totals, cost, strict=True)]
            print(line(str(port.version), cost))
    print(line("together", totals))
    close_house(house)


def line(name: str, cost: Sequence[float]) -> str:
    return f"{name:38} checks {cost[0]:7.3f} s  label {cost[1]:7.3f} s  {cost[1] / cost[0]:5.2f}"


def main() -> None:
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([AGORA, "demo", folder], check=True, capture_output=True)
        measure(Path(folder))


main()
