"""Providers to sign in with: a real one, in a process of its own, and one that lies."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

BACK = "http://agora.example.org/sign-in/back"
ANA = {"sub": "u-ana", "email": "ana@example.org", "email_verified": True, "name": "Ana Ruiz"}
USERS = (
    {**ANA, "groups": ["sellers", "chess club"]},
    {"sub": "u-mia", "email": "mia@example.org", "email_verified": False},
    {"sub": "u-zoe", "email": "zoe@example.org", "email_verified": True, "name": "Zoe",
     "groups": ["sellers"]},
    {"sub": "u-other", "email": "ana@example.org", "email_verified": True},
)  # fmt: skip


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@contextlib.contextmanager
def running():
    """A real provider (oidc-provider-mock, which is made of Authlib's server); gives its issuer."""
    port = free_port()
    users = [word for user in USERS for word in ("--user-claims", json.dumps(user))]
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n", *users]
    process = subprocess.Popen(
        command, env={**os.environ, "NO_COLOR": "1"}, stderr=subprocess.DEVNULL
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False)
                break
            time.sleep(0.05)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


def consent(url, **form):
    """What the browser brings back after somebody said who they are at the provider."""
    answer = httpx.post(url, data=form, trust_env=False)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@cache
def key(name):
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


class Liar:
    """A provider that says whatever a test wants: `said` are claims, `sign` makes the id token."""

    def __init__(self):
        self.key = key("one")
        self.said, self.answers, self.asked = {}, {}, []
        self.sign = self.signed
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def claims(self):
        now = int(time.time())
        whole = {
            "iss": self.issuer, "aud": "agora", "sub": "u-ana", "iat": now, "exp": now + 60,
            "email": "ana@example.org", "email_verified": True, **self.said,
        }  # fmt: skip
        return {name: value for name, value in whole.items() if value is not None}

    def signed(self, claims, key=None, **header):
        whole = {"alg": "RS256", "kid": "one", **header}
        return jwt.encode(whole, claims, key or self.key, algorithms=[whole["alg"]])

    def answer(self, path):
        if path in self.answers:
            return self.answers[path]
        places = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {
            "/.well-known/openid-configuration": places,
            "/keys": {"keys": [self.key.as_dict(private=False)]},
            "/userinfo": {"sub": "u-ana", "email": "ana@example.org", "email_verified": "true"},
        }.get(path, {"access_token": "t", "token_type": "Bearer"})

    def _handler(liar):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._give(liar.answer(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                liar.asked.append((dict(parse_qsl(body)), self.headers.get("authorization", "")))
                given = liar.answer(self.path)
                if isinstance(given, dict) and self.path not in liar.answers:
                    given = {**given, "id_token": liar.sign(liar.claims())}
                self._give(given)

            def _give(self, given):
                text = given if isinstance(given, bytes) else json.dumps(given).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        return Handler
