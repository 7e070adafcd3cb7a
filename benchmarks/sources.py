"""Landing many rows from a CSV file, SQLite and PostgreSQL: memory of the process tree, time beside a bare COPY.

Every kind is a whole `agora run` (landed, typed, checked, released) of one product with as many rows.
The floor is one DuckDB process that turns the same CSV into the same typed zstd Parquet. Memory is
PSS summed over the tree and the largest RSS of a single process, sampled while it runs; a database
server is not counted. `python benchmarks/sources.py [rows] [kind …]`; 20,000,000 rows by default.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000_000
KINDS = sys.argv[2:] or ["csv", "sqlite", "postgres"]
MAKE = """
COPY (SELECT i AS id, 'customer-' || (i % 1000003) AS customer,
    CAST(i % 100000 AS DECIMAL(10,2)) / 100 AS amount, DATE '2017-01-01' + CAST(i % 365 AS INTEGER) AS day,
    CASE i % 5 WHEN 0 THEN NULL ELSE 'region, ' || (i % 7) END AS region FROM range({rows}) t(i)) TO '{path}' (HEADER)
"""
FLOOR = """
import duckdb, sys
con = duckdb.connect(config={{"threads": 2, "memory_limit": "1GB", "preserve_insertion_order": False}})
con.execute('''COPY (SELECT CAST(id AS BIGINT) AS id, customer, CAST(amount AS DECIMAL(10,2)) AS amount,
CAST(day AS DATE) AS day, region FROM read_csv('{path}', all_varchar=true, header=true)) TO '{out}' (FORMAT parquet, COMPRESSION zstd)''')
"""
FILES = {
    "agora.yaml": "agora: 1\nkind: mesh\nname: bench\noperator: olga\ndomains: [lab]\nlimits: {memory: 1GB, seconds: 3600, rows: 100000000, threads: 2}\n",
    "people.yaml": "agora: 1\nkind: people\nteams: [{id: t, title: T}]\npeople: [{id: olga, name: O, email: o@example.org, teams: [t], roles: [operator]}]\n",
    "lab/domain.yaml": "agora: 1\nkind: domain\nid: lab\ntitle: Lab\nteam: t\nowners: [olga]\npublishers: [olga]\n",
    "lab/sold/sold.odps.yaml": "apiVersion: v1.0.0\nkind: DataProduct\nid: sold\nname: sold\nversion: 1.0.0\nstatus: active\noutputPorts: [{name: sold, version: 1.0.0, contractId: sold}]\n",
    "lab/sold/contracts/sold.v1.odcs.yaml": """apiVersion: v3.1.0
kind: DataContract
id: sold
name: sold
version: 1.0.0
status: active
schema:
  - name: sold
    logicalType: object
    physicalType: table
    properties:
      - {name: id, logicalType: integer, physicalType: BIGINT, required: true}
      - {name: customer, logicalType: string}
      - {name: amount, logicalType: number, physicalType: "DECIMAL(10,2)"}
      - {name: day, logicalType: date}
      - {name: region, logicalType: string}
""",
    "lab/sold/build.yaml": "agora: 1\nkind: build\nproduct_kind: source-aligned\nsources: [{name: raw, SOURCE}]\noutputs: [{port: sold, from: raw}]\n",
}
SOURCES = {
    "csv": "type: csv, path: sold.csv",
    "sqlite": 'type: sql, options: {url: "sqlite:///sold.db", table: sold}',
    "postgres": 'type: sql, options: {url: "${env:BENCH_URL}", table: sold}',
}


def measured(command, environment):
    """CPU seconds of the command's tree, seconds, peak PSS of the tree and RSS of its largest process."""
    began, seen = time.perf_counter(), {"pss": 0, "rss": 0}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    done = threading.Event()

    def watch():
        while not done.wait(0.2):
            pss, rss = memory(process.pid)
            seen["pss"], seen["rss"] = max(seen["pss"], pss), max(seen["rss"], rss)

    thread = threading.Thread(target=watch)
    thread.start()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    thread.join()
    assert process.returncode == 0, command
    return used.ru_utime + used.ru_stime, time.perf_counter() - began, seen["pss"], seen["rss"]


def memory(pid):
    pss, rss = 0, 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0, 0
    for each in family:
        try:
            found = each.memory_full_info()
        except psutil.Error:
            continue
        pss, rss = pss + found.pss, max(rss, found.rss)
    return pss, rss


def lay(root, kind, csv):
    """A mesh whose product reads the rows from this kind of source."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("SOURCE", SOURCES[kind]))
    if kind == "csv":
        os.link(csv, root / "lab/sold/sold.csv")
    if kind == "sqlite":
        import csv as reader
        import sqlite3

        with sqlite3.connect(root / "lab/sold/sold.db") as held, csv.open() as file:
            held.execute("PRAGMA journal_mode=OFF")
            held.execute(
                "CREATE TABLE sold (id integer, customer text, amount decimal(10,2), day date, region text)"
            )
            rows = reader.reader(file)
            next(rows)
            held.executemany("INSERT INTO sold VALUES (?, ?, ?, ?, nullif(?, ''))", rows)
        held.close()


def fill(url, csv):
    import psycopg

    with psycopg.connect(url) as held, csv.open("rb") as file:
        held.execute(
            "CREATE TABLE sold (id bigint, customer text, amount decimal(10,2), day date, region text)"
        )
        with held.cursor().copy("COPY sold FROM STDIN (FORMAT csv, HEADER)") as copy:
            while block := file.read(1 << 20):
                copy.write(block)


def run(kind, csv, folder, environment, floor):
    root = folder / kind
    lay(root, kind, csv)
    command = [sys.executable, "-m", "agora", "run", "lab.sold", "--mesh", str(root)]
    cpu, seconds, pss, rss = measured(command, environment)
    print(f"{kind}: {cpu:.1f} CPU s ({cpu / floor:.2f} x floor), {seconds:.1f} s, PSS {pss >> 20} MB, largest RSS {rss >> 20} MB", flush=True)  # fmt: skip


def main():
    import duckdb

    with tempfile.TemporaryDirectory() as name:
        folder, csv = Path(name), Path(name, "sold.csv")
        duckdb.sql(MAKE.format(rows=ROWS, path=csv))
        environment = {**os.environ, "TMPDIR": name}
        floor = FLOOR.format(path=csv, out=folder / "floor.parquet")
        cpu, seconds, pss, rss = measured([sys.executable, "-c", floor], environment)
        print(f"{ROWS:,} rows, {csv.stat().st_size >> 20} MB of CSV")
        print(f"bare COPY: {cpu:.1f} CPU s, {seconds:.1f} s, PSS {pss >> 20} MB, largest RSS {rss >> 20} MB", flush=True)  # fmt: skip
        for kind in KINDS:
            if kind != "postgres":
                run(kind, csv, folder, environment, cpu)
                continue
            sys.path.insert(0, str(ROOT))
            from tests.servers import postgres_server

            with postgres_server() as server:
                url = server.database()
                fill(url, csv)
                run(kind, csv, folder, environment | {"BENCH_URL": url}, cpu)


if __name__ == "__main__":
    main()
