"""How people are told besides the page, as `agora.yaml` says it."""

import pytest

from agora.model.mesh import PostOffice, Smtp
from agora.spec.mesh import read

BASE = "agora: 1\nkind: mesh\nname: market\n"


def reading(text):
    files = {"agora.yaml": (BASE + text).encode(), "people.yaml": b"agora: 1\nkind: people\n"}
    return read(files, {"SMTP_PASSWORD": "never read here"})


def test_without_a_word_nobody_is_mailed():
    found = reading("").mesh
    assert found is not None
    assert found.post == PostOffice()


def test_a_mail_server_and_where_the_pages_are():
    found = reading(
        "post:\n"
        "  site: https://agora.example.com\n"
        "  private: [hooks.example.internal]\n"
        '  smtp: {host: mail.example.com, user: agora, password: "${env:SMTP_PASSWORD}",'
        " from: agora@example.com}\n"
    ).mesh
    assert found is not None
    assert found.post == PostOffice(
        site="https://agora.example.com",
        private=("hooks.example.internal",),
        smtp=Smtp(
            host="mail.example.com",
            user="agora",
            password="${env:SMTP_PASSWORD}",
            sender="agora@example.com",
        ),
    )
    assert found.post.smtp == Smtp(
        host="mail.example.com", port=587, user="agora", password="${env:SMTP_PASSWORD}",
        sender="agora@example.com", tls="starttls",
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        "{smtp: {from: a@example.com}}",
        "{smtp: {host: mail.example.com}}",
        "{smtp: {host: h, from: a@example.com, password: secret}}",
        "{smtp: {host: h, from: nobody}}",
        '{smtp: {host: h, from: "a@example.com\\nBcc: eve@example.com"}}',
        "{smtp: {host: h, from: a@example.com, tls: maybe}}",
        "{smtp: {host: h, from: a@example.com, port: 0}}",
        "{site: ftp://example.com}",
        "{private: [1]}",
        "{mail: yes}",
    ],
)
def test_what_is_no_post(wrong):
    found = reading(f"post: {wrong}\n")
    assert found.mesh is None
    assert {f.file for f in found.findings} == {"agora.yaml"}
