"""Ten million released rows as Arrow over HTTP, beside reading the same snapshot in this machine's own process.

A product of so many lineitem-like rows is released into a mesh of its own. Then two readers take
turns, each in a process of its own: one iterates the answer of `usecases.query`, the other reads the
Arrow outlet of a server (uvicorn and a bare Starlette route) from a real socket with
`pyarrow.ipc.open_stream`. The rate is rows per second of the fastest of several turns (this machine
is shared, and whatever else it does only makes a turn slower) and of the median. Memory is PSS,
sampled while rows leave: of the server's own process, and with its engine's worker.

    python benchmarks/streaming.py [rows] [turns]; 10,000,000 and 5 by default.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psutil

SQL = "select * from lab.sold"
FILES = {
    "agora.yaml": "agora: 1\nkind: mesh\nname: bench\noperator: olga\ndomains: [lab]\nlimits: {memory: 512MB, seconds: 3600, rows: 100000000, threads: 2}\n",
    "people.yaml": "agora: 1\nkind: people\nteams: [{id: t, title: T}]\npeople: [{id: olga, name: O, email: o@example.org, teams: [t], roles: [operator]}]\n",
    "lab/domain.yaml": "agora: 1\nkind: domain\nid: lab\ntitle: Lab\nteam: t\nowners: [olga]\npublishers: [olga]\n",
    "lab/policies/own-people.yaml": "agora: 1\nkind: policy\nid: own-people\ntitle: The team reads its own products\nwho: {owning_domain: true, kinds: [person]}\neffect: {permit: true}\n",
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
      - {name: orderkey, logicalType: integer, physicalType: BIGINT, required: true}
      - {name: partkey, logicalType: integer, physicalType: BIGINT}
      - {name: quantity, logicalType: number, physicalType: "DECIMAL(15,2)"}
      - {name: price, logicalType: number, physicalType: "DECIMAL(15,2)"}
      - {name: flag, logicalType: string}
      - {name: shipped, logicalType: date}
      - {name: mode, logicalType: string}
      - {name: comment, logicalType: string}
""",
    "lab/sold/build.yaml": "agora: 1\nkind: build\nproduct_kind: source-aligned\nsources: [{name: raw, type: parquet, path: sold.parquet}]\noutputs: [{port: sold, from: raw}]\n",
}
MAKE = """
COPY (SELECT i // 4 AS orderkey, CAST(hash(i) % 200000 AS BIGINT) AS partkey,
    CAST(1 + hash(i + 1) % 50 AS DECIMAL(15,2)) AS quantity,
    CAST(CAST(hash(i + 2) % 10000000 AS DECIMAL(15,2)) / 100 AS DECIMAL(15,2)) AS price,
    ['A', 'N', 'R'][CAST(1 + hash(i + 3) % 3 AS BIGINT)] AS flag,
    DATE '1992-01-01' + CAST(hash(i + 4) % 2500 AS INTEGER) AS shipped,
    ['AIR', 'FOB', 'MAIL', 'RAIL', 'SHIP', 'TRUCK', 'REG AIR'][CAST(1 + hash(i + 5) % 7 AS BIGINT)] AS mode,
    'carefully final ' || (hash(i + 6) % 100000) AS comment
    FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)
"""


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory(prefix="agora-streaming-") as folder:
        root = Path(folder)
        release(root, rows)
        server, port = served(root)
        try:
            compare(root, server, port, rows, turns)
        finally:
            server.terminate()
            server.wait()


def release(root, rows):
    """The rows are released."""
    import duckdb

    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    duckdb.connect().execute(MAKE.format(rows=rows, path=root / "lab/sold/sold.parquet"))
    subprocess.run(
        [sys.executable, "-m", "agora", "run", "lab.sold", "--mesh", str(root)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def served(root):
    """The server's process and its port."""
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(root)], stdout=subprocess.PIPE, text=True
    )
    return server, int(server.stdout.readline())


