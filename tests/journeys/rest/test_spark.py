"""The snippet for Spark runs as it stands: in Spark's own client, against a real Spark Connect server.

The server is Sail, which speaks Spark Connect without Java (`tests/oracles/spark`).
"""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from agora.model.names import PortName
from agora.workshop.snippets import snippets
from tests.absence import absent
from tests.servers import free_port

pytestmark = pytest.mark.journey
BIN = Path(__file__).parents[3] / ".cache" / "spark" / "bin"


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    """The address of a Spark Connect server, and the folder it reads in."""
    if not (BIN / "sail").exists():
        absent("Spark Connect is not here: `uv sync --project tests/oracles/spark`, see .ci/run")
    folder = tmp_path_factory.mktemp("spark")
    port = free_port()
    command = [BIN / "sail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while not answers(port):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"sc://127.0.0.1:{port}", folder
    finally:
        server.terminate()
        server.wait(20)


def test_the_snippet_for_spark_runs_as_it_stands(connect, callers):
    address, folder = connect
    port = PortName("sales", "transactions", "transactions")
    made = {each.tool: each for each in snippets(port, callers.served.url, "campaign-planning")}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SPARK_REMOTE": address,
        "AGORA_TOKEN": callers.secret("mia"),
    }
    (folder / "snippet.py").write_text(made["spark"].text)
    ran = subprocess.run(
        [BIN / "python", "snippet.py"],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    header = ran.stdout.splitlines()[1]
    assert "week" in header
    assert len(ran.stdout.splitlines()) > 10
