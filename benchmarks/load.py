"""Two hundred people at once: they browse and query a served market, and nobody meets an error.

Every reader is a person of their own, signed in at a real `agora up` with two workers. Each goes
round and round without a pause: home, a search, a product's page, its rows, and a small query over
REST with their own token. Whatever is not 200 is an error, a refusal for being too many included.
Beside it, in turn and with as many readers, the floor: two bare Starlette workers with a page of the
same size and the same query on the same files in DuckDB, which know no persons and rule nothing.

    python benchmarks/load.py --readers 200 --seconds 60

Readers share the machine with the server, so times say how long the line is: read the ratios.
"""

import argparse
import asyncio
import itertools
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import httpx
import psutil

MARKET = Path(__file__).parents[1] / "tests/meshes/market"
PRODUCT = "/products/sales/transactions"
SQL = "select store_id, count(*) as n, sum(amount) as sold from {} group by 1 order by 1"
PAGES = {
    "home": "/",
    "search": "/search?q=sales",
    "product": PRODUCT,
    "data": f"{PRODUCT}/data",
}
QUERY = "query"
PATIENCE = 120
BARE = """
import sys
import anyio.to_thread, duckdb, uvicorn, socket
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

files, page, sql = sys.argv[2].split("|"), "x" * int(sys.argv[3]), sys.argv[4]
connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.execute(f"CREATE VIEW sold AS SELECT * FROM read_parquet({files!r})")

def shown(request):
    return HTMLResponse(page)

def asked(request):
    import pyarrow as pa
    table, sink = connection.cursor().sql(sql).to_arrow_table(), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return Response(sink.getvalue().to_pybytes())

app = Starlette(routes=[Route("/", shown), Route("/query", asked)])
uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run([socket.socket(fileno=int(sys.argv[1]))])
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agora-load-") as folder:
        root = Path(folder) / "market"
        names, tokens = market(root, asked.readers)
        server, url = served(root, asked.workers)
        try:
            readers = asyncio.run(signed_in(url, names, tokens))
            size = len(httpx.get(url + PRODUCT, cookies=readers[0].cookies).content)
            ours = measured(server, visits(url, readers), asked.seconds)
        finally:
            server.terminate()
            server.wait()
        crew, bare_url = bare(root, size, asked.workers)
        try:
            floor = measured(crew[0], bare_visits(bare_url, asked.readers), asked.seconds / 4)
        finally:
            for each in crew:
                each.kill()
                each.wait()
    told(ours, floor)
    sys.exit(1 if ours.errors else 0)


def market(root, count):
    """The market with its transactions released and so many analysts more; their ids and tokens."""
    from datetime import UTC, datetime

    from agora.app.house import close_house, open_house
    from agora.model.people import Actor
    from agora.usecases import token
    from agora.usecases.run import run

    shutil.copytree(MARKET, root)
    names = [f"reader-{n}" for n in range(count)]
    people = root / "people.yaml"
    more = "".join(
        f"  - {{id: {n}, name: {n}, email: {n}@example.org, teams: [sales], roles: [analyst],"
        ' attributes: {stores: ["330", "367"]}}\n'
        for n in names
    )
    people.write_text(people.read_text().replace("services:\n", f"{more}services:\n"))
    house = open_house(root, {})
    run(house, Actor(principal=house.mesh.principal("olga")), "sales.transactions")
    tokens = [
        token.make(
            house,
            Actor(principal=house.mesh.principal(name)),
            name="load",
            scopes=["read"],
            days=1,
            now=datetime.now(UTC),
        ).secret
        for name in names
    ]
    close_house(house)
    return names, tokens


def served(root, workers):
    """The server's process and its address."""
    command = ["up", "--demo", "--workers", str(workers), "--port", "0", "--mesh", str(root)]
    with (root.parent / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "agora", *command], stdout=subprocess.PIPE, stderr=log, text=True
        )
    found = re.search(r"http://\S+", server.stdout.readline())
    if found is None:
        raise SystemExit((root.parent / "server.log").read_text())
    url = found.group()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return server, url
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


class Reader:
    """Somebody with the cookies of a session and a token."""

    def __init__(self, cookies, token):
        self.cookies, self.token = cookies, token


async def signed_in(url, names, tokens):
    """Everybody has signed in as themselves, some at a time."""
    some = asyncio.Semaphore(8)

    async def sign(name, token):
        async with some, httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
            page = (await client.get("/sign-in")).text
            word = page.partition('name="_csrf" value="')[2].partition('"')[0]
            answer = await client.post("/demo/as", data={"person": name, "_csrf": word})
            assert answer.status_code == 303, answer.text
            return Reader(dict(client.cookies), token)

    return await asyncio.gather(*map(sign, names, tokens))


