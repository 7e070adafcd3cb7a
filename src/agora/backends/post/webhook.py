"""Webhooks: a signed JSON body to an address somebody chose, which may not lead inside.

The name is looked up once and the address that was checked is the one that is called; nothing is
followed, no proxy or netrc of the platform is used, and of the answer only its status is kept.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

import httpx

from agora.backends.source import reach
from agora.model.errors import AgoraError, Denied, Invalid, Unavailable
from agora.model.notice import Call

SECONDS = 10
LONGEST = 2_000
_FINE = range(200, 300)
_FIRST, _BEHIND_ASCII, _ALL_PORTS = "!", "\x7f", 65_535


def judge(url: str, private: Sequence[str]) -> None:
    """The address may be called now; raises Invalid, Denied or Unavailable."""
    _address(_parts(url, private), private)


def sign(secret: str, at: int, body: str) -> str:
    """The header `Agora-Signature`: when it was signed, and the HMAC over both."""
    proof = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={proof}"


def send(call: Call, private: Sequence[str]) -> None:
    """The server behind the address has answered with 2xx; raises when it has not."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses
    parts = _parts(call.url, private)
    at = _address(parts, private)
    host = parts.hostname or ""
    named = f"[{host}]" if ":" in host else host
    target = httpx.URL(call.url).copy_with(host=at, port=_port(parts))
    headers = {
        "Host": named if parts.port is None else f"{named}:{parts.port}",
        "Content-Type": "application/json",
        "User-Agent": "agora",
        "Agora-Delivery": call.id,
        "Agora-Signature": sign(call.secret, call.at, call.body),
    }
    status = _status(target, headers, call.body.encode(), host)
    if status not in _FINE:
        raise Unavailable(f"the webhook answered {status}", code="E662", hint="it is tried again")


def _status(target: httpx.URL, headers: dict[str, str], body: bytes, host: str) -> int:
    """The status of the answer, within a time that no slowly dripping server can stretch."""
    try:
        return asyncio.run(asyncio.wait_for(_posted(target, headers, body, host), SECONDS))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, TimeoutError):
        raise Unavailable(
            "the webhook does not answer", code="E662", hint="it is tried again"
        ) from None


async def _posted(target: httpx.URL, headers: dict[str, str], body: bytes, host: str) -> int:
    more = {"sni_hostname": host}
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
        client.stream("POST", target, content=body, headers=headers, extensions=more) as answer,
    ):
        return answer.status_code


def _parts(url: str, private: Sequence[str]) -> SplitResult:
    """The address taken apart; one of ours may do without encryption, no other."""
    try:
        parts = urlsplit(url)
        fine = bool(parts.hostname) and (parts.port or 1) <= _ALL_PORTS
    except ValueError:
        raise _wrong() from None
    odd = len(url) > LONGEST or any(not _FIRST <= letter < _BEHIND_ASCII for letter in url)
    if not fine or odd or "@" in parts.netloc:
        raise _wrong()
    open_ = parts.scheme == "http" and any(parts.hostname == each.lower() for each in private)
    if parts.scheme != "https" and not open_:
        raise _wrong()
    return parts


def _address(parts: SplitResult, private: Sequence[str]) -> str:
    try:
        return reach.address("webhook", parts.hostname or "", _port(parts), private)
    except Denied:
        raise Denied(
            f"`{parts.hostname}` leads to an address inside",
            code="E663",
            hint="the operator may allow it: `post: {private: […]}` in `agora.yaml`",
        ) from None
    except AgoraError:
        raise Unavailable(
            f"there is no host `{(parts.hostname or '')[:100]}`",
            code="E662",
            hint="check the spelling of the address",
        ) from None


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _wrong() -> Invalid:
    return Invalid(
        "not an address of a webhook",
        code="E664",
        hint="it begins with `https://`, has no password in it, and no signs but ASCII",
    )
