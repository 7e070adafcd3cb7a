"""A server as its operator meets it: it comes up, is found again, and ends without cutting anybody."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from agora.app.up import beside, crew, standing
from agora.app.up.serving import local
from agora.app.up.standing import Standing, held, listening
from agora.app.up.worker import GRACE_SECONDS
from agora.cli.openings import Serving
from agora.model.errors import Conflict, Invalid
from tests.servers import free_port

pytestmark = pytest.mark.journey
WELL_BEFORE_THE_GRACE_ENDS = GRACE_SECONDS / 2
HALF_A_FORM = (
    b"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 90\r\n"
    b"content-type: application/x-www-form-urlencoded\r\n\r\nname="
)


@pytest.fixture
def presented(market, capfd):
    """The market, served as a demo by a process of its own, as `make demo` does it in a script."""
    assert beside.present(market, free_port(), dict(os.environ)) == 0
    said = capfd.readouterr().out
    found = standing.standing(market)
    assert found, said
    yield market, found, said
    if standing.standing(market):
        standing.stop(market)


def test_a_demo_is_served_found_again_and_stopped(presented, shell, capfd):
    root, found, said = presented
    assert f"Open: {found.url}" in said
    assert "agora up --stop" in said
    assert "/demo/as" in httpx.get(f"{found.url}/sign-in").text
    assert beside.present(root, 0, {}) == 0
    assert f"Open: {found.url}" in capfd.readouterr().out
    assert standing.standing(root) == found, "a second demo finds the first one's server"
    code, _, err = shell("up")
    assert (code, "E717" in err, found.url in err) == (5, True, True)
    assert shell("up", "--stop")[0] == 0
    assert standing.standing(root) is None
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{found.url}/readyz")
    code, _, err = shell("up", "--stop")
    assert (code, "E718" in err) == (2, True)


def test_several_workers_answer_and_a_fallen_one_is_replaced(market):
    port = free_port()
    command = [sys.executable, "-m", "agora", "up", "--workers", "2", "--port", str(port)]
    lead = subprocess.Popen(command, cwd=market, stdout=subprocess.PIPE)
    found = Standing(pid=lead.pid, url=f"http://127.0.0.1:{port}")
    try:
        wait(lambda: standing.answers(found) and len(children(lead.pid)) == 2)
        first = children(lead.pid)
        os.kill(first[0], signal.SIGKILL)
        wait(lambda: len(children(lead.pid)) == 2 and children(lead.pid) != first)
        assert standing.answers(found)
    finally:
        lead.send_signal(signal.SIGTERM)
        out, _ = lead.communicate(timeout=60)
    assert lead.returncode == 0
    assert found.url in out.decode()


def test_who_leads_says_why_a_mesh_cannot_be_opened_and_workers_say_nothing(market, capfd):
    (market / "people.yaml").write_text("agora: 1\nkind: nonsense\n")
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        with listening("127.0.0.1", 0) as socket, pytest.raises(Invalid) as told:
            crew.lead(Serving(root=market, workers=1), socket)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert told.value.code_shown == "E100"
    assert capfd.readouterr().err == ""


def test_a_second_ctrl_c_waits_for_nobody(market):
    port = free_port()
    command = [sys.executable, "-m", "agora", "up", "--workers", "2", "--port", str(port)]
    lead = subprocess.Popen(command, cwd=market, stdout=subprocess.DEVNULL)
    try:
        wait(lambda: standing.answers(Standing(pid=lead.pid, url=f"http://127.0.0.1:{port}")))
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(HALF_A_FORM)
            time.sleep(1)
            lead.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                lead.wait(3)
            lead.send_signal(signal.SIGINT)
            lead.wait(WELL_BEFORE_THE_GRACE_ENDS)
    finally:
        left = children(lead.pid)
        lead.kill()
        lead.wait()
        for each in left:
            os.kill(each, signal.SIGKILL)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_a_demo_is_for_this_machine_only(shell, host):
    code, _, err = shell("up", "--demo", "--host", host)
    assert (code, "E715" in err) == (2, True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_these_are_this_machine(host):
    assert local(host)


def test_a_port_somebody_has_is_refused_and_the_usual_one_gives_way(shell, monkeypatch):
    with listening("127.0.0.1", free_port()) as taken:
        port = taken.getsockname()[1]
        code, _, err = shell("up", "--port", str(port))
        assert (code, "E716" in err) == (4, True)
        monkeypatch.setattr(standing, "USUAL", port)
        with listening("127.0.0.1", 0) as other:
            assert other.getsockname()[1] > port


def test_what_a_killed_server_left_behind_misleads_nobody(tmp_path):
    with held(tmp_path, "http://127.0.0.1:1"):
        left = (tmp_path / standing.FILE).read_text()
        with pytest.raises(Conflict):
            held(tmp_path, "http://127.0.0.1:2").__enter__()
    (tmp_path / standing.FILE).write_text(left)
    assert standing.standing(tmp_path) is None


def test_a_demo_that_cannot_come_up_says_where_its_log_is(market, shell):
    (market / "agora.yaml").write_text("agora: 1\nkind: nonsense\n")
    with pytest.raises(Exception, match="did not come up") as told:
        beside.present(market, free_port(), {})
    assert told.value.code_shown == "E719"
    assert "server.log" in told.value.hint


def wait(true):
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def children(pid):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], check=False, capture_output=True
    )
    return [int(each) for each in listed.stdout.split()]
