"""Ten million released rows as Arrow over HTTP, beside reading the same snapshot in this machine's own process.

A product of so many lineitem-like rows is released into a mesh of its own. Then readers take turns,
each in a process of its own and each until the last row:

- in-process: iterates the answer of `usecases.query`; the goal is measured against it;
- http: `POST /api/v1/query` of `agora up`, by a token, read with `pyarrow.ipc.open_stream`;
- client: the same through `agora.client`;
- bare: DuckDB on the released files inside a Starlette route, with nobody asked whether one may;
- wire: as many bytes out of a Starlette route's memory, over and over the same: what HTTP alone costs.

When every core is busy, nobody gets more than CPU in-process / (CPU in-process + CPU of the wire) of the
rate, and that bound is printed as well.

The rate is rows per second of the fastest of several turns (this machine is shared, and whatever else
it does only makes a turn slower) and of the median. CPU is of each process while rows are read, the
median of all turns. Memory is PSS, sampled while rows leave: of the server's own process, and with its
engine's worker.

A statement's threads are the same on every side. With as many as there are cores nothing is left for
who sends and who reads; with fewer one sees what HTTP costs where somebody has a core for it.

    python benchmarks/streaming.py [rows] [turns] [threads]; 10,000,000, 5 and 2 by default.
"""

import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

END = b"\xff\xff\xff\xff\0\0\0\0"
PART = 4 << 20
TABLE = "lab.sold"
SQL = f"select * from {TABLE}"
FILES = {
    "agora.yaml": "agora: 1\nkind: mesh\nname: bench\noperator: olga\ndomains: [lab]\nlimits: {memory: 512MB, seconds: 3600, rows: 100000000, threads: THREADS}\n",
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
    threads = sys.argv[3] if len(sys.argv) > 3 else "2"
    with tempfile.TemporaryDirectory(prefix="agora-streaming-") as folder:
        root = Path(folder)
        token = release(root, rows, threads)
        server, url = served(root)
        floor, bare_url = bare(root, threads)
        sides = {
            "in-process": (None, ["--read", str(root)]),
            "http": (server, ["--ask", f"{url}/api/v1/query", token]),
            "client": (server, ["--client", url, token]),
            "bare": (floor, ["--ask", f"{bare_url}/", ""]),
            "wire": (floor, ["--ask", f"{bare_url}/wire", ""]),
        }
        try:
            told(rows, compare(sides, turns))
        finally:
            for each in (server, floor):
                each.terminate()
                each.wait()


def release(root, rows, threads):
    """The rows are released; gives a token of somebody who may read them."""
    import duckdb

    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace("THREADS", threads))
    duckdb.connect().execute(MAKE.format(rows=rows, path=root / "lab/sold/sold.parquet"))
    agora(root, "run", "lab.sold")
    return json.loads(agora(root, "token", "--make", "bench", "--json"))["result"]["secret"]