def compare(root, server, port, rows, turns):
    seconds, cpu = {"in-process": [], "http": []}, {"in-process": 0.0, "http": 0.0}
    own, whole = 0, 0
    for turn in range(turns):
        for side in list(seconds)[:: 1 if turn % 2 else -1]:
            before = used(server.pid)
            if side == "http":
                spent, peak = watched(server, ["--client", str(port)])
                own, whole = max(own, peak[0]), max(whole, peak[1])
            else:
                spent = called(["--read", str(root)])
            seconds[side].append(spent)
            cpu[side] += used(server.pid) - before
            print(f"  {side}: {spent:.2f} s, {rows / spent / 1e6:.2f} million rows/s")
    best = min(seconds["in-process"]) / min(seconds["http"])
    middle = statistics.median(seconds["in-process"]) / statistics.median(seconds["http"])
    print(
        f"{rows:,} rows as Arrow over HTTP at {best:.2f} x the rate of reading in-process "
        f"(fastest turns), {middle:.2f} x (medians); goal 0.9"
    )
    ratio = cpu["http"] / cpu["in-process"]
    print(f"CPU of everybody who takes part, starting included: {ratio:.2f} x")
    print(f"peak PSS: server {own >> 20} MB, with its worker {whole >> 20} MB; goal 600")


def used(server):
    """CPU seconds so far of the server with its workers, and of every process that has ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    alive = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    times = [each.cpu_times() for each in alive]
    return ended.ru_utime + ended.ru_stime + sum(each.user + each.system for each in times)


def called(arguments):
    """The seconds a process says it read for."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)


def watched(server, arguments):
    """The seconds of a client, and the peak memory of the server and of its tree meanwhile."""
    peak, done = [0, 0], threading.Event()

    def watch():
        while not done.wait(0.1):
            own, whole = memory(server.pid)
            peak[:] = max(peak[0], own), max(peak[1], whole)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        return called(arguments), peak
    finally:
        done.set()
        thread.join()


def memory(pid):
    found = []
    for each in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            found.append(each.memory_full_info().pss)
        except psutil.Error:
            continue
    return found[0], sum(found)


def read(root):
    """Read every row through `usecases.query`, with a worker that is warm."""
    from agora.app.house import close_house, open_house
    from agora.model.people import Actor
    from agora.usecases.query import query

    house = open_house(Path(root), dict(os.environ))
    who = Actor(principal=house.mesh.principal("olga"), operator="olga")

    def ask(sql):
        answer = query(house, who, sql).answer
        try:
            return sum(batch.num_rows for batch in answer)
        finally:
            answer.close()

    ask(f"{SQL} limit 1")
    began = time.perf_counter()
    ask(SQL)
    print(time.perf_counter() - began)
    close_house(house)


def client(port):
    """Read every row from the server, whose worker is warm."""
    import pyarrow as pa

    def ask(sql):
        address = f"http://127.0.0.1:{port}/?{urllib.parse.urlencode({'sql': sql})}"
        with urllib.request.urlopen(address) as response, pa.ipc.open_stream(response) as stream:
            return sum(batch.num_rows for batch in stream)

    ask(f"{SQL} limit 1")
    began = time.perf_counter()
    ask(SQL)
    print(time.perf_counter() - began)


def serve(root):
    """Serve the Arrow outlet; the first line of the output is the port."""
    import asyncio
    import socket

    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    from agora.app.house import open_house
    from agora.model.people import Actor
    from agora.usecases.download import download

    house = open_house(Path(root), dict(os.environ))
    who = Actor(principal=house.mesh.principal("olga"), operator="olga")

    async def leave(pieces):
        """One piece is made while the one before it is sent."""

        def after():
            return asyncio.ensure_future(run_in_threadpool(next, pieces, None))

        coming = after()
        try:
            while (piece := await coming) is not None:
                coming = after()
                yield piece
        finally:
            await run_in_threadpool(pieces.close)

    async def answer(request):
        sql = request.query_params["sql"]
        export = await run_in_threadpool(download, house, who, form="arrow", sql=sql)
        return StreamingResponse(leave(export.pieces), media_type=export.form.media)

    bound = socket.create_server(("127.0.0.1", 0))
    print(bound.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/", answer)])
    config = uvicorn.Config(app, log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[bound])


ROLES = {"--serve": serve, "--read": read, "--client": client}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ROLES:
        ROLES[sys.argv[1]](sys.argv[2])
    else:
        main()
