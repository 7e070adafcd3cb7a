"""Building every demo product beside the same steps and checks in bare DuckDB, and the memory of its processes.

The floor runs every product's own SQL over the same sources, writes zstd Parquet, and runs the very
scans that the contracts compile to, in one DuckDB process with the same limits. CPU seconds of the
whole process tree are compared; memory is PSS, summed over the tree, sampled while the demo runs.
Python may keep its bytecode on both sides, as it does wherever Agora is installed.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

FLOOR = """
import os, sys
from pathlib import Path
import duckdb
from agora.model.people import Actor
from agora.usecases.order import in_order
from agora.model.names import fold
from agora.app.house import open_house
from agora.quality.plans import plan
from agora.workshop.order import order
from agora.backends.engine.duckdb.facts import facts

house = open_house(Path(sys.argv[1]), dict(os.environ))
out = Path(sys.argv[2])
for name in in_order(house, Actor(principal=house.mesh.principal(house.mesh.operator))):
    product = house.mesh.product(name)
    con = duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "preserve_insertion_order": False})
    con.execute(f"set temp_directory='{out}/tmp'")
    con.execute("set enable_progress_bar=false")
    for spec in product.build.sources:
        source = house.sources.pick(spec.type)
        offered = source.offered(spec, f"{house.folder.root}/{product.folder}", str(out / "tmp"), ())
        files = [f for d in offered for f in source.to_parquet(spec, d.path, str(out / "raw" / str(name)))]
        con.execute(f'create view "{fold(spec.name)}" as select * from read_parquet({list(files)})')
    for each in product.inputs:
        con.execute(f'create view "{fold(each.alias)}" as select * from \\'{out}/{each.port}.parquet\\'')
    named = {s.name: tuple(t.table.lower() for t in facts(con, s.sql).tables) for s in product.build.steps}
    known = {fold(s.name) for s in product.build.sources} | {fold(i.alias) for i in product.inputs}
    for step in order(product.build.steps, named, known):
        con.execute(f'create temp view "{fold(step.name)}" as {step.sql}')
    for output in product.build.outputs:
        contract = product.port(output.port).contract
        columns = ", ".join(f'cast("{c.name}" as {c.type.sql}) as "{c.name}"' for c in contract.columns)
        con.execute(f'copy (select {columns} from "{fold(output.source)}") to \\'{out}/{output.port}.parquet\\' (format parquet, compression zstd)')
        con.execute(f'create view "checked_{output.port.table}" as select * from \\'{out}/{output.port}.parquet\\'')
    others = {}
    for port in product.ports:
        others |= {port.contract.table: f"checked_{port.version.table}", port.contract.id: f"checked_{port.version.table}"}
    for each in product.inputs:
        others[house.mesh.port(each.port).contract.id] = fold(each.alias)
    for port in product.ports:
        made = plan(port.contract, port.version, relation=f"checked_{port.version.table}", others=others, classified=frozenset())
        for scan in made.scans:
            con.execute(scan.sql).fetchall()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        mesh, out = Path(folder) / "mesh", Path(folder) / "out"
        out.mkdir()
        agora = str(Path(sys.executable).with_name("agora"))
        whole, _, peak = _watched([agora, "demo", str(mesh)])
        ours, wall, _ = _watched([agora, "run", "--all", "--anew", "--mesh", str(mesh)])
        floor, floor_wall, _ = _watched([sys.executable, "-c", FLOOR, str(mesh), str(out)])
    print(
        f"build of all products: {ours:.1f} CPU s, bare DuckDB {floor:.1f}: ratio {ours / floor:.2f}"
    )
    print(f"whole demo with its readers and labels: {whole:.1f} CPU s, ratio {whole / floor:.2f}")
    print(
        f"wall {wall:.1f} s and {floor_wall:.1f} s; peak memory of the whole process tree {peak / 1e9:.2f} GB (PSS)"
    )


def _watched(command: list[str]) -> tuple[float, float, int]:
    """CPU seconds of the tree, wall seconds, and the highest sum of PSS seen."""
    before, begun, peak = os.times(), time.perf_counter(), 0
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    done = threading.Event()

    def look() -> None:
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, _pss(process.pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    after = os.times()
    if code:
        raise SystemExit(f"{command[0]} ended with {code}")
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return cpu, time.perf_counter() - begun, peak


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


if __name__ == "__main__":
    main()
