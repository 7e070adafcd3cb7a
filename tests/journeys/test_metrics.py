"""Metrics: what a server did, counted over its workers, for those who oversee the mesh and nobody else."""

import os
import shutil
import signal
import subprocess
import sys
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from agora.app.start import start
from tests.journeys.changing import MESHES
from tests.servers import free_port

pytestmark = pytest.mark.journey


def token(root, person, capfd):
    capfd.readouterr()
    assert start(["token", "--make", "scraper", "--as", person, "--mesh", str(root)]) == 0
    return {"authorization": f"Bearer {capfd.readouterr().out.strip()}"}


@pytest.fixture(scope="module")
def crew(tmp_path_factory):
    """Two workers behind one address, as `agora up` starts them."""
    root = tmp_path_factory.mktemp("metrics") / "market"
    shutil.copytree(MESHES / "market", root)
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "agora", "up", "--workers", "2", "--mesh", str(root)]
    process = subprocess.Popen(
        [*command, "--port", url.rpartition(":")[2]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AGORA_CONFIG": str(root)},
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"{url}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield root, url
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) is not None


def counted(url, named):
    text = httpx.get(f"{url}/metrics", headers=named).text
    return {each.name: each for each in text_string_to_metric_families(text)}


def value(families, name, **labels):
    samples = [s for each in families.values() for s in each.samples if s.name == name]
    return sum(s.value for s in samples if labels.items() <= s.labels.items())


def test_what_all_workers_did_is_counted_once(crew, capfd):
    root, url = crew
    named = token(root, "olga", capfd)
    route = {"route": "/api/v1/products/{domain}/{product}", "method": "GET", "status": "200"}
    before = value(counted(url, named), "agora_requests_total", **route)
    for _ in range(12):  # each over a connection of its own, so that both workers answer some
        path = f"{url}/api/v1/products/sales/transactions"
        assert httpx.get(path, headers=named).status_code == 200
    found = counted(url, named)
    assert value(found, "agora_requests_total", **route) == before + 12
    assert value(found, "agora_request_seconds_count", route=route["route"]) >= 12
    assert value(found, "agora_sent_bytes_total") > 1000
    assert value(found, "agora_ledger_entries") >= 1
    assert value(found, "agora_products_failing") == 0


def test_no_label_holds_what_somebody_typed(crew, capfd):
    root, url = crew
    named = token(root, "olga", capfd)
    for path in (
        "/api/v1/products/sales/secret-name",
        "/search?q=secret-name",
        "/secret-name",
        "/api/v1/secret-name",
    ):
        httpx.get(f"{url}{path}", headers=named)
    httpx.request("SECRETNAME", f"{url}/search")
    text = httpx.get(f"{url}/metrics", headers=named).text
    assert "secret-name" not in text
    assert "SECRETNAME" not in text
    assert 'method="other"' in text


def test_strangers_and_readers_are_told_nothing(crew, capfd):
    root, url = crew
    assert httpx.get(f"{url}/metrics").status_code == 401
    wrong = httpx.get(f"{url}/metrics", headers={"authorization": "Bearer agora_no"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "E610")
    refused = httpx.get(f"{url}/metrics", headers=token(root, "mia", capfd))
    assert (refused.status_code, refused.json()["code"]) == (403, "E763")
    assert "agora_requests" not in refused.text
