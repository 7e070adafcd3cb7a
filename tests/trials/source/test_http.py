"""HTTP sources are asked to go where they may not, to take more than they may, and to tell secrets."""

import gzip
import hashlib
import socket

import pytest

from agora.app.settings import Secret
from agora.backends.source import reach
from agora.backends.source.registry import InstalledSources
from agora.model.errors import AgoraError
from agora.model.product import SourceSpec
from agora.model.release import SourcePin

CSV = b"a\n1\n"
TOKEN = "Bearer s3cret"


def fetch(path, scratch, known=(), private=("127.0.0.1",), **options):
    sources = InstalledSources(
        secret=lambda text: Secret(text.replace("${env:TOKEN}", TOKEN)), private=private
    )
    options.setdefault("format", "csv")
    spec = SourceSpec(name="raw", type="http", path=path, options=tuple(options.items()))
    return sources.pick("http").offered(spec, str(scratch), str(scratch), known)


def refused(path, scratch, **options):
    with pytest.raises(AgoraError) as told:
        fetch(path, scratch, **options)
    assert TOKEN not in told.value.sentence + told.value.hint
    return told.value.code_shown


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::]", "169.254.169.254", "10.0.0.1",
        "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "2130706433",
        "0x7f.1", "127.1", "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_reached(host, tmp_path):
    assert refused(f"http://{host}/data.csv", tmp_path, private=()) == "E360"


@pytest.mark.parametrize(
    ("private", "host", "code"),
    [
        (("127.0.0.0/8",), "127.0.0.1", None),
        (("LOCALHOST",), "localhost", None),
        (("10.0.0.0/8",), "127.0.0.1", "E360"),
        (("files.example.org",), "127.0.0.1", "E360"),
        (("::/0",), "127.0.0.1", "E360"),
    ],
)
def test_the_mesh_names_what_of_its_own_may_be_reached(private, host, code, web, tmp_path):
    web.lay("/data.csv", CSV)
    path = f"{web.url}/data.csv".replace("127.0.0.1", host)
    if code is None:
        assert len(fetch(path, tmp_path, private=private)) == 1
    else:
        assert refused(path, tmp_path, private=private) == code
        assert web.asked == []


def test_a_name_that_answers_differently_the_second_time_leads_nowhere_else(
    web, tmp_path, monkeypatch
):
    """DNS rebinding: what was checked is what is connected to, and the name is looked up once."""
    web.lay("/data.csv", CSV)
    port, looked, real = web.server.server_port, [], socket.getaddrinfo

    def answers(host, *rest, **more):
        if host != "rebinding.example":
            return real(host, *rest, **more)
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    address = f"http://rebinding.example:{port}/data.csv"
    assert refused(address, tmp_path, private=()) == "E360"
    assert web.asked == []
    looked.clear()
    fetch(address, tmp_path)
    assert looked == ["rebinding.example"]
    assert web.asked[0][1]["Host"] == f"rebinding.example:{port}"


def test_one_closed_address_among_open_ones_is_enough(monkeypatch):
    both = [(0, 0, 0, "", (at, 80)) for at in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(AgoraError) as told:
        reach.address("raw", "two.example", 80, ())
    assert told.value.code_shown == "E360"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both[:1])
    assert reach.address("raw", "one.example", 80, ()) == "93.184.216.34"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", "E360"),
        ("file:///etc/passwd", "E363"),
        ("gopher://127.0.0.1/", "E363"),
        ("/again", "E363"),
        ("", "E363"),
        ("http://[", "E361"),
    ],
)
def test_being_led_on_is_judged_at_each_step(to, code, web, tmp_path):
    web.files["/again"] = (302, {"Location": to}, b"")
    assert refused(f"{web.url}/again", tmp_path) == code


def test_credentials_stay_with_the_host_they_are_for(web, tmp_path):
    web.lay("/there.csv", CSV)
    other = web.url.replace("127.0.0.1", "localhost")
    web.files["/here"] = (307, {"Location": "/near"}, b"")
    web.files["/near"] = (307, {"Location": f"{other}/there.csv"}, b"")
    fetch(
        f"{web.url}/here", tmp_path, private=("127.0.0.1", "localhost"), header_value="${env:TOKEN}"
    )
    assert [headers.get("Authorization") for _, headers in web.asked] == [TOKEN, TOKEN, None]


@pytest.mark.parametrize(
    ("answer", "options", "code"),
    [
        ((200, {}, b"x" * (2 << 20)), {"megabytes": 1}, "E362"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * (2 << 20))), {"megabytes": 1}, "E362"),
        ((200, {}, CSV), {"seconds": 0}, "E362"),
        ((200, {}, CSV), {"sha256": "0" * 64}, "E364"),
        ((200, {}, b""), {}, "E331"),
        ((401, {}, b""), {}, "E365"),
        ((403, {}, b""), {}, "E365"),
        ((404, {}, b""), {}, "E303"),
        ((500, {}, b""), {}, "E361"),
        ((304, {}, b""), {}, "E361"),
        ((206, {}, CSV), {}, "E361"),
        ((200, {"Content-Length": 900}, CSV), {}, "E361"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told(answer, options, code, web, tmp_path):
    def once(asked):
        asked.close_connection = True
        return answer

    web.files["/data.csv"] = once
    assert refused(f"{web.url}/data.csv", tmp_path, **options) == code


def test_a_server_that_is_not_there_is_told(tmp_path):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        path = f"http://127.0.0.1:{found.getsockname()[1]}/data.csv"
    assert refused(path, tmp_path) == "E361"
    assert refused("http://no-such-host.invalid/data.csv", tmp_path) == "E361"


def test_an_unchanged_file_is_not_fetched_again(web, tmp_path):
    web.lay("/data.csv", CSV)
    path = f"{web.url}/data.csv"
    first = fetch(path, tmp_path, sha256=hashlib.sha256(CSV).hexdigest())[0]
    pin = SourcePin(
        name="raw", hash="x", path=first.path, size=4, origin=path, version=first.version
    )
    assert fetch(path, tmp_path / "again", [pin])[0].path == first.path
    assert web.asked[-1][1]["If-None-Match"] == first.version
    web.lay("/data.csv", b"a\n2\n")
    assert fetch(path, tmp_path / "new", [pin])[0].path != first.path
    assert fetch(path, tmp_path / "gone", [SourcePin(name="raw", hash="x", path="/none", size=4, origin=path, version=first.version)])  # fmt: skip


@pytest.mark.parametrize(
    ("path", "options", "words"),
    [
        ("ftp://x/data.csv", {}, "begins with `https://`"),
        ("https://me:pass@x/data.csv", {}, "a password stands"),
        ("https://x/data.csv", {"header_value": "Bearer abc"}, "is a secret"),
        ("https://x/*.csv", {}, "names one file"),
        ("https://x/data", {}, "`format`"),
        ("https://x/data.csv", {"delimiter": ";;"}, "one character"),
    ],
)
def test_wrong_descriptions_are_told_before_anything_is_fetched(path, options, words):
    spec = SourceSpec(name="raw", type="http", path=path, options=tuple(options.items()))
    assert any(words in told for told in InstalledSources().pick("http").check(spec))
