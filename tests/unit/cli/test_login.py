"""Signing in: whoever is about to send a token where others can read it is told beforehand."""

import pytest

from agora.app.start import start


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://agora.example.org", True),
        ("HTTP://10.0.0.5:8080", True),
        ("http://localhost.example.org", True),
        ("https://agora.example.org", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://localhost:8080", False),
        ("http://[::1", False),
    ],
)
def test_plain_http_is_warned_of_before_the_token_is_asked_for(
    address, told, capfd, monkeypatch, tmp_path
):
    monkeypatch.setenv("AGORA_CONFIG", str(tmp_path))
    monkeypatch.delenv("AGORA_TOKEN", raising=False)
    assert start(["login", address]) == 2
    err = capfd.readouterr().err
    assert err.startswith("! plain http") is told
    assert "E777" in err
