"""Traces: a real collector is told what requests did and in which order, and nothing anybody typed."""

import gzip
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agora.app.up import tracing
from agora.model.errors import Unavailable
from tests.journeys.changing import MESHES, in_use
from tests.servers import free_port

pytestmark = pytest.mark.journey
TRACE = "0af7651916cd43dd8448eb211c80319c"
SECRET = "verysecretword"


class Collector(BaseHTTPRequestHandler):
    """Takes what exporters send by OTLP over HTTP."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        found = ExportTraceServiceRequest.FromString(body)
        self.server.heard.append(found)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def spans(tmp_path_factory):
    """Everything a server told its collector of a few requests, from its start to its end."""
    collector = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    collector.heard = []
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    root = tmp_path_factory.mktemp("traces") / "market"
    shutil.copytree(MESHES / "market", root)
    in_use(root)
    url = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "agora",
            "up",
            "--mesh",
            str(root),
            "--port",
            url.rpartition(":")[2],
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={
            **os.environ,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
            "OTEL_SERVICE_NAME": "market",
        },
    )
    try:
        asked(url, root)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) is not None
        collector.shutdown()
        collector.server_close()
    return collector.heard


def asked(url, root):
    """Somebody queries, and somebody else is refused."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx.get(f"{url}/healthz")
            break
        except httpx.TransportError:
            time.sleep(0.1)
    named = {
        "authorization": f"Bearer {token(root)}",
        "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
    }
    sql = f"select store_id, count(*) as {SECRET} from sales.transactions group by all"
    answer = httpx.post(f"{url}/api/v1/query", json={"sql": sql, "format": "csv"}, headers=named)
    assert answer.status_code == 200, answer.text
    wrong = httpx.post(
        f"{url}/api/v1/query",
        json={"sql": f"select cast('{SECRET}' || week as integer) from sales.transactions"},
        headers=named,
    )
    assert wrong.status_code >= 400
    assert httpx.get(f"{url}/search?q={SECRET}").status_code == 303


def token(root):
    made = subprocess.run(
        [sys.executable, "-m", "agora", "token", "--make", "t", "--as", "ana", "--mesh", str(root)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.strip()


def of_all(heard):
    return [
        s for each in heard for r in each.resource_spans for c in r.scope_spans for s in c.spans
    ]


def facts(span):
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_is_told_with_its_parts_in_the_callers_trace(spans):
    found = of_all(spans)
    queries = [each for each in found if each.name == "POST /api/v1/query"]
    assert next(facts(each)["http.response.status_code"] for each in queries) == 200
    assert {each.trace_id.hex() for each in queries} == {TRACE}
    assert {each.parent_span_id.hex() for each in queries} == {"b7ad6b7169203331"}
    parts = [each for each in found if each.parent_span_id == queries[0].span_id]
    assert {"statement.judge", "statement.run", "store.commit"} <= {each.name for each in parts}
    (ran,) = (each for each in parts if each.name == "statement.run")
    assert facts(ran)["agora.rows"] > 0
    assert ran.end_time_unix_nano >= ran.start_time_unix_nano
    (service,) = {
        each.value.string_value
        for resource in spans[0].resource_spans
        for each in resource.resource.attributes
        if each.key == "service.name"
    }
    assert service == "market"


def test_what_a_part_refused_is_told_by_its_code(spans):
    (failed,) = (each for each in of_all(spans) if facts(each).get("error.type"))
    assert (failed.name, facts(failed)["error.type"][0]) == ("statement.run", "E")


def test_nothing_anybody_typed_is_in_a_trace(spans):
    assert any(each.name == "GET /search" for each in of_all(spans))
    text = "".join(str(each) for each in spans)
    assert SECRET not in text
    assert "ana" not in text.replace("manager", "")


def test_nothing_is_loaded_where_nobody_asked_for_traces():
    code = "import sys, agora.app.up.worker; print([n for n in sys.modules if n.startswith('opentelemetry.sdk')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert not tracing.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": ""})


def test_without_the_extra_a_server_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(Unavailable) as refused:
        tracing.Tracing({})
    assert refused.value.code_shown == "E798"
    assert "agora-mesh[otel]" in refused.value.hint