def visits(url, readers):
    """What each reader asks for, round and round; everybody begins somewhere else."""
    kinds = [*PAGES, QUERY]
    table = "sales.transactions"
    body = {"sql": SQL.format(table), "purpose": "sales-planning"}

    def visit(client, reader, kind):
        if kind == QUERY:
            headers = {"authorization": f"Bearer {reader.token}"}
            return client.post(f"{url}/api/v1/query", json=body, headers=headers)
        return client.get(url + PAGES[kind])

    for place, reader in enumerate(readers):
        turns = itertools.cycle(kinds[place % len(kinds) :] + kinds[: place % len(kinds)])
        yield reader.cookies, lambda client, r=reader, t=turns: (k := next(t), visit(client, r, k))


def bare_visits(url, count):
    paths = {"page": "/", QUERY: "/query"}
    for place in range(count):
        turns = itertools.cycle(["page", QUERY] if place % 2 else [QUERY, "page"])
        yield {}, lambda client, t=turns: (k := next(t), client.get(url + paths[k]))


class Measured:
    """Seconds by kind of visit, errors with how often each was met, and what the server took."""

    def __init__(self):
        self.times, self.errors = defaultdict(list), Counter()
        self.cpu = self.seconds = 0.0
        self.memory = self.processes = 0


def measured(server, readers, seconds):
    """Every reader has been at it for so many seconds, and got their last answer."""
    found = Measured()
    before, began = used(server), time.monotonic()
    asyncio.run(everybody(server, readers, seconds, found))
    found.cpu, found.seconds = used(server) - before, time.monotonic() - began
    return found


async def everybody(server, readers, seconds, found):
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=1)

    async def read(cookies, turn):
        # who is asked for a reader's own trust store two hundred times measures nothing else
        async with httpx.AsyncClient(
            cookies=cookies, timeout=PATIENCE, limits=limits, verify=False, trust_env=False
        ) as client:
            while time.monotonic() < until:
                await once(client, turn, found)

    async def look():
        while True:
            await asyncio.sleep(2)
            whole, count = await asyncio.to_thread(memory, server)
            found.memory, found.processes = max(found.memory, whole), max(found.processes, count)

    looking = asyncio.create_task(look())
    await asyncio.gather(*(read(cookies, turn) for cookies, turn in readers))
    looking.cancel()


async def once(client, turn, found):
    began = time.perf_counter()
    kind, asking = turn(client)
    try:
        answer = await asking
    except httpx.TransportError as problem:
        found.errors[f"{kind}: {type(problem).__name__}"] += 1
        return
    found.times[kind].append(time.perf_counter() - began)
    if answer.status_code != 200:
        code = re.search(r"E\d{3}", answer.text)
        found.errors[f"{kind}: {answer.status_code} {code.group() if code else ''}"] += 1


def family(process):
    whole = psutil.Process(process.pid)
    return [whole, *whole.children(recursive=True)]


def used(process):
    """CPU seconds of a server, its workers, and their engines, also of those that have ended."""
    total = 0.0
    for each in family(process):
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        total += sum((times.user, times.system, times.children_user, times.children_system))
    return total


def memory(process):
    found = []
    for each in family(process):
        try:
            found.append(each.memory_full_info().pss)
        except psutil.Error:
            continue
    return sum(found), len(found)


def bare(root, size, workers):
    """Bare Starlette on one socket, in so many processes."""
    lake = sorted(str(path) for path in (root / ".agora").rglob("*.parquet") if "data" in str(path))
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    files = "|".join(path for path in lake if "sales" in path and "landing" not in path)
    command = [sys.executable, "-c", BARE, str(listening.fileno()), files, str(size)]
    command.append(SQL.format("sold"))
    crew = [subprocess.Popen(command, pass_fds=[listening.fileno()]) for _ in range(workers)]
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    assert httpx.get(f"{url}/query", timeout=60).is_success
    return crew, url


def told(ours, floor):
    served = sum(map(len, ours.times.values()))
    print(f"{served} answers in {ours.seconds:.0f} s, {ours.cpu:.0f} CPU s of the server")
    print(
        f"peak PSS of the server with its engines: {ours.memory >> 20} MB, {ours.processes} processes"
    )
    for kind, times in sorted(ours.times.items()):
        base = floor.times[QUERY if kind == QUERY else "page"]
        print(
            f"  {kind:8} {line(times)}   floor {line(base)}   p50 ratio {middle(times) / middle(base):.1f}"
        )
    for error, times in ours.errors.most_common():
        print(f"  ERROR {times} x {error}")
    if floor.errors:
        print(f"  errors of the floor: {dict(floor.errors)}")
    print(f"errors: {ours.errors.total()}; promised 0")


def middle(times):
    return statistics.median(times)


def line(times):
    late = sorted(times)[int(len(times) * 0.95)]
    return f"{len(times):5} p50 {middle(times) * 1000:7.0f} ms p95 {late * 1000:7.0f} ms"


if __name__ == "__main__":
    main()
