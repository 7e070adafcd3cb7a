"""What a post office must do: real mail servers and real web servers take what it sends, or it says why."""

import hashlib
import hmac
import socket
import threading
import time
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import AuthResult

from agora.app.settings import Secret
from agora.backends.post import webhook
from agora.backends.post.office import Office
from agora.model.errors import AgoraError, Unavailable
from agora.model.mesh import PostOffice, Smtp
from agora.model.notice import Call, Letter
from tests.trials.post.offices import Box, Calls, certificate, free_port, mail_server, web_server

LETTER = Letter(id="abc", to="mia@example.org", subject="[The Market] grüße", text="You may 💡\n")
SENDER = "agora@example.org"


def office(*, private=("localhost",), site="", **smtp):
    server = (
        Smtp(**({"host": "127.0.0.1", "sender": SENDER, "tls": "none"} | smtp)) if smtp else None
    )
    return Office(PostOffice(smtp=server, private=private, site=site), secret=Secret)


def refused(deed, *arguments):
    with pytest.raises(AgoraError) as problem:
        deed(*arguments)
    return problem.value.code_shown


def call(url, **more):
    return Call(**({"id": "d-1", "url": url, "body": '{"a": "ü"}', "secret": "s", "at": 7} | more))


def test_a_letter_arrives_as_plain_text_that_one_can_unsubscribe_from():
    box = Box()
    with mail_server(box) as port:
        office(port=port, site="https://agora.example.org/").mail(LETTER)
    ((to, content),) = box.letters
    found = message_from_bytes(content, policy=policy.default)
    assert to == ["mia@example.org"]
    assert found["Subject"] == "[The Market] grüße"
    assert found["Message-ID"] == "<abc@example.org>"
    assert found["List-Unsubscribe"] == (
        "<https://agora.example.org/me/notifications>, <mailto:agora@example.org?subject=unsubscribe>"
    )
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content_type() == "text/plain"
    assert found.get_content().replace("\r\n", "\n") == "You may 💡\n"


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "mia@example.org\r\nBcc: eve@example.org"},
        {"to": "mia@example.org, eve@example.org"},
        {"to": "nobody"},
        {"to": ""},
        {"subject": "hello\r\nBcc: eve@example.org"},
        {"subject": "hello\nX-Evil: 1"},
    ],
)
def test_nothing_in_a_letter_becomes_a_header(fields):
    box = Box()
    with mail_server(box) as port:
        assert refused(office(port=port).mail, replace(LETTER, **fields)) == "E661"
    assert box.letters == []


def test_a_server_that_may_take_it_later_and_one_that_never_will():
    with mail_server(Box("450 busy", "550 nobody here")) as port:
        sending = office(port=port)
        assert refused(sending.mail, LETTER) == "E660"
        assert refused(sending.mail, LETTER) == "E661"
        sending.mail(LETTER)
    assert refused(office(port=free_port()).mail, LETTER) == "E660"
    assert refused(office().mail, LETTER) == "E660"


def test_nothing_goes_out_unencrypted_but_to_this_machine():
    box = Box()
    with mail_server(box) as port:
        assert refused(office(port=port, tls="starttls").mail, LETTER) == "E660"
        assert refused(office(port=port, tls="tls").mail, LETTER) == "E660"
    assert refused(office(host="mail.example.org").mail, LETTER) == "E660"
    assert box.letters == []


@pytest.mark.parametrize("trusted", [True, False])
def test_an_encrypted_line_is_used_when_the_server_is_who_it_says(trusted, tmp_path, monkeypatch):
    proof, context = certificate(tmp_path)
    box = Box()
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    with mail_server(box, tls_context=context, require_starttls=True) as port:
        sending = office(host="localhost", port=port, tls="starttls")
        if trusted:
            sending.mail(LETTER)
        else:
            assert refused(sending.mail, LETTER) == "E660"
    assert len(box.letters) == trusted


def test_it_signs_in_with_the_secret():
    seen = []

    def judge(_server, _session, _envelope, _mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    box = Box()
    with mail_server(box, authenticator=judge, auth_require_tls=False) as port:
        office(port=port, user="agora", password="right").mail(LETTER)
        assert refused(office(port=port, user="agora", password="wrong").mail, LETTER) == "E660"
    assert seen[0] == (b"agora", b"right")
    assert len(box.letters) == 1


def test_a_call_arrives_signed():
    calls = Calls()
    with web_server(calls) as url:
        office().call(call(url))
    ((headers, body),) = calls.taken
    proof = hmac.new(b"s", b"7." + body, hashlib.sha256).hexdigest()
    assert headers["Agora-Signature"] == f"t=7,v1={proof}"
    assert headers["Agora-Delivery"] == "d-1"
    assert headers["Host"] == url.split("/")[2]
    assert body.decode() == '{"a": "ü"}'


def test_a_call_that_is_not_taken_may_go_later_and_is_led_nowhere():
    calls = Calls(answers=[500, 302, 410, 204])
    with web_server(calls) as url:
        for _ in range(3):
            assert refused(office().call, call(url)) == "E662"
        office().call(call(url))
    assert len(calls.taken) == 4
    assert refused(office().call, call(f"http://localhost:{free_port()}/")) == "E662"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://0/",
        "https://[64:ff9b::7f00:1]/",
    ],
)
def test_a_webhook_leads_to_no_address_inside(url):
    outside = office(private=())
    assert refused(outside.judge, url) == "E663"
    assert refused(outside.call, call(url)) == "E663"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:pw@example.org/",
        "https://example.org:99999/",
        "https://example.org/\r\nX: 1",
        "https://exämple.org/",
        "https://[::1/",
        f"https://example.org/{'x' * 2000}",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_address_of_a_webhook(url):
    assert refused(office(private=()).judge, url) == "E664"
    assert refused(office(private=()).call, call(url)) == "E664"


def test_a_host_that_is_not_there_may_come_back():
    assert refused(office().judge, "https://nobody.invalid/") == "E662"


def test_a_server_that_drips_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(webhook, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip():
            line, _ = server.accept()
            with line:
                for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60:
                    try:
                        line.sendall(bytes([letter]))
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            office().call(call(f"http://localhost:{port}/"))
        assert time.monotonic() - begun < 5
        thread.join()


def test_secrets_do_not_print():
    assert "'s'" not in repr(call("https://example.org/"))