def agora(root, *words):
    """What a command of ours says."""
    command = [sys.executable, "-m", "agora", *words, "--mesh", str(root)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def served(root):
    """The server's process and its address."""
    command = [sys.executable, "-m", "agora", "up", "--port", "0", "--mesh", str(root)]
    with (root / "server.log").open("w") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    url = re.search(r"http://\S+", server.stdout.readline()).group()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/readyz"):
                return server, url
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit((root / "server.log").read_text())


def bare(root, threads):
    """The process that serves the released files to anybody, and its address."""
    files = [
        str(each) for each in (root / ".agora").rglob("*.parquet") if "landing" not in str(each)
    ]
    command = [sys.executable, __file__, "--serve", json.dumps(files), threads]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return server, f"http://127.0.0.1:{int(server.stdout.readline())}"


def compare(sides, turns):
    """What each side needed, turn by turn."""
    found = {name: [] for name in sides}
    for turn in range(turns):
        for name in list(sides)[:: 1 if turn % 2 else -1]:
            server, role = sides[name]
            found[name].append(called(role) if server is None else watched(server, role))
            cpu = ", ".join(f"{who} {spent:.2f}" for who, spent in found[name][-1]["cpu"].items())
            print(f"  {name}: {found[name][-1]['seconds']:.2f} s; CPU s: {cpu}", flush=True)
    return found


def told(rows, found):
    """Each side beside reading in-process."""
    floor = [turn["seconds"] for turn in found["in-process"]]
    total = {}
    for name, turns in found.items():
        spent = {
            who: statistics.median(turn["cpu"][who] for turn in turns) for who in turns[0]["cpu"]
        }
        total[name] = sum(spent.values())
        seconds = [turn["seconds"] for turn in turns]
        best = min(floor) / min(seconds)
        middle = statistics.median(floor) / statistics.median(seconds)
        parts = ", ".join(f"{who} {cpu:.2f}" for who, cpu in spent.items())
        print(
            f"{name:10} {best:.2f} x the rate in-process (fastest turns), {middle:.2f} x (medians), "
            f"{rows / min(seconds) / 1e6:.2f} million rows/s; CPU {total[name]:.2f} s: {parts}"
        )
    bound = total["in-process"] / (total["in-process"] + total["wire"])
    reached = total["in-process"] / total["http"]
    print(
        f"goal: http at 0.9 x; were every core busy, HTTP alone would leave {bound:.2f} x, http {reached:.2f} x; {load()}"
    )
    own, whole = (max(turn["peak"][n] for turn in found["http"]) for n in (0, 1))
    print(f"peak PSS: server {own >> 20} MB, with its worker {whole >> 20} MB; goal 600")


def load():
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def called(role):
    """What a reader says it needed."""
    done = subprocess.run(
        [sys.executable, __file__, *role], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def watched(server, role):
    """The same, with what the server and its engine spent, and their peak memory meanwhile."""
    peak, done = [0, 0], threading.Event()

    def watch():
        while not done.wait(0.1):
            own, whole = memory(server.pid)
            peak[:] = max(peak[0], own), max(peak[1], whole)

    thread = threading.Thread(target=watch)
    thread.start()
    before = used(server.pid)
    try:
        found = called(role)
    finally:
        done.set()
        thread.join()
    spent = [after - then for after, then in zip(used(server.pid), before, strict=True)]
    cpu = {"server": spent[0], "engine": spent[1], **found["cpu"]}
    return found | {"cpu": cpu, "peak": peak}


def used(pid):
    """CPU seconds so far of a process, and of those it has started."""
    own, *others = (sum(each.cpu_times()[:2]) for each in family(pid))
    return own, sum(others)


def memory(pid):
    found = []
    for each in family(pid):
        try:
            found.append(each.memory_full_info().pss)
        except psutil.Error:
            continue
    return found[0], sum(found)


def family(pid):
    whole = psutil.Process(pid)
    return [whole, *whole.children(recursive=True)]


def timed(ask, engine):
    """Read every row, from an engine that is warm, and say what it took."""
    ask(f"{SQL} limit 1")
    began, before = time.perf_counter(), used(os.getpid())
    ask(SQL)
    seconds = time.perf_counter() - began
    spent = [after - then for after, then in zip(used(os.getpid()), before, strict=True)]
    names = ("reader", "engine") if engine else ("reader",)
    print(json.dumps({"seconds": seconds, "cpu": dict(zip(names, spent, strict=False))}))


def read(root):
    """Through `usecases.query`."""
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

    timed(ask, engine=True)
    close_house(house)


def ask(url, token):
    """Over a socket, as an Arrow stream."""
    import pyarrow as pa

    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def ask(sql):
        body = json.dumps({"sql": sql, "format": "arrow"}).encode()
        request = urllib.request.Request(url, body, headers)
        with urllib.request.urlopen(request) as response, pa.ipc.open_stream(response) as stream:
            return sum(batch.num_rows for batch in stream)

    timed(ask, engine=False)


def client(url, token):
    """Through our own client."""
    from agora.client.connection import connect

    mesh = connect(url, token)
    timed(lambda sql: sum(batch.num_rows for batch in mesh.query(sql).batches()), engine=False)


def serve(files, threads):
    """DuckDB in a Starlette route; the first line of the output is the port."""
    import socket

    import duckdb
    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import iterate_in_threadpool
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}; SET preserve_insertion_order=false")
    connection.execute(f"CREATE SCHEMA lab; CREATE VIEW {TABLE} AS FROM read_parquet({files})")

    def all_of(reader):
        yield reader.schema.serialize().to_pybytes()
        for batch in reader:
            yield memoryview(batch.serialize())
        yield END

    def one_of(reader, count):
        first = next(iter(reader))
        yield reader.schema.serialize().to_pybytes()
        yield from itertools.repeat(memoryview(first.serialize()), -(-count // first.num_rows))
        yield END

    async def leave(messages):
        async for message in iterate_in_threadpool(messages):
            for start in range(0, len(message), PART):
                yield memoryview(message)[start : start + PART]

    async def everything(request):
        sql = (await request.json())["sql"]
        reader = connection.cursor().sql(sql).to_arrow_reader(65_536)
        return StreamingResponse(leave(all_of(reader)))

    async def wire(request):
        sql = (await request.json())["sql"]
        (count,) = connection.execute(f"SELECT count(*) FROM ({sql})").fetchone()
        reader = connection.cursor().sql(sql).to_arrow_reader(65_536)
        return StreamingResponse(leave(one_of(reader, count)))

    bound = socket.create_server(("127.0.0.1", 0))
    print(bound.getsockname()[1], flush=True)
    paths = {"/": everything, "/wire": wire}
    app = Starlette(routes=[Route(path, do, methods=["POST"]) for path, do in paths.items()])
    config = uvicorn.Config(app, log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[bound])


ROLES = {"--serve": serve, "--read": read, "--ask": ask, "--client": client}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ROLES:
        ROLES[sys.argv[1]](*sys.argv[2:])
    else:
        main()
