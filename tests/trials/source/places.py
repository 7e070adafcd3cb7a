"""Places where rows lie for the trials of sources: files, databases, a web server, a bucket."""

import hashlib
import http.server
import json
import secrets
import socket
import sqlite3
import threading

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pymysql
import pytest
import xlsxwriter
from moto.server import ThreadedMotoServer
from pyarrow import fs
from sqlalchemy.engine import make_url

from agora.app.settings import Secret
from agora.backends.source.registry import InstalledSources
from agora.model.product import SourceSpec

ROWS = [("1", "north"), ("2", "söuth"), ("3", None)]
SECRET = "s3cret-and-never-printed"


class Place:
    """Somewhere rows lie: how to lay them there, and how a build would describe it."""

    def __init__(self, folder, kind, *, path="", options=None, secrets=None, lay=None):
        self.folder, self.kind, self.path = folder, kind, path
        self.options, self.secrets, self.lay = options or {}, secrets or {}, lay

    def spec(self, **more):
        return SourceSpec(
            name="raw", type=self.kind, path=self.path, options=tuple((self.options | more).items())
        )

    @property
    def sources(self):
        def secret(text):
            for name, value in self.secrets.items():
                text = text.replace("${env:" + name + "}", value)
            return Secret(text)

        return InstalledSources(secret=secret, private=("127.0.0.1",))

    def offered(self, scratch, known=()):
        source, spec = self.sources.pick(self.kind), self.spec()
        return source.offered(spec, str(self.folder), str(scratch), known)


def csv_place(folder, _request):
    def lay(rows):
        text = "id,region\n" + "".join(f"{i},{r or ''}\n" for i, r in rows)
        (folder / "data.csv").write_text(text)

    return Place(folder, "csv", path="data.csv", lay=lay)


def json_place(folder, _request):
    def lay(rows):
        lines = (json.dumps({"id": i, "region": r}) for i, r in rows)
        (folder / "data.json").write_text("\n".join(lines))

    return Place(folder, "json", path="data.json", lay=lay)


def parquet_place(folder, _request):
    def lay(rows):
        held = {"id": [i for i, _ in rows], "region": [r for _, r in rows]}
        pq.write_table(pa.table(held), folder / "data.parquet")

    return Place(folder, "parquet", path="data.parquet", lay=lay)


def sheet_place(folder, _request):
    def lay(rows):
        with xlsxwriter.Workbook(folder / "data.xlsx") as book:
            sheet = book.add_worksheet("Data")
            sheet.write_row(0, 0, ["id", "region"])
            for line, (i, r) in enumerate(rows, start=1):
                sheet.write_string(line, 0, i)
                if r is not None:
                    sheet.write_string(line, 1, r)

    return Place(folder, "sheet", path="data.xlsx", lay=lay)


def package_place(folder, request):
    package = folder / "laid_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('never imported')\n")
    request.getfixturevalue("monkeypatch").syspath_prepend(str(folder))

    def lay(rows):
        held = {"id": [i for i, _ in rows], "region": [r for _, r in rows]}
        pq.write_table(pa.table(held), package / "data.parquet")

    options = {"package": "laid_package"}
    return Place(folder, "package", path="data.parquet", options=options, lay=lay)


def filled(execute, rows, mark="?"):
    execute("DROP TABLE IF EXISTS orders", ())
    execute("CREATE TABLE orders (id varchar(20) primary key, region varchar(20))", ())
    for row in rows:
        execute(f"INSERT INTO orders VALUES ({mark}, {mark})", row)


def sqlite_place(folder, _request):
    def lay(rows):
        with sqlite3.connect(folder / "shop.db") as held:
            filled(held.execute, rows)
        held.close()

    return Place(folder, "sql", options={"url": "sqlite:///shop.db", "table": "orders"}, lay=lay)


def postgres_place(folder, request):
    url = request.getfixturevalue("postgres")

    def lay(rows):
        with psycopg.connect(url) as held:
            filled(held.execute, rows, "%s")

    options = {"url": "${env:SHOP}", "table": "public.orders"}
    return Place(folder, "sql", options=options, secrets={"SHOP": url}, lay=lay)


def mariadb_place(folder, request):
    url = request.getfixturevalue("mariadb")
    at = make_url(url)

    def lay(rows):
        held = pymysql.connect(
            host=at.host, port=at.port, user=at.username, password=at.password,
            database=at.database, autocommit=True, charset="utf8mb4",
        )  # fmt: skip
        with held, held.cursor() as cursor:
            filled(cursor.execute, rows, "%s")

    options = {"url": url.replace(SECRET, "${env:PASSWORD}"), "table": "orders"}
    return Place(folder, "sql", options=options, secrets={"PASSWORD": SECRET}, lay=lay)


class Web:
    """A little web server: paths, what they answer, and which requests came."""

    def __init__(self):
        self.files, self.asked = {}, []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                web.asked.append((self.path, dict(self.headers)))
                found = web.files.get(self.path, (404, {}, b""))
                status, headers, body = found(self) if callable(found) else found
                self.send_response(status)
                for name, value in {"Content-Length": len(body), **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def lay(self, path, body):
        """A file that is only sent to who does not have it."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'

        def answer(asked):
            if asked.headers.get("If-None-Match") == tag:
                return 304, {"ETag": tag}, b""
            return 200, {"ETag": tag}, body

        self.files[path] = answer


@pytest.fixture
def web():
    made = Web()
    yield made
    made.server.shutdown()
    made.server.server_close()


def http_place(folder, request):
    web = request.getfixturevalue("web")

    def lay(rows):
        text = "id,region\n" + "".join(f"{i},{r or ''}\n" for i, r in rows)
        web.lay("/data.csv", text.encode())

    options = {"header_value": "${env:TOKEN}"}
    return Place(
        folder, "http", path=f"{web.url}/data.csv", options=options, lay=lay,
        secrets={"TOKEN": f"Bearer {SECRET}"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def s3_server():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server):
    """A new bucket: its endpoint and a file system that writes to it."""
    files = fs.S3FileSystem(
        access_key="writer", secret_key=SECRET, endpoint_override=s3_server.removeprefix("http://"),
        scheme="http", region="us-east-1", allow_bucket_creation=True,
    )  # fmt: skip
    name = f"b-{secrets.token_hex(6)}"
    files.create_dir(name)
    return s3_server, name, files


def put(bucket, key, body):
    _, name, files = bucket
    with files.open_output_stream(f"{name}/{key}") as out:
        out.write(body)


def s3_options(endpoint):
    return {"endpoint": endpoint, "key": "reader", "secret": "${env:S3_SECRET}"}


def s3_place(folder, request):
    bucket = request.getfixturevalue("bucket")

    def lay(rows):
        lines = (json.dumps({"id": i, "region": r}) for i, r in rows)
        put(bucket, "in/data.json", ("\n".join(lines) or "\n").encode())

    return Place(
        folder, "s3", path=f"s3://{bucket[1]}/in/data.json", options=s3_options(bucket[0]),
        secrets={"S3_SECRET": SECRET}, lay=lay,
    )  # fmt: skip


PLACES = {
    "csv": csv_place, "json": json_place, "parquet": parquet_place, "sheet": sheet_place,
    "package": package_place, "sqlite": sqlite_place, "postgres": postgres_place,
    "mariadb": mariadb_place, "http": http_place, "s3": s3_place,
}  # fmt: skip
