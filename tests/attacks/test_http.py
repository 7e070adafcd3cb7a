"""Clients that mean no good: slow ones, greedy ones, and pages that lead a browser here under their own name."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse, StreamingResponse

from agora.app.up.buckets import Buckets
from agora.app.up.guards import Guarded
from agora.app.up.limits import LateError, Paced, Prompt, own_names, timely
from agora.app.up.worker import configured
from agora.cli.openings import Serving


def fetched(app, path="/", times=1, **headers):
    async def all_of_them():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return [await client.get(path, headers=headers) for _ in range(times)]

    return asyncio.run(all_of_them())


async def works(scope, receive, send):
    await PlainTextResponse("works")(scope, receive, send)


@pytest.fixture
def paced(tmp_path):
    each = Buckets(tmp_path / "pace", rate=1, burst=2)
    return Paced(works, people=each, others=each)


def test_who_asks_more_than_their_share_waits(paced):
    answers = fetched(paced, "/search", times=4)
    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    told = fetched(paced, "/api/v1/products")[0]
    assert told.json()["code"] == "E725"
    assert told.headers["content-type"] == "application/problem+json"


def test_what_a_page_needs_besides_is_free(paced):
    assert {each.status_code for each in fetched(paced, "/static/app.css", times=9)} == {200}


def test_a_bucket_fills_again_and_is_nobody_elses(tmp_path):
    buckets = Buckets(tmp_path / "pace", rate=2, burst=2)
    assert [buckets.take("ana", 100) for _ in range(3)] == [True, True, False]
    assert buckets.take("ben", 100)
    assert not buckets.take("ana", 100.4)
    assert [buckets.take("ana", 101) for _ in range(3)] == [True, True, False]
    assert not buckets.take("ana", 99)


def test_who_has_not_come_for_longest_is_forgotten(tmp_path):
    buckets = Buckets(tmp_path / "pace", rate=1, burst=1, most=8)
    assert all(buckets.take(f"caller {n}", 100 + n / 100) for n in range(9))
    assert not buckets.take("caller 8", 100.1)
    assert buckets.take("caller 0", 100.1)
    assert (tmp_path / "pace").stat().st_size < 1000


def test_all_workers_of_a_server_count_together(tmp_path):
    """Each in a process of its own: what one gave, no other gives again."""
    code = (
        "import sys; from pathlib import Path; from agora.app.up.buckets import Buckets\n"
        "b = Buckets(Path(sys.argv[1]), rate=1, burst=5000)\n"
        "print('ready', flush=True); input()\n"
        "print(sum(b.take('ana', 100) for _ in range(4000)))"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / "pace"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    assert [each.stdout.readline() for each in workers] == [b"ready\n"] * 2
    for each in workers:
        each.stdin.write(b"\n")
        each.stdin.flush()
    assert sum(int(each.communicate()[0]) for each in workers) == 5000


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8080", 200), ("localhost", 200), ("[::1]:80", 200), ("evil.example", 421),
     ("127.0.0.1.evil.example", 421), ("", 421)],
)  # fmt: skip
def test_a_demo_answers_to_its_own_name_only(host, status):
    app = Guarded(works, https=False, names=own_names("http://127.0.0.1:8080"))
    assert fetched(app, host=host)[0].status_code == status
    assert fetched(Guarded(works, https=False), host=host)[0].status_code == 200


def test_whoever_is_too_busy_says_when_to_come_back():
    async def busy(scope, receive, send):
        await PlainTextResponse("no", 503)(scope, receive, send)

    assert fetched(Guarded(busy, https=False))[0].headers["retry-after"] == "5"


def test_a_body_that_never_ends_is_not_waited_for_but_a_reader_may_take_long():
    async def first():
        messages = [{"type": "http.request", "body": b"x", "more_body": True}]

        async def receive():
            if not messages:
                await asyncio.sleep(60)
            return messages.pop()

        received = timely(receive, 0.05)
        assert (await received())["body"] == b"x"
        with pytest.raises(LateError):
            await received()

    async def second():
        async def receive():
            await asyncio.sleep(0.03)
            return {"type": "http.request", "body": b"", "more_body": False}

        received = timely(receive, 0.04)
        await received()
        await received()

    asyncio.run(first())
    asyncio.run(second())


def test_a_late_body_is_answered_calmly():
    async def late(_scope, _receive, _send):
        raise LateError

    assert fetched(Guarded(late, https=False))[0].status_code == 408
    told = fetched(Guarded(late, https=False), "/api/v1/query")[0]
    assert (told.status_code, told.json()["code"]) == (408, "E795")
    assert told.headers["connection"] == "close"


def test_a_program_is_told_by_a_code_what_a_person_is_told_in_a_sentence():
    app = Guarded(works, https=False, names=own_names("http://127.0.0.1:8080"))
    told = fetched(app, "/api/v1/me", host="evil.example")[0]
    assert (told.status_code, told.json()["code"]) == (421, "E797")
    large = {"content-length": str(3 << 20)}
    told = fetched(Guarded(works, https=False), "/api/v1/query", **large)[0]
    assert (told.status_code, told.json()["code"]) == (413, "E796")
    assert told.headers["content-type"] == "application/problem+json"
    assert fetched(Guarded(works, https=False), "/query", **large)[0].text.startswith("what was")


class Impatient(Prompt):
    waits = 0.2


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nhost: h\r\n"])
@pytest.mark.parametrize("before", [b"", b"GET / HTTP/1.1\r\nhost: h\r\n\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(before, said):
    async def run():
        config = uvicorn.Config(
            works, http=Impatient, log_config=None, timeout_keep_alive=1, lifespan="off"
        )
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            if before:
                writer.write(before)
                assert b"works" in await reader.readuntil(b"works")
            writer.write(said)
            rest = await asyncio.wait_for(reader.read(), 20)
            writer.close()
            server.should_exit = True
            await serving
        return rest

    assert b"200" not in asyncio.run(run())


class Hurried(Prompt):
    holds = 0.3


def streamed_to(reads):
    """How much left of an endless answer to somebody who reads so long, and whether its maker went home."""
    sent, gone = 0, False

    async def endless(scope, receive, send):
        nonlocal sent, gone

        async def pieces():
            nonlocal sent, gone
            try:
                while True:
                    sent += 1 << 16
                    yield bytes(1 << 16)
                    await asyncio.sleep(0.001)
            finally:
                gone = True

        await StreamingResponse(pieces())(scope, receive, send)

    async def run():
        config = uvicorn.Config(endless, http=Hurried, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            reader, writer = await asyncio.open_connection(*listener.getsockname(), limit=1 << 16)
            writer.write(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            until = asyncio.get_running_loop().time() + reads
            while asyncio.get_running_loop().time() < until:
                await reader.read(1 << 16)
            await asyncio.sleep(1)
            found = gone, sent
            writer.close()
            server.should_exit = True
            await serving
        return found

    return asyncio.run(run())


def test_an_answer_that_nobody_takes_is_not_held_and_not_heaped_up():
    gone, sent = streamed_to(reads=0)
    assert gone
    assert sent < 32 << 20


def test_who_reads_for_longer_than_that_is_read_to():
    _, sent = streamed_to(reads=1)
    assert sent > 32 << 16


async def names(scope, receive, send):
    """Who calls, as far as the server believes."""
    await PlainTextResponse(scope["client"][0])(scope, receive, send)


def named_by(proxies, **headers):
    """What a server that believes these proxies takes a caller for, who says this of themselves."""

    async def run():
        asked = Serving(root=Path(), proxies=proxies)
        server = uvicorn.Server(configured(names, asked))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            async with httpx.AsyncClient() as client:
                told = (await client.get(url, headers=headers)).text
            server.should_exit = True
            await serving
            return told

    return asyncio.run(run())


def test_nobody_says_of_themselves_where_they_call_from_but_a_proxy_says_it_of_others():
    forged = {"x-forwarded-for": "203.0.113.9"}
    assert named_by((), **forged) == "127.0.0.1"
    assert named_by(("192.0.2.1",), **forged) == "127.0.0.1"
    assert named_by(("127.0.0.0/8",), **forged) == "203.0.113.9"
    chain = {"x-forwarded-for": "198.51.100.1, 203.0.113.9, 10.0.0.2"}
    assert named_by(("127.0.0.1", "10.0.0.0/8"), **chain) == "203.0.113.9"
